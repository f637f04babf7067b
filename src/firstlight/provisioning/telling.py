"""Provisioning Mode as people and programs see it."""

from collections.abc import Iterator

from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.provisioning_mode import (
    DeviceProgress,
    ModeAnswer,
    ModeEnded,
    ModeSession,
    Progress,
)
from firstlight.model.softap import SoftAp
from firstlight.provisioning.phases import TOLD_AS, Phase
from firstlight.provisioning.softap import SSID
from firstlight.provisioning.state import Device, End, State

MOST_SHOWN = 200
_SLACK_DBM = 1.0


def answer(state: State, now: Moment) -> ModeAnswer:
    """As ``GET /api/provisioning`` tells it: everything, but only while the SoftAP is up."""
    if state.phase is not Phase.ACTIVE or state.softap is None:
        return ModeAnswer(enabled=False)
    return ModeAnswer(
        enabled=True,
        ssid=SSID.text,
        password=state.softap.passphrase.reveal(),
        expires_at=_expires_at(state, now),
        sessions=tuple(_progress(mac, one, now) for mac, one in state.devices.items()),
    )


def session(state: State, now: Moment) -> ModeSession:
    """As ``GET /api/provisioning/session`` tells it."""
    counts = dict.fromkeys(Progress, 0)
    for device in state.devices.values():
        counts[device.progress] += 1
    registered = sum(1 for mac in state.devices if mac in state.allowlist)
    softap = state.softap if state.phase is Phase.ACTIVE else None
    told = ModeSession(
        state=TOLD_AS[state.phase],
        expected=len(state.allowlist) - registered,
        joined=counts[Progress.JOINED],
        configured=counts[Progress.CONFIGURED],
        refused=counts[Progress.REFUSED],
        devices=tuple(_devices(state, now)),
        ended=_ended(state.ended),
    )
    return told if softap is None else _on_the_air(told, state, softap, now)


def warnings(state: State, softap: SoftAp) -> tuple[str, ...]:
    """What a person should know of a SoftAP that is up."""
    found: list[str] = []
    wanted, used = state.settings.tx_power_dbm, softap.tx_power_dbm
    if used is None:
        found.append(
            "The driver does not say how strongly it sends: the SoftAP may reach further than "
            "a few feet."
        )
    elif used > wanted + _SLACK_DBM:
        found.append(
            f"The driver sends at {used:g} dBm instead of {wanted:g}: the SoftAP reaches further "
            "than a few feet."
        )
    if not softap.one_station:
        found.append("The radio does not limit the SoftAP to one device.")
    if not len(state.allowlist):
        found.append("Nobody is registered: the first device that joins ends Provisioning Mode.")
    return tuple(found)


def _on_the_air(told: ModeSession, state: State, softap: SoftAp, now: Moment) -> ModeSession:
    return ModeSession(
        state=told.state,
        ssid=SSID.text,
        password=softap.passphrase.reveal(),
        bssid=softap.bssid,
        interface=softap.interface,
        channel=softap.channel,
        expires_at=_expires_at(state, now),
        tx_power_requested=state.settings.tx_power_dbm,
        tx_power_actual=softap.tx_power_dbm,
        expected=told.expected,
        joined=told.joined,
        configured=told.configured,
        refused=told.refused,
        devices=told.devices,
        warnings=warnings(state, softap),
    )


def _devices(state: State, now: Moment) -> Iterator[DeviceProgress]:
    """Those that did something, then those that are expected, up to ``MOST_SHOWN``."""
    moving = list(state.devices.items())[:MOST_SHOWN]
    for mac, device in moving:
        yield _progress(mac, device, now)
    waiting = [one for one in state.shown if one.mac not in state.devices]
    for who in waiting[: MOST_SHOWN - len(moving)]:
        yield _progress(who.mac, Device(progress=Progress.EXPECTED, at=0.0, who=who), now)


def _progress(mac: MacAddress, device: Device, now: Moment) -> DeviceProgress:
    who = device.who
    expected = device.progress is Progress.EXPECTED
    return DeviceProgress(
        mac=mac,
        state=device.progress,
        name=who.name if who else "",
        kind=who.kind.value if who else "",
        uuid=who.uuid if who else "",
        at=None if expected else _unix_ms(device.at, now),
        reason=device.reason,
    )


def _ended(end: End | None) -> ModeEnded | None:
    if end is None:
        return None
    return ModeEnded(
        reason=end.reason, message=end.message, at=end.at, hint=end.hint, mac=end.mac or ""
    )


def _expires_at(state: State, now: Moment) -> int:
    return _unix_ms(state.until, now)


def _unix_ms(monotonic: float, now: Moment) -> int:
    """A monotonic time as the wall clock has it now."""
    return round((now.wall + monotonic - now.monotonic) * 1000)
