"""Records of the registry: what a controller hands out, validated as it stands here.

What was not given stays absent (``msgspec.UNSET``) on the way out, so a record comes back as it
came. ``mac`` is taken on input for ``mac_address``; out goes the lower-case form with colons. The
field names are those of the wire: some are snake case and some camel case, as the family's tools
have them.
"""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from firstlight.errors import FirstlightError
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid

Name = Annotated[str, Meta(min_length=1, max_length=20)]
Label = Annotated[str, Meta(max_length=20)]
ShortId = Annotated[str, Meta(min_length=1, max_length=8)]
Number = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]*$(?!\n)",
        max_length=5,
        description="a number from 1 to 99999, in quotes",
    ),
]
OneToSix = Annotated[
    str, Meta(pattern=r"^[1-6]$(?!\n)", description="a number from 1 to 6, in quotes")
]
Text64 = Annotated[str, Meta(min_length=1, max_length=64)]
Mac = Annotated[
    str,
    Meta(
        pattern=r"^([0-9A-Fa-f]{12}|[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5})$(?!\n)",
        max_length=17,
        description="a MAC address like a1:b2:c3:d4:e5:f6",
    ),
]
Uuid = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$(?!\n)",
        description="a UUID like 0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01",
    ),
]


class RecordKind(StrEnum):
    """What a record describes, in the words of the API's paths."""

    CONTROLLER = "controllers"
    CLIENT = "clients"


class Ota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where new firmware is found."""

    url: Annotated[str, Meta(min_length=1, max_length=128)]


class Mqtt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The MQTT broker. Without ``port``: 1883."""

    host: Text64 | UnsetType = UNSET
    port: Annotated[int, Meta(ge=1, le=65535)] | UnsetType = UNSET
    username: Text64 | UnsetType = UNSET
    password: Text64 | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"Mqtt(host={self.host!r}, port={self.port!r})"


class Wifi(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The network that a client joins."""

    ssid: Annotated[str, Meta(min_length=1, max_length=32)] | UnsetType = UNSET
    password: Annotated[str, Meta(min_length=8, max_length=63)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """32 characters may be more than 32 bytes, and a password may hold what none can hold."""
        try:
            if self.ssid is not UNSET:
                Ssid.from_text(self.ssid)
            if self.password is not UNSET:
                Passphrase.parse(self.password)
        except FirstlightError as error:
            raise ValueError(error.message) from error

    def __repr__(self) -> str:
        return f"Wifi(ssid={self.ssid!r})"


class ChannelType(StrEnum):
    """Which way a contact works."""

    NORMALLY_OPEN = "NORMALLY_OPEN"
    NORMALLY_CLOSED = "NORMALLY_CLOSED"


class PortAction(StrEnum):
    """What a button does to an output."""

    INCREASE = "INCREASE"
    INCREASE_MAXIMUM = "INCREASE_MAXIMUM"
    DECREASE = "DECREASE"
    DECREASE_MAXIMUM = "DECREASE_MAXIMUM"
    TOGGLE = "TOGGLE"


class ChangeState(StrEnum):
    """How long a button is held."""

    SHORT = "SHORT"
    LONG = "LONG"


class ChannelAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One action of a channel on the output of that number."""

    action: PortAction
    output: Annotated[int, Meta(ge=1)]
    change_state: ChangeState | UnsetType = UNSET


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One contact of a port."""

    type: ChannelType | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    actions: tuple[ChannelAction, ...] | UnsetType = UNSET


class Port(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An input port. Two may share an ``id``: one wide device on two ports.

    ``clientUUID``: which client was configured for it; the controller writes it itself.
    """

    id: ShortId
    name: Label | UnsetType = UNSET
    offset: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    clientUUID: Uuid | UnsetType = UNSET  # noqa: N815  as on the wire
    channels: dict[OneToSix, Channel] | UnsetType = UNSET


class OutputType(StrEnum):
    """What an output can do."""

    BINARY = "BINARY"
    VARIABLE = "VARIABLE"


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output. ``start_brightness`` in percent."""

    id: ShortId
    name: Label | UnsetType = UNSET
    area: Label | UnsetType = UNSET
    icon: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    type: OutputType | UnsetType = UNSET
    start_brightness: Annotated[int, Meta(ge=5, le=100)] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    relay_manufacturer: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    relay_model: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class Hid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A button with its light. ``defaultBrightness`` in percent."""

    color: Name | UnsetType = UNSET
    tags: tuple[Name, ...] | UnsetType = UNSET
    defaultBrightness: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET  # noqa: N815


class Controller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A controller."""

    name: Name
    area: Label | UnsetType = UNSET
    mac_address: Mac | UnsetType = UNSET
    mac: Mac | UnsetType = UNSET
    ports: dict[Number, Port] | UnsetType = UNSET
    outputs: dict[Number, Output] | UnsetType = UNSET
    ota: Ota | UnsetType = UNSET
    mqtt: Mqtt | UnsetType = UNSET

    def __post_init__(self) -> None:
        """One spelling of the MAC address, under one name."""
        _settle_mac(self)


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client."""

    name: Name
    id: ShortId | UnsetType = UNSET
    area: Label | UnsetType = UNSET
    mac_address: Mac | UnsetType = UNSET
    mac: Mac | UnsetType = UNSET
    hids: dict[OneToSix, Hid] | UnsetType = UNSET
    ota: Ota | UnsetType = UNSET
    mqtt: Mqtt | UnsetType = UNSET
    wifi: Wifi | UnsetType = UNSET

    def __post_init__(self) -> None:
        """One spelling of the MAC address, under one name."""
        _settle_mac(self)


Record = Controller | Client

TYPE_OF: dict[RecordKind, type[Record]] = {
    RecordKind.CONTROLLER: Controller,
    RecordKind.CLIENT: Client,
}


def mac_of(record: Record) -> MacAddress | None:
    """The MAC address that it is known by, if it has one."""
    return None if record.mac_address is UNSET else MacAddress(record.mac_address)


def _settle_mac(record: Record) -> None:
    given = [one for one in (record.mac_address, record.mac) if one is not UNSET]
    if not given:
        return
    spelt = {str(MacAddress(one)) for one in given}
    if len(spelt) > 1:
        raise ValueError("mac: is another name of mac_address, and differs from it")
    msgspec.structs.force_setattr(record, "mac_address", spelt.pop())
    msgspec.structs.force_setattr(record, "mac", UNSET)
