"""What happens while the device is on the air: the standard's state machine, as a function.

Times are monotonic seconds. Only ``Join`` changes anything on the device, and nothing but an
authorized session leads to it.
"""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from firstlight.core.improv.protocol import Capability, Fault, Frame, Rpc, State
from firstlight.model.improv import Authorization
from firstlight.model.status import Mode

IDENTIFY_SECONDS = 5.0
"""At most one look at the device in that time, however often it is asked for."""

_WIFI_STRINGS = 2


class Join(msgspec.Struct, frozen=True):
    """Join that network. An empty ``password``: it needs none."""

    ssid: bytes
    password: bytes


class Do(StrEnum):
    """What else a command leads to."""

    NOTHING = "nothing"
    IDENTIFY = "identify"
    TELL_INFO = "tell_info"
    TELL_NETWORKS = "tell_networks"
    TELL_KNOWN = "tell_known"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands.

    ``required``: whether somebody at the device has to authorize; for ``seconds`` then, until
    ``until``. ``quiet_until``: before that nobody is made to look at the device again.
    """

    required: bool
    seconds: float
    capabilities: Capability
    state: State
    fault: Fault = Fault.NONE
    until: float | None = None
    quiet_until: float = 0.0


def begun(*, required: bool, seconds: float, capabilities: Capability) -> Session:
    """As the device comes on the air."""
    state = State.AUTHORIZATION_REQUIRED if required else State.AUTHORIZED
    return Session(required=required, seconds=seconds, capabilities=capabilities, state=state)


def authorized(session: Session, now: float) -> Session:
    """Somebody at the device has said yes; while a join runs or is done, that changes nothing."""
    if not session.required or session.state in (State.PROVISIONING, State.PROVISIONED):
        return session
    return replace(session, state=State.AUTHORIZED, until=now + session.seconds, fault=Fault.NONE)


def passed(session: Session, now: float) -> Session:
    """What time has done to it: an authorization ends by itself."""
    if session.until is None or now < session.until:
        return session
    return replace(session, state=State.AUTHORIZATION_REQUIRED, until=None)


def malformed(session: Session) -> Session:
    """What came is no frame."""
    return replace(session, fault=Fault.INVALID_PACKET)


def commanded(session: Session, frame: Frame, now: float) -> tuple[Session, Do | Join]:
    """A command has come. A join under way is not disturbed by another one."""
    clean = replace(session, fault=Fault.NONE)
    before_joining = session.state in (State.AUTHORIZATION_REQUIRED, State.AUTHORIZED)
    if frame.rpc == Rpc.SEND_WIFI:
        return _sent_wifi(clean, frame)
    if not _is_known(session, frame.rpc):
        return replace(session, fault=Fault.UNKNOWN_COMMAND), Do.NOTHING
    if frame.strings:
        return malformed(session), Do.NOTHING
    if not before_joining:
        return session, Do.NOTHING
    if frame.rpc == Rpc.IDENTIFY:
        return _identified(clean, now)
    return clean, _EFFECTS[Rpc(frame.rpc), session.state is State.AUTHORIZED]


def joined(session: Session) -> Session:
    """The network is proven and saved."""
    return replace(session, state=State.PROVISIONED, fault=Fault.NONE, until=None)


def failed(session: Session, now: float, fault: Fault = Fault.UNABLE_TO_CONNECT) -> Session:
    """It is not; the authorization begins anew, so that a typing error can be mended."""
    until = now + session.seconds if session.required else None
    return replace(session, state=State.AUTHORIZED, fault=fault, until=until)


_EFFECTS = {
    (Rpc.DEVICE_INFO, True): Do.TELL_INFO,
    (Rpc.DEVICE_INFO, False): Do.TELL_INFO,
    (Rpc.SCAN, True): Do.TELL_NETWORKS,
    # Strangers in range don't keep the radio listening.
    (Rpc.SCAN, False): Do.TELL_KNOWN,
}

_NEEDED = {
    Rpc.IDENTIFY: Capability.IDENTIFY,
    Rpc.DEVICE_INFO: Capability.DEVICE_INFO,
    Rpc.SCAN: Capability.SCAN,
}


def _is_known(session: Session, rpc: int) -> bool:
    return rpc in _NEEDED and _NEEDED[Rpc(rpc)] in session.capabilities


def _identified(session: Session, now: float) -> tuple[Session, Do | Join]:
    """Anybody in range may ask, so not as often as they like."""
    if now < session.quiet_until:
        return session, Do.NOTHING
    return replace(session, quiet_until=now + IDENTIFY_SECONDS), Do.IDENTIFY


def _sent_wifi(session: Session, frame: Frame) -> tuple[Session, Do | Join]:
    if len(frame.strings) != _WIFI_STRINGS or not frame.strings[0]:
        return malformed(session), Do.NOTHING
    if session.state is State.AUTHORIZATION_REQUIRED:
        return replace(session, fault=Fault.NOT_AUTHORIZED), Do.NOTHING
    if session.state is not State.AUTHORIZED:
        return session, Do.NOTHING
    return replace(session, state=State.PROVISIONING, until=None), Join(*frame.strings)


def is_wanted(mode: Mode, *, already: bool) -> bool:
    """Whether the device is on the air in that mode: while it has no network.

    ``already``: whether it is just now; a join that a client has asked for does not end that.
    """
    return mode in (Mode.PROVISIONING, Mode.ERROR) or (mode is Mode.CONNECTING and already)


def must_ask(authorization: Authorization, *, had_network: bool) -> bool:
    """Whether somebody at the device has to authorize.

    Who has had a network of its own is nobody's to take over from the street.
    """
    return had_network or authorization is Authorization.REQUIRED
