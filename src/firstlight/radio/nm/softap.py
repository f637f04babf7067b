"""The provisioning SoftAP on NetworkManager: a profile that is never saved, and a dead end.

What NetworkManager has no setting for is had elsewhere: how many stations may join from
wpa_supplicant, the transmit power from ``iw``, what a station may reach from the firewall. The
rules stand before anything is on the air and go when nothing is any more, so a process that comes
after a killed one knows by them that there is something to clear away.
"""

import asyncio
import logging
from typing import NamedTuple

from firstlight.errors import Busy, Code, FirstlightError, RadioFailure
from firstlight.model.access_point import channel_of
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Link, Station
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.radio.nm import iw, neighbours
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.companion import Companion, address_beside
from firstlight.radio.nm.device import Active, WifiDevice
from firstlight.radio.nm.firewall import Firewall
from firstlight.radio.nm.profiles import softap_settings, softap_uuid
from firstlight.radio.nm.programs import Run
from firstlight.radio.nm.rising import Rising, set_country
from firstlight.radio.nm.session import SOFTAP, Session
from firstlight.radio.nm.supplicant import OnStation, Supplicant

log = logging.getLogger(__name__)

DOWN_SECONDS = 10.0
MODE_SECONDS = 2.0
USUAL_STATIONS = "128"
"""wpa_supplicant's default for ``max_num_sta``."""

_TRIES = 2
_LAST_OF_2_4_GHZ = 14


class _Raised(NamedTuple):
    """The SoftAP that is up."""

    softap: SoftAp
    supplicant: Supplicant
    beside: bool


