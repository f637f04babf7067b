"""Improv Wi-Fi over Bluetooth LE, as it is configured and told."""

from enum import StrEnum

import msgspec


class Authorization(StrEnum):
    """Whether somebody at the device has to say yes before a client may hand a network over.

    ``NONE``: not for the first network; once the device has had one, it is required all the same.
    """

    REQUIRED = "required"
    NONE = "none"


class ImprovState(StrEnum):
    """Where it stands. ``OFF``: not on the air. The others are the standard's."""

    OFF = "off"
    AUTHORIZATION_REQUIRED = "authorization_required"
    AUTHORIZED = "authorized"
    PROVISIONING = "provisioning"
    PROVISIONED = "provisioned"


class ImprovAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the way in over Bluetooth stands.

    ``adapter``: the Bluetooth adapter in use, such as ``hci0``; empty while it is off.
    ``authorized_seconds``: what is left of an authorization; null where there is none or no end.
    ``problem``: why it is not on the air although it should be, in a sentence.
    """

    enabled: bool
    state: ImprovState
    adapter: str = ""
    authorized_seconds: float | None = None
    problem: str | None = None
