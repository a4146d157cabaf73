"""An X.509 certificate, as far as documents have a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """From when until when it holds, and who issued it: the whole name, and its common name and organization."""

    begins: datetime
    ends: datetime
    issuer: str
    names: frozenset[str] = frozenset()

    def issued_by(self, known: frozenset[str]) -> bool:
        """Tell whether one of some issuers made it, each named in whole or by common name or organization."""
        return bool(known & (self.names | {self.issuer}))


def read(content: bytes) -> Certificate:
    """Return the first certificate of a PEM text, or one in DER. Raises `ValueError` for what is none."""
    from cryptography import x509  # noqa: PLC0415 (only for a tenant that has some)
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    pem = b"-----BEGIN" in content
    found = x509.load_pem_x509_certificates(content)[0] if pem else x509.load_der_x509_certificate(content)
    parts = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    names = frozenset(str(each.value) for part in parts for each in found.issuer.get_attributes_for_oid(part))
    return Certificate(
        found.not_valid_before_utc, found.not_valid_after_utc, found.issuer.rfc4514_string(), names
    )
