"""Certificates made for a test: an authority, and servers that it signs or does not."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@frozen
class Authority:
    """Signs certificates; `file` is what its friends trust."""

    file: Path
    _key: ec.EllipticCurvePrivateKey
    _certificate: x509.Certificate

    @classmethod
    def make(cls, folder: Path, name: str = "authority") -> "Authority":
        """Make one with a new key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, name, key, DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = folder / f"{name}.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(file, key, certificate)

    def server(
        self, host: str = "localhost", until: timedelta = DAY, alpn: tuple[str, ...] = ()
    ) -> ssl.SSLContext:
        """Return the context of a server that shows a certificate for this host."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate(host, until))
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    def certificate(self, host: str = "localhost", until: timedelta = DAY) -> Path:
        """Return a file with a certificate for this host, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(host, self._certificate.subject, key, until)
            .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self.file.with_name(f"{host}-{certificate.serial_number}.pem")
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return file

    def trusting(self) -> ssl.SSLContext:
        """Return the context of a client that trusts this authority alone."""
        return ssl.create_default_context(cafile=self.file)


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    return [*names, x509.IPAddress(ip_address("127.0.0.1"))] if host == "localhost" else names


def _builder(
    name: str, issuer: str | x509.Name, key: ec.EllipticCurvePrivateKey, until: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer) if isinstance(issuer, str) else issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + until)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
