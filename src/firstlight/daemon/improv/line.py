"""One time on the air: what clients write is carried out, one thing at a time."""

import asyncio
import contextlib
import logging
from typing import NamedTuple

from firstlight.bluetooth.port import Characteristic, OnAir, Service, Written
from firstlight.core.improv import protocol, session
from firstlight.core.improv.protocol import Capability, Fault, Malformed, Network, Rpc, State
from firstlight.core.improv.reassembly import Reassembly
from firstlight.core.improv.session import Do, Join, Session
from firstlight.daemon.improv.company import Company
from firstlight.daemon.waiting import within
from firstlight.errors import FirstlightError
from firstlight.model.access_point import Security
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.wire import ConnectBody, NetworkEntry

log = logging.getLogger(__name__)

MOST_WAITING = 32
"""Pieces that clients have written and nobody has looked at; further ones are dropped."""

SMALLEST_MTU = 23
"""Of a connection that has agreed on nothing (Bluetooth Core 5.3, Vol 3, Part F, 5.2.1)."""

_SECURITY = {
    Security.OPEN: "NO",
    Security.OWE: "NO",
    Security.WEP: "WEP",
    Security.WPA: "WPA",
    Security.WPA2: "WPA2",
    Security.WPA2_WPA3: "WPA2/WPA3",
    Security.WPA3: "WPA3",
}


class _Joining(NamedTuple):
    """A join that a client has asked for; there is ``room`` for that many bytes of its result."""

    attempt: str
    room: int


