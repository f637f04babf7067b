"""MQTT 5 with aiomqtt: one connection, and its failures as typed causes.

aiomqtt dials in a thread that can't be cancelled. When the wait for it is, the thread goes on by
itself and what it opened is closed; until then nothing else is dialled, so there is never more than
one of them.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from firstlight.errors import BrokerFailure, InvalidInput
from firstlight.model.mqtt import BrokerCause, Incoming, MqttSettings, Outgoing
from firstlight.telemetry.tls import tls_context

ANSWER_SECONDS = 10.0
"""For the broker to acknowledge anything."""

DIAL_SECONDS = 25.0
"""For a connection with all of its steps: name, TCP, TLS, CONNECT."""

KEEPALIVE_SECONDS = 30
MOST_BYTES = 8192
"""Of a packet to this client: the broker drops larger ones (MQTT 5.0, 3.1.2.11.4)."""

_MOST_QUEUED = 16
_FAREWELL_SECONDS = 2.0
_LEAVE_SECONDS = 0.5
_HANG_UP_TURNS = 30
_EXPIRED, _NOT_YET, _NAME, _ADDRESS = 10, 9, 62, 64  # X509_V_ERR_… (OpenSSL)

_REASONS = {
    132: BrokerCause.UNSUPPORTED,
    134: BrokerCause.NOT_AUTHORIZED,
    135: BrokerCause.NOT_AUTHORIZED,
    138: BrokerCause.NOT_AUTHORIZED,
    142: BrokerCause.TAKEN_OVER,
}
_CERTIFICATES = {
    _EXPIRED: BrokerCause.CERTIFICATE_EXPIRED,
    _NOT_YET: BrokerCause.CERTIFICATE_NOT_YET_VALID,
    _NAME: BrokerCause.HOST_NAME_MISMATCH,
    _ADDRESS: BrokerCause.HOST_NAME_MISMATCH,
}
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})

_T = TypeVar("_T")

_quiet = logging.getLogger("firstlight.telemetry.aiomqtt")
_quiet.setLevel(logging.ERROR)  # what it warns of is told by its callers, once


class _Denied(Exception):
    """The broker has acknowledged a message, and not taken it."""


class _Client(aiomqtt.Client):
    """What aiomqtt leaves out.

    A broker may acknowledge a message and yet refuse it; a connection that was not accepted is to
    be closed, too; and who waits for an answer may be cancelled in the moment in which it comes.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._denied: set[int] = set()

    @property
    def has_socket(self) -> bool:
        """Whether the thread that dials has done its part."""
        return self._client.socket() is not None

    async def hang_up(self) -> None:
        """Close the connection, whatever has become of it. Waits for a moment at most."""
        self._client.disconnect()
        for _ in range(_HANG_UP_TURNS):
            if not self.has_socket:
                return
            await asyncio.sleep(0.01)

    async def _wait_for(
        self,
        fut: Awaitable[_T],
        timeout: float | None,  # noqa: ASYNC109  as aiomqtt calls it
    ) -> _T:
        """Not with ``asyncio.wait_for``: before Python 3.12 it loses such a cancellation."""
        try:
            async with asyncio.timeout(self.timeout if timeout is None else timeout):
                return await fut
        except TimeoutError as error:
            raise aiomqtt.MqttError("Operation timed out") from error

    def _on_publish(
        self,
        client: Paho,
        userdata: Any,
        mid: int,
        reason_code: ReasonCode,
        properties: Properties,
    ) -> None:
        self._denied.discard(mid)  # numbers are used again
        if reason_code.is_failure:
            self._denied.add(mid)
        super()._on_publish(client, userdata, mid, reason_code, properties)

    @contextlib.contextmanager
    def _pending_call(self, mid: int, value: Any, pending_dict: Any) -> Generator[None]:
        with super()._pending_call(mid, value, pending_dict):
            yield
        if pending_dict is self._pending_publishes and mid in self._denied:
            raise _Denied


