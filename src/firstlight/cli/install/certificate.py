"""A certificate of the device's own: nobody vouches for it, but nobody listens in either."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 825
"""What browsers accept at most of a certificate that somebody has trusted by hand."""

_BACKDATED = timedelta(days=1)


def self_signed(
    names: Sequence[str], addresses: Sequence[str], now: datetime
) -> tuple[bytes, bytes]:
    """Certificate and private key (PEM; P-256), for these names and IP addresses.

    Good from a day before ``now``, for clocks that are a little behind.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    alternatives = [
        *(x509.DNSName(one) for one in names),
        *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses),
    ]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return built.public_bytes(serialization.Encoding.PEM), private
