"""``DeviceStatus`` from what is remembered and what is seen."""

import msgspec

from firstlight.core import recovery
from firstlight.core.recovery.phases import Phase
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.model.reach import Internet, Reach
from firstlight.model.status import (
    DeviceStatus,
    Health,
    Mode,
    NetworkStatus,
    RecoveryStatus,
    RuntimePhase,
    RuntimeStatus,
    ServicesStatus,
)

_OBSTACLES: dict[Availability, str] = {
    Availability.NO_NETWORK_MANAGER: "NetworkManager is not running.",
    Availability.NOT_PERMITTED: "NetworkManager does not let Firstlight change the network.",
    Availability.NO_WIFI_DEVICE: "There is no WiFi device.",
    Availability.UNKNOWN_INTERFACE: "The configured WiFi device is not there.",
    Availability.UNMANAGED: "NetworkManager does not manage the WiFi device.",
    Availability.BLOCKED: "The WiFi radio is switched off.",
    Availability.SUPPLICANT_GONE: "wpa_supplicant is not running.",
}


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a status is made of. ``broker``: what is wrong with the MQTT broker."""

    kept: Kept
    radio: RadioState
    reach: Reach | None
    attempt: Attempt | None
    recovery: recovery.State
    resetting: bool
    hostname: str
    nmcli: bool
    claiming: bool = False
    now: Moment
    notes: tuple[str, ...] = ()
    broker: str = ""


def device_status(facts: Facts) -> DeviceStatus:
    """Put it together."""
    return DeviceStatus(
        mode=facts.kept.mode,
        hostname=facts.hostname,
        network=_network(facts),
        runtime=_runtime(facts),
        recovery=_recovery(facts),
        restart_pending=facts.kept.restart_pending,
        last_restart_reason=facts.kept.restart_reason,
        services=ServicesStatus(
            nmcli_available=facts.nmcli,
            network_manager_available=facts.radio.availability
            is not Availability.NO_NETWORK_MANAGER,
        ),
    )


def _network(facts: Facts) -> NetworkStatus:
    kept, radio = facts.kept, facts.radio
    lease = radio.ipv4 if radio.online else None
    return NetworkStatus(
        provisioned=kept.provisioned,
        connected=radio.online,
        last_ssid=kept.last_ssid,
        hotspot_ssid=kept.hotspot_ssid,
        hotspot_profile=kept.hotspot_profile,
        interface_name=radio.interface or kept.interface_name,
        ap_enabled=radio.link is Link.HOTSPOT,
        active_connection=radio.profile.name if radio.profile else "",
        ipv4_address=lease.address if lease else "",
        gateway=(lease.gateway or "") if lease else "",
        internet_reachable=radio.online
        and facts.reach is not None
        and facts.reach.internet is Internet.REACHABLE,
        last_error=kept.last_error,
    )


def _runtime(facts: Facts) -> RuntimeStatus:
    obstacle = _OBSTACLES.get(facts.radio.availability)
    mode = facts.kept.mode
    settled = mode in {Mode.READY, Mode.ONBOARDING}
    ailing = settled and (not facts.radio.online or facts.recovery.streak > 0)
    if obstacle is not None or mode is Mode.ERROR or ailing:
        health = Health.ERROR
    elif facts.notes or (settled and (_internet_missing(facts) or facts.broker)):
        health = Health.WARNING
    else:
        health = Health.OK
    if facts.kept.restart_pending:
        phase = RuntimePhase.RESTARTING
    elif settled and health is not Health.OK:
        phase = RuntimePhase.DEGRADED
    else:
        phase = RuntimePhase(mode.value)
    return RuntimeStatus(
        phase=phase,
        health=health,
        summary=obstacle or _summary(facts),
        warnings=_warnings(facts, obstacle),
    )


def _internet_missing(facts: Facts) -> bool:
    return facts.reach is not None and facts.reach.internet is not Internet.REACHABLE


def _warnings(facts: Facts, obstacle: str | None) -> tuple[str, ...]:
    found = list(facts.notes)
    if obstacle is not None:
        found.append(obstacle)
    if facts.radio.online and _internet_missing(facts):
        found.append("The internet was not reachable when last looked.")
    if facts.broker and facts.radio.online:
        found.append(facts.broker)
    return tuple(found)


def _summary(facts: Facts) -> str:
    radio, attempt = facts.radio, facts.attempt
    if facts.kept.restart_pending:
        return "Restarting."
    if facts.resetting:
        return "Resetting to factory state."
    if facts.claiming:
        return "Claiming configuration from a controller nearby."
    if attempt is not None and attempt.state is AttemptState.RUNNING:
        return f"Joining {attempt.ssid}."
    if facts.recovery.phase in _DOING:
        return _DOING[facts.recovery.phase].format(network=facts.kept.last_ssid or "a network")
    name = radio.profile.name if radio.profile else ""
    if radio.online and radio.ipv4 is not None:
        return f"Connected to {name} as {radio.ipv4.address}."
    return {
        Link.HOTSPOT: _waiting(facts),
        Link.HOTSPOT_STARTING: "The hotspot is starting.",
        Link.SOFTAP: "Handing out configuration to other devices.",
        Link.JOINING: f"Joining {name}." if name else "Joining a network.",
    }.get(radio.link, "Not connected.")


_DOING = {
    Phase.LOOKING: "Looking for a saved network.",
    Phase.REJOINING: "Joining a saved network again.",
    Phase.SCOUTING: "Looking whether {network} is back.",
    Phase.REHEARSING: "Trying a saved network beside the hotspot.",
    Phase.HOMING: "Joining a saved network again.",
}


def _waiting(facts: Facts) -> str:
    up = f"the hotspot {facts.kept.hotspot_ssid} is up"
    by_hand = facts.recovery.pause_until > facts.now.monotonic
    if facts.recovery.blamed and facts.kept.last_error:
        return f"{facts.kept.last_error} The hotspot {facts.kept.hotspot_ssid} is up."
    if facts.kept.provisioned and facts.kept.last_ssid and not by_hand:
        return f"{facts.kept.last_ssid} is not reachable; {up}."
    return f"Waiting for WiFi; {up}."


def _recovery(facts: Facts) -> RecoveryStatus:
    kept, state, now = facts.kept, facts.recovery, facts.now
    return RecoveryStatus(
        enabled=state.settings.enabled,
        failure_threshold=state.settings.threshold,
        cooldown_ms=round(state.settings.cooldown_seconds * 1000),
        degraded_network_streak=state.streak,
        last_attempt_at=kept.last_attempt_at,
        last_recovered_at=kept.last_recovered_at,
        last_result=kept.last_result,
        cooldown_until=kept.cooldown_until,
        active_lock=state.lock(now),
        last_reason=kept.last_reason,
        in_cooldown=state.cooldown_left(now) > 0,
    )
