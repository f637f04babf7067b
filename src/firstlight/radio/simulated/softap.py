"""The provisioning SoftAP of a world: on the radio's own interface, or on one beside it."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from firstlight.errors import FirstlightError
from firstlight.model.access_point import channel_of
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import MIN_BYTES, Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Availability, Link, RadioEvent, Station
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.radio.simulated import refusals
from firstlight.radio.simulated.air import Air
from firstlight.radio.simulated.description import Description
from firstlight.radio.simulated.device import Device
from firstlight.radio.simulated.guests import Guests
from firstlight.radio.simulated.outcome import Outcome
from firstlight.radio.simulated.profiles import ProfileBook
from firstlight.radio.simulated.timeline import Entry, Timeline

BESIDE = "fl-softap"
_FIRST_ADDRESS = 10  # of the network, as NetworkManager's dnsmasq gives them
_LAST_OF_2_4_GHZ = 14


@dataclass(eq=False)
class _Raised:
    """One that is up, or on its way; ``ready`` is answered then."""

    softap: SoftAp
    settings: SoftApSettings
    ready: Outcome


class SoftAps:
    """At most one. It outlives the process that raised it, until another one settles."""

    def __init__(
        self,
        described: Description,
        air: Air,
        timeline: Timeline,
        *,
        device: Device,
        book: ProfileBook,
        emit: Callable[[RadioEvent], None],
    ) -> None:
        self._radio = described.radio
        self._takes = described.durations
        self._air = air
        self._timeline = timeline
        self._device = device
        self._book = book
        self._beside = Guests(described.stations, timeline, emit)
        self._raised: _Raised | None = None
        self._rising: Entry | None = None
        self._limit: float | None = None

    @property
    def up(self) -> SoftAp | None:
        """The one that is there, or on its way."""
        raised = self._raised
        if raised is None or (not raised.settings.beside and self._device.link is not Link.SOFTAP):
            return None
        return replace(raised.softap, tx_power_dbm=self.tx_power)

    @property
    def guests(self) -> Guests:
        """Who is on it; without one beside, who is on what the radio itself is."""
        return self._beside if self.up is not None and self._is_beside else self._device.guests

    @property
    def tx_power(self) -> float:
        """What the driver says it uses, in dBm."""
        if self._limit is None or self._air.power_ignored:
            return self._radio.tx_power
        return min(self._limit, self._radio.tx_power)

    def stations(self) -> Sequence[Station]:
        """Who is on it now."""
        return self.guests.list() if self.up is not None else ()

    def limit_power(self, dbm: float | None) -> float:
        """Ask the driver for a limit; what it says it uses."""
        self._limit = dbm
        return self.tx_power

    def begin(self, settings: SoftApSettings, outcome: Outcome) -> None:
        """Raise it; ``outcome`` is answered once stations can join."""
        channel = self._channel(settings)
        bssid = _beside(self._radio.mac) if settings.beside else self._radio.mac
        passphrase = settings.passphrase_of(bssid)
        refusal = self._refusal(settings, channel, passphrase)
        if refusal is not None:
            outcome.settle(refusal)
            return
        softap = SoftAp(
            interface=BESIDE if settings.beside else self._radio.interface,
            bssid=bssid,
            passphrase=passphrase,
            channel=channel,
            one_station=settings.stations == 1,
        )
        if settings.beside:
            self._rising = self._timeline.after(self._takes.hotspot, self._started)
        else:
            kept = self._book.add_softap(_hotspot(softap, settings), settings.stations)
            self._device.activate(kept, outcome=outcome)
        self._raised = _Raised(softap, settings, outcome)
        self._limit = settings.tx_power_dbm

    def end(self) -> bool:
        """Take it down, if there is one; returns whether there was."""
        raised, was_up = self._raised, self.up is not None
        self._raised = None
        if self._rising is not None:
            self._rising.cancel()
            self._rising = None
        if raised is None:
            return False
        self._limit = None
        self._beside.turn_out()
        if self._device.link is Link.SOFTAP:
            self._device.deactivate()
        return was_up

    def conditions_changed(self) -> None:
        """Something is different: the radio is gone, or it is something else now."""
        raised = self._raised
        if raised is None:
            return
        if not raised.settings.beside:
            if self._device.link is not Link.SOFTAP:
                self._raised = self._limit = None
        elif self._air.availability is not Availability.READY:
            self.end()
            raised.ready.settle(refusals.unavailable(self._air.availability, gone=True))

    def lease(self, mac: MacAddress) -> str | None:
        """The address that a station has been given."""
        index = self.guests.index(mac)
        if self._raised is None or self.up is None or index is None:
            return None
        network = ipaddress.IPv4Interface(self._raised.settings.address).network
        return str(network.network_address + _FIRST_ADDRESS + index)

    def neighbour(self, address: str) -> MacAddress | None:
        """Who has that address. They are given in the order of coming."""
        here = (station.mac for station in self.stations())
        return next((mac for mac in here if self.lease(mac) == address), None)

    @property
    def _is_beside(self) -> bool:
        return self._raised is not None and self._raised.settings.beside

    def _channel(self, settings: SoftApSettings) -> int:
        """The one asked for, or that of the network beside it where it must be."""
        used = self._device.frequency if self._device.link is Link.CONNECTED else None
        if not settings.beside or not self._radio.one_channel or used is None:
            return settings.channel
        return channel_of(used) or settings.channel

    def _refusal(
        self, settings: SoftApSettings, channel: int, passphrase: Passphrase
    ) -> FirstlightError | None:
        if self._air.no_firewall:
            return refusals.no_firewall()
        if settings.beside and not (self._radio.join_while_hotspot and channel <= _LAST_OF_2_4_GHZ):
            return refusals.no_softap_beside()
        if len(passphrase.reveal().encode()) < MIN_BYTES:
            return refusals.passphrase_too_short()
        return None

    def _started(self) -> None:
        self._rising = None
        raised = self._raised
        if raised is None:
            return
        if self._air.hotspot_fails:
            self.end()
            raised.ready.settle(refusals.softap_failed(raised.settings.ssid))
            return
        self._beside.welcome(raised.softap.passphrase, raised.settings.stations)
        raised.ready.settle()


def _hotspot(softap: SoftAp, settings: SoftApSettings) -> HotspotSettings:
    return HotspotSettings(
        profile_name=settings.profile_name,
        ssid=settings.ssid,
        passphrase=softap.passphrase,
        channel=softap.channel,
        address=settings.address,
    )


def _beside(mac: MacAddress) -> MacAddress:
    """A locally administered address that is not the radio's own."""
    octets = bytes.fromhex(mac.replace(":", ""))
    return MacAddress.from_bytes(bytes([(octets[0] | 0x02) ^ 0x40]) + octets[1:])
