"""TLS for the pages and the API (RFC 8446; TLS 1.2 where a client has nothing newer)."""

import ssl

from firstlight.errors import ConfigError


def tls_context(certificate: str, key: str) -> ssl.SSLContext:
    """From two PEM files: the certificate with its chain, and its private key.

    Raises ``ConfigError`` naming the file and what is wrong with it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for name, path in (("web.tls_certificate", certificate), ("web.tls_key", key)):
        try:
            with open(path, "rb"):  # noqa: PTH123  only whether it can be read
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError(name, f"{path} can't be read: {reason}") from error
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ConfigError(
                "web.tls_key", f"{key} is not the key of the certificate in {certificate}"
            ) from error
        raise ConfigError(
            "web.tls_certificate",
            f"{certificate} and {key} are not a certificate and its key in PEM form",
            hint="`firstlight install --tls` makes both.",
        ) from error
    return context


def _no_password() -> str:
    raise ConfigError(
        "web.tls_key",
        "is protected by a password, which nobody is there to type",
        hint="openssl pkey -in KEY -out NEW writes it without; keep it readable for root only.",
    )