class SoftAps:
    """At most one at a time. It never touches a hotspot's profile."""

    def __init__(
        self,
        session: Session,
        run_iw: Run,
        firewall: Firewall,
        read_neighbours: neighbours.Read,
        on_station: OnStation,
    ) -> None:
        self._session = session
        self._run = run_iw
        self._firewall = firewall
        self._read_neighbours = read_neighbours
        self._rising = Rising(session)
        self._second = Companion(
            session, run_iw, SOFTAP, on_link=lambda _changed: None, on_station=on_station
        )
        self._raised: _Raised | None = None
        self._confined = self._limited = False
        self._usual_stations = ""
        self._clearing: asyncio.Task[None] | None = None
        session.on_second_state[SOFTAP] = self._rising.device_state

    async def close(self) -> None:
        """Let what is being cleared away be cleared away. A SoftAP that is up stays up."""
        await self._cleared()
        await self._second.close()

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of our radio."""
        self._rising.device_state(new, reason)

    def updated(self) -> None:
        """Anything has changed: one that something else took the place of is not coming back."""
        if self._raised is None:
            return
        if self._raised.beside:
            gone = self._second.device is None
        else:
            gone = self._session.state().link not in {Link.SOFTAP, Link.DOWN}
        if gone:
            log.warning("the SoftAP on %s is gone", self._raised.softap.interface)
            self._raised = None
            self._clearing = asyncio.create_task(self._clear(), name="softap-gone")

    async def settle(self) -> tuple[str, ...]:
        """Clear away what a killed process left behind. Returns a sentence for each."""
        if self._session.device is None or self._raised is not None:
            return ()
        self._confined = await self._firewall.confines()
        return tuple(await self._lower(left_behind=True))

    async def up(self, wanted: SoftApSettings) -> SoftAp:
        """See the port."""
        self._session.usable_device()
        channel = self._channel(wanted)
        await self.down()
        try:
            raised = self._raised = await self._raise(wanted, channel)
            return raised.softap
        finally:
            if self._raised is None:
                # Whoever is cancelled here is not to leave anything on the air.
                self._clearing = asyncio.create_task(self._clear(), name="softap-failed")
                await asyncio.shield(self._clearing)

    async def down(self) -> None:
        """See the port."""
        await self._cleared()
        self._session.usable_device()
        self._raised = None
        await self._lower(left_behind=False)

    async def stations(self) -> tuple[Station, ...]:
        """Who is on it now."""
        if self._raised is None:
            return ()
        return tuple(Station(mac=mac) for mac in await self._raised.supplicant.stations())

    async def neighbour(self, address: str) -> MacAddress | None:
        """See the port. Who is not authorised on the SoftAP is nobody's neighbour there."""
        raised = self._raised
        if raised is None:
            return None
        try:
            table = await self._read_neighbours()
        except OSError as error:
            log.warning("the kernel's neighbours can't be read: %s", error)
            return None
        mac = neighbours.found(table, raised.softap.interface, address)
        return mac if mac in {station.mac for station in await self.stations()} else None

    async def limit_power(self, interface: str, dbm: float | None) -> float | None:
        """See the port; nothing here is worth failing for."""
        try:
            await iw.limit_power(interface, dbm, self._run)
        except RadioFailure as error:
            log.warning("the transmit power of %s can't be set: %s", interface, error)
        return (await self._on_air(interface)).tx_power

    def _channel(self, wanted: SoftApSettings) -> int:
        """Where it can be. Raises ``Busy`` where it can't be kept apart from what is in use."""
        if not wanted.beside:
            return wanted.channel
        abilities, state = self._session.abilities, self._session.state()
        if not abilities.join_as_hotspot:
            raise Busy(
                "This radio can't be an access point while it keeps its network.",
                code=Code.RADIO_IN_USE,
                hint="Let the SoftAP take the radio, or give the device another network.",
            )
        if state.link is not Link.CONNECTED or not abilities.one_channel:
            return wanted.channel
        used = channel_of(state.frequency) if state.frequency is not None else None
        if used is None or used > _LAST_OF_2_4_GHZ:
            raise Busy(
                "This radio has one channel only, and its network is not on 2.4 GHz.",
                code=Code.RADIO_IN_USE,
                hint="Let the SoftAP take the radio, or join the network on 2.4 GHz.",
            )
        return used

    async def _raise(self, wanted: SoftApSettings, channel: int) -> _Raised:
        session = self._session
        own = session.usable_device()
        interface = SOFTAP if wanted.beside else own.interface
        await self._firewall.confine(interface, wanted.address, wanted.port)
        self._confined = True
        await set_country(session.supplicant, wanted.country)
        if wanted.beside:
            device, bssid = await self._second.appear(own), address_beside(own)
            supplicant = self._second.supplicant
        else:
            device, bssid = own, own.permanent_mac or own.mac
            supplicant = session.supplicant
        limited = await self._limit_stations(supplicant, wanted)
        bssid = await self._activate(wanted, device, channel, bssid)
        self._limited = not wanted.beside
        return _Raised(
            softap=SoftAp(
                interface=interface,
                bssid=bssid,
                passphrase=wanted.passphrase_of(bssid),
                channel=channel,
                tx_power_dbm=await self.limit_power(interface, wanted.tx_power_dbm),
                one_station=limited and wanted.stations == 1,
            ),
            supplicant=supplicant,
            beside=wanted.beside,
        )

    async def _limit_stations(self, supplicant: Supplicant, wanted: SoftApSettings) -> bool:
        await supplicant.looked_up()
        try:
            before = await supplicant.limit_stations(str(wanted.stations))
        except FirstlightError as error:
            log.warning("the SoftAP can't be kept to one station: %s", error)
            return False
        if not wanted.beside:
            self._usual_stations = before
        return True

    async def _activate(
        self, wanted: SoftApSettings, device: WifiDevice, channel: int, bssid: MacAddress | None
    ) -> MacAddress:
        """Bring it up; the BSSID on the air, which is the one that its passphrase derives from."""
        for _ in range(_TRIES):
            if bssid is None:
                break
            settings = softap_settings(
                wanted,
                interface=device.interface,
                channel=channel,
                bssid=bssid,
                passphrase=wanted.passphrase_of(bssid),
            )
            self._rising.begin()
            _, active = await self._session.manager.add_and_activate_volatile(settings, device.path)
            what = f"The SoftAP {wanted.ssid.text} on channel {channel}"
            await self._rising.up(active, device, what)
            await self._known_up(device)
            seen = (await self._on_air(device.interface)).address or device.mac
            if seen == bssid:
                return bssid
            log.warning("the SoftAP came up as %s instead of %s", seen, bssid)
            await self._off_air(device)
            bssid = seen
        raise RadioFailure(
            f"The driver of {device.interface} does not say which BSSID it uses.",
            code=Code.HOTSPOT_FAILED,
            hint="Nobody could derive its password; use another WiFi device.",
        )

    async def _known_up(self, device: WifiDevice) -> None:
        await self._session.refreshed()
        await self._session.mirror.until(
            lambda: device.active.uuid == softap_uuid(device.interface) and device.ipv4 is not None,
            MODE_SECONDS,
        )

    async def _on_air(self, interface: str) -> iw.OnAir:
        try:
            return await iw.on_air(interface, self._run)
        except RadioFailure as error:
            log.info("what the driver of %s does is not known: %s", interface, error)
            return iw.OnAir()

    async def _lower(self, *, left_behind: bool) -> list[str]:
        """Off the air first, the rules last; they stay when it does. Returns what was done."""
        device = self._session.usable_device()
        done: list[str] = []
        if await self._off_air(device) | await self._second_gone(done):
            done.insert(0, "The provisioning SoftAP of a process that ended was taken down.")
        restoring = left_behind and (self._confined or bool(done))
        if self._usual_stations or restoring:
            done += await self._restore_stations()
        if self._limited or restoring:
            self._limited = False
            await self.limit_power(device.interface, None)
            done.append("The radio got its transmit power back.")
        if self._confined:
            await self._firewall.release()
            self._confined = False
            done.append("The firewall rules of the SoftAP were taken away.")
        return done

    async def _off_air(self, device: WifiDevice) -> bool:
        """Returns whether there was one."""
        mirror, active = self._session.mirror, device.active
        uuid = softap_uuid(device.interface)
        was_up = active.uuid == uuid and active.state is not ActiveState.DEACTIVATED
        if was_up:
            await self._session.manager.deactivate(active.path)
            if not await mirror.until(
                lambda: Active(mirror, active.path).state is ActiveState.DEACTIVATED, DOWN_SECONDS
            ):
                raise RadioFailure("The SoftAP did not go down in time.", code=Code.TIMEOUT)
            await mirror.until(lambda: not device.is_access_point, MODE_SECONDS)
            # Its profile goes with it, a moment later.
            path = active.connection
            await mirror.until(lambda: path not in mirror.objects, MODE_SECONDS)
        return await self._forget(uuid) or was_up

    async def _forget(self, uuid: str) -> bool:
        """Delete a profile that came to nothing, or was saved by hand; whether there was one."""
        path = await self._session.path_of(uuid)
        if path is None:
            return False
        try:
            await self._session.connections.delete(path)
        except FirstlightError:
            # NetworkManager may have been faster, and has several ways of saying so.
            if await self._session.path_of(uuid) is not None:
                raise
        return True

    async def _second_gone(self, done: list[str]) -> bool:
        second, was_up = self._second.device, False
        if second is not None:
            was_up = await self._off_air(second)
        if await self._second.vanish():
            done.append("The second interface of the SoftAP was removed.")
        return was_up

    async def _restore_stations(self) -> list[str]:
        usual, self._usual_stations = self._usual_stations or USUAL_STATIONS, ""
        supplicant = self._session.supplicant
        try:
            if await supplicant.most_stations() == usual:
                return []
            await supplicant.limit_stations(usual)
        except FirstlightError as error:
            log.warning("the hotspot may still be for one station only: %s", error)
            return []
        return ["More than one station may join the radio again."]

    async def _clear(self) -> None:
        try:
            await self._lower(left_behind=False)
        except FirstlightError as error:
            log.warning("what the SoftAP needed could not be cleared away: %s", error)

    async def _cleared(self) -> None:
        if self._clearing is not None:
            await asyncio.wait([self._clearing])
            self._clearing = None