class Line:
    """From the first advertisement to the last; ``session`` is how it stands."""

    def __init__(self, company: Company, begun: Session) -> None:
        self._with = company
        self.session = begun
        self._turned = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._pieces: asyncio.Queue[Written] = asyncio.Queue(MOST_WAITING)
        self._reassembly = Reassembly()
        self._air: OnAir | None = None
        self._joining: _Joining | None = None

    def service(self) -> Service:
        """What is put on the air."""
        now = self.session
        return Service(
            uuid=protocol.SERVICE,
            name=self._with.own.name,
            data_uuid=protocol.SERVICE_DATA,
            data=protocol.service_data(now.state, now.capabilities),
            characteristics=(
                _told(protocol.CURRENT_STATE, bytes([now.state])),
                _told(protocol.ERROR_STATE, bytes([now.fault])),
                Characteristic(uuid=protocol.RPC_COMMAND, writable=True),
                _told(protocol.RPC_RESULT, b""),
                Characteristic(
                    uuid=protocol.CAPABILITIES, value=bytes([now.capabilities]), readable=True
                ),
            ),
        )

    def written(self, piece: Written) -> None:
        """A client has written; it is looked at in its turn."""
        if piece.uuid != protocol.RPC_COMMAND:
            return
        try:
            self._pieces.put_nowait(piece)
        except asyncio.QueueFull:
            log.warning("Improv: a client writes faster than anybody could; dropped")

    def begin(self, air: OnAir) -> None:
        """It is on the air now."""
        self._air = air

    async def serve(self) -> None:
        """Carry out what is written, until it is cancelled."""
        while True:
            piece = await self._pieces.get()
            await self._take(piece)

    async def settled(self) -> None:
        """Return once no join is under way: a client has been told of its outcome."""
        await self._settled.wait()

    def authorize(self) -> None:
        """Somebody at the device says yes."""
        self._become(session.authorized(self.session, self._now()))

    def seconds_left(self) -> float | None:
        """Of an authorization, if there is one that ends."""
        until = self.session.until
        return None if until is None else max(0.0, until - self._now())

    async def expire(self) -> None:
        """End authorizations when their time is over, until it is cancelled."""
        while True:
            self._turned.clear()
            until = self.session.until
            if until is None:
                await self._turned.wait()
                continue
            with contextlib.suppress(TimeoutError):
                left = max(0.0, until - self._now())
                await within(self._turned.wait(), left, self._with.clock)
            self._look_at_time()

    def heard(self, event: DeviceEvent) -> None:
        """Something happened to the device; perhaps to the join that a client waits for."""
        over = event.phase in (ActionPhase.COMPLETED, ActionPhase.FAILED)
        if over and event.action is Action.NETWORK_CONNECT:
            self._look_at_attempt()

    def _look_at_time(self) -> None:
        self._become(session.passed(self.session, self._now()))

    async def _take(self, piece: Written) -> None:
        self._look_at_time()
        self._reassembly, whole = self._reassembly.with_piece(
            piece.client, piece.data, piece.offset, self._now()
        )
        if whole is None:
            return
        try:
            frame = protocol.read(whole)
        except Malformed as error:
            log.info("Improv: a client wrote what is no frame: %s", error)
            self._become(session.malformed(self.session), answering=True)
            return
        if self.session.state is not State.AUTHORIZATION_REQUIRED:
            self._with.device.attended()
        after, wish = session.commanded(self.session, frame, self._now())
        self._become(after, answering=True)
        await self._carry_out(wish, protocol.room_for(max(SMALLEST_MTU, piece.mtu)))

    async def _carry_out(self, wish: Do | Join, room: int) -> None:
        match wish:
            case Join():
                await self._join(wish, room)
            case Do.IDENTIFY:
                self._with.hub.publish(
                    EventType.ACTION,
                    Level.INFO,
                    "Somebody nearby asks over Bluetooth which device this is.",
                    action=Action.IDENTIFY,
                )
            case Do.TELL_INFO:
                own = self._with.own
                self._answer(
                    protocol.device_info(
                        firmware=own.firmware,
                        version=own.version,
                        hardware=own.hardware,
                        name=own.name,
                        room=room,
                    )
                )
            case Do.TELL_NETWORKS | Do.TELL_KNOWN:
                seen = await self._seen(wish)
                self._answer(protocol.networks([_network(one) for one in seen], room))
            case _:
                pass

    async def _seen(self, wish: Do) -> tuple[NetworkEntry, ...]:
        device = self._with.device
        try:
            if wish is Do.TELL_NETWORKS:
                return await device.networks()
            return await device.known_networks()
        except FirstlightError as error:
            log.info("Improv: no list of networks: %s", error)
            return ()

    async def _join(self, wish: Join, room: int) -> None:
        try:
            body = ConnectBody(ssid_hex=wish.ssid.hex(), password=wish.password.decode() or None)
            attempt = await self._with.device.connect(body)
        except (FirstlightError, UnicodeDecodeError) as error:
            log.info("Improv: a network was refused: %s", error)
            self._become(session.failed(self.session, self._now()), answering=True)
            return
        self._joining = _Joining(attempt.id, room)
        self._look_at_attempt()

    def _look_at_attempt(self) -> None:
        if self._joining is None:
            return
        attempt = self._with.device.attempt(self._joining.attempt)
        if attempt.state is not AttemptState.RUNNING:
            room, self._joining = self._joining.room, None
            self._joined(attempt, room)

    def _joined(self, attempt: Attempt, room: int) -> None:
        if attempt.state is AttemptState.FAILED:
            self._become(session.failed(self.session, self._now()), answering=True)
            return
        self._become(session.joined(self.session))
        page = self._with.page(self._with.device.status().network.ipv4_address).encode()
        fits = page and 1 + len(page) <= room
        self._answer(protocol.result(Rpc.SEND_WIFI, [page] if fits else []))

    def _answer(self, frame: bytes) -> None:
        if self._air is not None:
            self._air.show(protocol.RPC_RESULT, frame)

    def _become(self, after: Session, *, answering: bool = False) -> None:
        """``answering``: a client waits for an error, though it be the one of before."""
        before, self.session = self.session, after
        self._turned.set()
        if after.state is State.PROVISIONING:
            self._settled.clear()
        else:
            self._settled.set()
        if self._air is None:
            return
        if after.fault is not before.fault or (answering and after.fault is not Fault.NONE):
            self._air.show(protocol.ERROR_STATE, bytes([after.fault]))
        if after.state is not before.state:
            self._air.show(protocol.CURRENT_STATE, bytes([after.state]))
            self._air.advertise(protocol.service_data(after.state, after.capabilities))

    def _now(self) -> float:
        return self._with.clock.monotonic()


def capabilities(*, identify: bool) -> Capability:
    """What this device can do for a client."""
    always = Capability.DEVICE_INFO | Capability.SCAN
    return always | Capability.IDENTIFY if identify else always


def _told(uuid: str, value: bytes) -> Characteristic:
    return Characteristic(uuid=uuid, value=value, readable=True, notifies=True)


def _network(entry: NetworkEntry) -> Network:
    """Signal in per cent back to dBm, as NetworkManager makes one of the other."""
    return Network(
        ssid=bytes.fromhex(entry.ssid_hex),
        signal=entry.signal // 2 - 100,
        security=_SECURITY.get(Security(entry.security), "WPA2 EAP"),
    )
