"""The desk inside the SoftAP: finds out who asks, has it decided, and hands out."""

import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NoReturn, Protocol

import msgspec

from firstlight.daemon.provisioning.company import Company
from firstlight.errors import Code, Conflict, FirstlightError, NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.records import Client, Controller, RecordKind
from firstlight.model.registry import ClientCa, Entry
from firstlight.provisioning import desk, messages
from firstlight.provisioning.nonces import BITS
from firstlight.provisioning.ports import with_client
from firstlight.provisioning.state import State

log = logging.getLogger(__name__)

_CHUNK_BYTES = 32 * 1024
_THEN_CLIENTS = b'],"clients":['
_INTERFACES = Path("/sys/class/net")


Decide = Callable[[State, Moment], desk.Verdict]


class Mode(Protocol):
    """What the desk needs of Provisioning Mode."""

    def judge(self, decide: Decide) -> int:
        """Let a request be decided; the turn of the session. Raises what is wrong with it."""
        ...

    def take(self, event: messages.Event) -> None:
        """Take one event."""
        ...


class Desk:
    """Satisfies ``web.registry_service.ClaimDesk``. ``random_bits``: a cryptographic source."""

    def __init__(self, mode: Mode, company: Company, random_bits: Callable[[int], int]) -> None:
        self._mode = mode
        self._with = company
        self._random_bits = random_bits

    async def nonce(self, caller: str) -> int:
        """A new nonce."""
        mac, value = await self._who(caller), self._random_bits(BITS)
        self._mode.judge(lambda state, now: desk.asks_nonce(state, mac, value, now))
        return value

    async def client(self, caller: str, claimed: str | None, nonce: str | None) -> Entry:
        """The caller's own record."""
        mac, turn = await self._checked(caller, claimed, nonce)
        entry = await self._record(RecordKind.CLIENT, mac, turn)
        self._mode.take(messages.Configured(mac))
        if isinstance(entry.record, Client):
            self._with.tasks.spawn(self._note_port(entry.record, entry.uuid), "client-uuid")
        return entry

    async def controller(
        self, caller: str, claimed: str | None, nonce: str | None, uuid: str | None
    ) -> AsyncIterator[bytes]:
        """The whole bundle."""
        mac, turn = await self._checked(caller, claimed, nonce)
        entry = await self._record(RecordKind.CONTROLLER, mac, turn)
        if uuid is not None and uuid.lower() != entry.uuid.lower():
            self._no_record(mac, "There is no controller of that UUID and MAC address.")
        return self._bundle(mac, turn)

    async def certs(self, caller: str, claimed: str | None) -> ClientCa:
        """The client CA."""
        mac = await self._who(caller)
        turn = self._mode.judge(lambda state, now: desk.asks_certificate(state, mac, claimed, now))
        found = await self._with.records.client_ca()
        self._goes_on(turn)
        if found is None:
            raise NotFound(
                "No certificate is designated for clients.", code=Code.UNKNOWN_CERTIFICATE
            )
        return found

    async def _checked(
        self, caller: str, claimed: str | None, nonce: str | None
    ) -> tuple[MacAddress, int]:
        mac = await self._who(caller)
        turn = self._mode.judge(
            lambda state, now: desk.asks_record(state, mac, claimed, nonce, now)
        )
        if mac is None:
            raise RuntimeError("a stranger passed the desk")
        return mac, turn

    def _goes_on(self, turn: int) -> None:
        self._mode.judge(lambda state, _now: desk.goes_on(state, turn))

    async def _who(self, caller: str) -> MacAddress | None:
        try:
            return await self._with.radio.neighbour(caller)
        except FirstlightError as error:
            log.warning("who asks from %s is not known: %s", caller, error.message)
            return None

    async def _record(self, kind: RecordKind, mac: MacAddress, turn: int) -> Entry:
        entry = await self._with.records.find(kind, mac)
        self._goes_on(turn)
        if entry is None:
            what = "client" if kind is RecordKind.CLIENT else "controller"
            self._no_record(mac, f"There is no {what} of that MAC address.")
        return entry

    def _no_record(self, mac: MacAddress, message: str) -> NoReturn:
        self._mode.judge(lambda state, now: desk.not_found(state, mac, message, now))
        raise RuntimeError("what is not there was found")

    async def _bundle(self, mac: MacAddress, turn: int) -> AsyncIterator[bytes]:
        chunk = bytearray(b'{"controllers":[')
        kind, separator = RecordKind.CONTROLLER, b""
        async for entry in self._with.records.each(RecordKind.CONTROLLER, RecordKind.CLIENT):
            if entry.kind != kind:
                chunk += _THEN_CLIENTS
                kind, separator = entry.kind, b""
            chunk += separator + _with_uuid(entry)
            separator = b","
            if len(chunk) >= _CHUNK_BYTES:
                self._goes_on(turn)
                yield bytes(chunk)
                chunk.clear()
        chunk += b"]}" if kind is RecordKind.CLIENT else _THEN_CLIENTS + b"]}"
        self._goes_on(turn)
        yield bytes(chunk)
        self._mode.take(messages.Configured(mac))

    async def _note_port(self, client: Client, uuid: str) -> None:
        """Write down in our own record which client is on which port."""
        try:
            candidates = [
                entry
                async for entry in self._with.records.each(RecordKind.CONTROLLER)
                if isinstance(entry.record, Controller)
                and with_client(entry.record, client, uuid) is not None
            ]
            own = _own_macs()
            ours = [entry for entry in candidates if entry.record.mac_address in own]
            for entry in ours or (candidates if len(candidates) == 1 else []):
                await self._write_port(entry, client, uuid)
        except (FirstlightError, OSError) as error:
            log.warning("the port of client %s is not written down: %s", uuid, error)

    async def _write_port(self, entry: Entry, client: Client, uuid: str) -> None:
        changed = (
            with_client(entry.record, client, uuid)
            if isinstance(entry.record, Controller)
            else None
        )
        if changed is None:
            return
        try:
            await self._with.records.put(
                RecordKind.CONTROLLER, entry.uuid, changed, expected=entry.version
            )
        except Conflict as error:  # somebody has just written it: their word is the newer one
            log.info("the port of client %s is not written down: %s", uuid, error.message)


def _with_uuid(entry: Entry) -> bytes:
    """The record as JSON, its UUID first. A record is never empty: it has a name."""
    return b'{"uuid":"%s",' % entry.uuid.encode() + msgspec.json.encode(entry.record)[1:]


def _own_macs() -> frozenset[str]:
    """The MAC addresses of this machine's interfaces."""
    found = (one / "address" for one in _INTERFACES.iterdir())
    return frozenset(one.read_text().strip() for one in found if one.exists())
