"""A certificate that holds until some day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def pem(days):
    """A certificate that somebody made for oneself."""
    from cryptography import x509  # noqa: PLC0415 (only these tests pay for it)
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    now = datetime.now(UTC)
    pair = generate_private_key(SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "City CA"),
            x509.NameAttribute(NameOID.COMMON_NAME, "web"),
        ]
    )
    builder = x509.CertificateBuilder(name, name, pair.public_key(), x509.random_serial_number())
    built = builder.not_valid_before(now - timedelta(days=90)).not_valid_after(now + timedelta(days=days))
    return built.sign(pair, SHA256()).public_bytes(Encoding.PEM)
