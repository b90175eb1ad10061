"""Far ends that speak HTTP/2 over TLS, and whom to trust for it."""

import ssl
from pathlib import Path

import pytest

from tests.contracts.certificates import Authority
from tests.contracts.far_end_http2 import ALPN


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the tests trust."""
    return Authority.make(tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def tls(authority: Authority) -> ssl.SSLContext:
    """A server's certificate; HTTP/2 is offered."""
    return authority.server(alpn=ALPN)


@pytest.fixture
def trusted(authority: Authority) -> Path:
    """What the transport trusts."""
    return authority.file