class MqttBroker:
    """Satisfies ``port.Broker``."""

    def __init__(self) -> None:
        self._client: _Client | None = None
        self._left_behind: asyncio.Task[None] | None = None

    async def open(self, settings: MqttSettings, client_id: str, will: Outgoing) -> None:
        """Connect."""
        await self.close()
        client = _Client(
            settings.host,
            settings.dialled_port,
            username=settings.username,
            password=settings.password,
            logger=_quiet,
            identifier=client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=will.retain),
            timeout=ANSWER_SECONDS,
            keepalive=KEEPALIVE_SECONDS,
            clean_start=True,
            max_queued_incoming_messages=_MOST_QUEUED,
            properties=_asked_of_broker(),
            tls_context=_trusting(settings),
            # A batch of small packets must not wait 40 ms for the broker's acknowledgement.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        try:
            await self._dial(client)
        except BrokerFailure as failure:
            if settings.secure and failure.cause == BrokerCause.GONE:
                # What speaks no TLS hangs up on the first that it hears of it.
                raise BrokerFailure(BrokerCause.TLS_FAILED, failure.message) from failure
            raise
        self._client = client

    async def subscribe(self, topics: str) -> bool:
        """Receive from that filter."""
        options = SubscribeOptions(
            qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
        )
        client = self._connected()
        with _translated():
            codes = await client.subscribe(topics, options=options)
        return not any(isinstance(code, ReasonCode) and code.is_failure for code in codes)

    async def publish(self, message: Outgoing) -> bool:
        """Hand over."""
        client = self._connected()
        try:
            with _translated():
                await client.publish(
                    message.topic,
                    message.payload,
                    qos=1,
                    retain=message.retain,
                    properties=_told_with(message),
                )
        except _Denied:
            return False
        return True

    async def received(self) -> Incoming:
        """The next message."""
        client = self._connected()
        with _translated():
            message = await anext(aiter(client.messages))
        return Incoming(
            topic=message.topic.value,
            payload=bytes(message.payload),
            retained=message.retain,
            response_topic=getattr(message.properties, "ResponseTopic", None),
            correlation=getattr(message.properties, "CorrelationData", None),
        )

    async def close(self) -> None:
        """Say goodbye."""
        if self._left_behind is not None:
            await asyncio.wait([self._left_behind], timeout=_LEAVE_SECONDS)
        client, self._client = self._client, None
        if client is not None:
            await _farewell(client)

    def _connected(self) -> _Client:
        if self._client is None:
            raise BrokerFailure(BrokerCause.GONE, "There is no connection.")
        return self._client

    async def _dial(self, client: _Client) -> None:
        if self._left_behind is not None:
            await _ended(self._left_behind)
        dialling = asyncio.create_task(_entered(client), name="mqtt-dial")
        try:
            async with asyncio.timeout(DIAL_SECONDS):
                with _translated():
                    await asyncio.shield(dialling)
        except TimeoutError as error:
            self._leave(dialling, client)
            raise BrokerFailure(BrokerCause.TIMEOUT, "The broker does not answer.") from error
        except (BrokerFailure, asyncio.CancelledError):
            self._leave(dialling, client)
            raise

    def _leave(self, dialling: asyncio.Task[None], client: _Client) -> None:
        if client.has_socket:
            dialling.cancel()
        self._left_behind = asyncio.create_task(_put_away(dialling, client), name="mqtt-put-away")


def _trusting(settings: MqttSettings) -> ssl.SSLContext | None:
    if not settings.secure:
        return None
    try:
        return tls_context(settings.ca_pem)
    except InvalidInput as error:
        raise BrokerFailure(BrokerCause.BAD_CA, error.message) from error


async def _entered(client: _Client) -> None:
    await client.__aenter__()


async def _put_away(dialling: asyncio.Task[None], client: _Client) -> None:
    """Close what is opened too late."""
    await asyncio.wait([dialling])
    if dialling.cancelled() or dialling.exception() is not None:
        await client.hang_up()
    else:
        await _farewell(client)


async def _ended(task: asyncio.Task[None]) -> None:
    try:
        async with asyncio.timeout(DIAL_SECONDS):
            await asyncio.wait([task])
    except TimeoutError as error:
        raise BrokerFailure(BrokerCause.TIMEOUT, "The last try has not ended yet.") from error


async def _farewell(client: _Client) -> None:
    with contextlib.suppress(aiomqtt.MqttError, OSError, TimeoutError):
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await client.__aexit__(None, None, None)


def _asked_of_broker() -> Properties:
    asked = Properties(PacketTypes.CONNECT)
    asked.MaximumPacketSize = MOST_BYTES
    asked.SessionExpiryInterval = 0
    return asked


def _told_with(message: Outgoing) -> Properties | None:
    if message.correlation is None and message.expires_seconds is None:
        return None
    told = Properties(PacketTypes.PUBLISH)
    if message.correlation is not None:
        told.CorrelationData = message.correlation
    if message.expires_seconds is not None:
        told.MessageExpiryInterval = message.expires_seconds
    return told


class _translated(contextlib.AbstractContextManager[None]):  # noqa: N801  reads as a verb
    """Foreign errors in, ``BrokerFailure`` out."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Translate."""
        if isinstance(error, aiomqtt.MqttError | OSError):
            raise BrokerFailure(cause_of(error), str(error)) from error


def cause_of(error: BaseException) -> BrokerCause:
    """Why. aiomqtt hides the first cause, but Python keeps it as the context."""
    seen: BaseException | None = error
    while seen is not None:
        cause = _own_cause(seen)
        if cause is not None:
            return cause
        seen = seen.__cause__ or seen.__context__
    return BrokerCause.TIMEOUT if "timed out" in str(error) else BrokerCause.GONE


def _own_cause(error: BaseException) -> BrokerCause | None:
    match error:
        case aiomqtt.MqttCodeError(rc=ReasonCode(value=int(value))):
            return _REASONS.get(value, BrokerCause.GONE)
        case ssl.SSLCertVerificationError():
            return _CERTIFICATES.get(error.verify_code, BrokerCause.CA_MISMATCH)
        case ssl.SSLError():
            return BrokerCause.TLS_FAILED
        case socket.gaierror():
            return BrokerCause.NAME_NOT_RESOLVED
        case ConnectionRefusedError():
            return BrokerCause.REFUSED
        case TimeoutError():
            return BrokerCause.TIMEOUT
        case OSError(errno=number) if number in _NO_WAY:
            return BrokerCause.UNREACHABLE
        case _:
            return None
