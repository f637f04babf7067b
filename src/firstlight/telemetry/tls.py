"""What is trusted when a broker is dialled over TLS."""

import ssl

from firstlight.errors import InvalidInput


def tls_context(ca_pem: str | None) -> ssl.SSLContext:
    """A context that checks name and certificate against that CA alone, or against the system's.

    Raises ``InvalidInput`` for text that holds no certificate.
    """
    try:
        context = ssl.create_default_context(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise InvalidInput("ca", "holds no certificate in PEM form") from error
    # Newer Pythons ask for extensions that home-made CAs of small devices often lack. The chain,
    # the dates and the name are checked all the same.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
