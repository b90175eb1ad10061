"""Links by which a mail's reader stops the next ones.

Rule 1: a link is sealed: it shows nobody's address, and nobody can make one for another.
"""

from base64 import urlsafe_b64encode
from typing import Final, Self
from urllib.parse import quote

from attrs import field, frozen
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kaisa_relay.domain.engagement.suppression import Address, Way, read_address
from kaisa_relay.domain.ids import WORKSPACE, WorkspaceId, from_text, to_text

PATH: Final = "/unsubscribe/"
LONGEST: Final = 1_000
"""Characters of a link's last part."""


@frozen
class Unsubscribing:
    """Makes links, and reads them."""

    public_url: str
    _fernet: MultiFernet = field(repr=False)

    @classmethod
    def of(cls, public_url: str, *keys: bytes) -> Self:
        """Return what seals with the first of these keys of 32 bytes, and opens with every one."""
        return cls(public_url, MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys]))

    def link(self, of: WorkspaceId, mail: str) -> str:
        """Return the link of one reader."""
        sealed = self._fernet.encrypt(f"{to_text(WORKSPACE, of)} {mail}".encode()).decode()
        return f"{self.public_url.rstrip('/')}{PATH}{quote(sealed)}"

    def read(self, token: str) -> tuple[WorkspaceId, Address] | None:
        """Return whose mails shall reach which address no more; None for no link of ours."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            workspace, _, mail = self._fernet.decrypt(token).decode().partition(" ")
        except InvalidToken:
            return None
        of, address = from_text(WORKSPACE, workspace), read_address(Way.EMAIL, mail)
        if of is None or isinstance(address, str):
            return None
        return WorkspaceId(of), address
