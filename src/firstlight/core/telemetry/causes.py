"""Why the broker is out of reach, in words."""

from collections.abc import Mapping

from firstlight.model.mqtt import BrokerCause

_WORDS: Mapping[BrokerCause, str] = {
    BrokerCause.NAME_NOT_RESOLVED: "its name can't be resolved",
    BrokerCause.REFUSED: "nothing listens on its port",
    BrokerCause.UNREACHABLE: "no network leads to it",
    BrokerCause.TIMEOUT: "it does not answer",
    BrokerCause.BAD_CA: "the CA certificate that is configured is none",
    BrokerCause.CA_MISMATCH: "its certificate was not issued by the CA that is configured",
    BrokerCause.HOST_NAME_MISMATCH: "its certificate is for another host name",
    BrokerCause.CERTIFICATE_EXPIRED: "its certificate has expired, or this device's clock is wrong",
    BrokerCause.CERTIFICATE_NOT_YET_VALID: (
        "its certificate is not valid yet, or this device's clock is wrong"
    ),
    BrokerCause.TLS_FAILED: "it does not speak TLS as it should",
    BrokerCause.NOT_AUTHORIZED: "it does not accept the user name and password",
    BrokerCause.TAKEN_OVER: "another client signed in with the same client ID",
    BrokerCause.UNSUPPORTED: "it does not speak MQTT 5",
    BrokerCause.GONE: "the connection was lost",
    BrokerCause.FAILED: "something went wrong that the log tells more of",
}


def sentence(host: str, cause: BrokerCause) -> str:
    """What a person is told."""
    return f"The MQTT broker {host} is not connected: {_WORDS[cause]}."


def connected(host: str) -> str:
    """What a person is told when there is a connection."""
    return f"The MQTT broker {host} is connected."
