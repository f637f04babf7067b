"""What a certificate says of itself, and what a file of one may be called."""

import unicodedata

from firstlight.errors import Code, InvalidInput
from firstlight.model.registry import CertificateDetails

LONGEST_NAME = 31
"""Characters, as the devices of the family have room for."""

LONGEST_PEM = 64 * 1024
"""Bytes."""


def checked_name(file: str) -> str:
    """The same name. Raises ``InvalidInput``: it is too long, or could lead elsewhere."""
    if not 1 <= len(file) <= LONGEST_NAME:
        raise InvalidInput("file", f"must have a name of 1 to {LONGEST_NAME} characters")
    if file in {".", ".."} or any(
        char in "/\\" or (unicodedata.category(char).startswith(("C", "Z")) and char != " ")
        for char in file
    ):
        raise InvalidInput(
            "file", "must have a plain name, without slashes and control characters, like ca.pem"
        )
    return file


def checked_pem(pem: bytes) -> str:
    """The text. It need not be a certificate. Raises ``InvalidInput``."""
    if len(pem) > LONGEST_PEM:
        raise InvalidInput(
            "file", f"must be at most {LONGEST_PEM // 1024} KiB", code=Code.BODY_TOO_LARGE
        )
    try:
        text = pem.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "file",
            "must be text in PEM form",
            hint="openssl x509 -inform DER -in ca.der -out ca.pem makes one of a binary file.",
        ) from error
    if "\0" in text:
        raise InvalidInput("file", "must be text in PEM form, without null characters")
    return text


def details(file: str, pem: str) -> CertificateDetails:
    """What the first certificate in it says; nothing when there is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        fingerprint = certificate.fingerprint(SHA256()).hex(":").upper()
        return CertificateDetails(
            file=file,
            valid=True,
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            fingerprint=fingerprint,
            not_before=int(certificate.not_valid_before_utc.timestamp() * 1000),
            not_after=int(certificate.not_valid_after_utc.timestamp() * 1000),
        )
    except (ValueError, TypeError, x509.InvalidVersion):  # all that broken ASN.1 leads to
        return CertificateDetails(file=file, valid=False)


def require_certificate(found: CertificateDetails) -> CertificateDetails:
    """The same. Raises ``InvalidInput`` for a PEM that is no certificate."""
    if not found.valid:
        raise InvalidInput(
            "file",
            f"{found.file} is stored, but it is no X.509 certificate",
            code=Code.NOT_A_CERTIFICATE,
            hint="It has to hold a block that begins with -----BEGIN CERTIFICATE-----.",
        )
    return found
