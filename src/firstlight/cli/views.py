"""Answers as tables. A stranger's name comes last in its row, so that it can't reorder the rest."""

from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from firstlight.cli.words import PHASES, RESULTS, bars, duration
from firstlight.errors import InvalidInput
from firstlight.model.ssid import Ssid
from firstlight.model.status import (
    DeviceStatus,
    Health,
    NetworkStatus,
    RecoveryLock,
    RecoveryStatus,
    RuntimeStatus,
)
from firstlight.model.text import plain
from firstlight.model.wire import HotspotAnswer, NetworkEntry, SavedNetwork

_COLOURS = {Health.OK: "green", Health.WARNING: "yellow", Health.ERROR: "red"}


def network_name(named: NetworkEntry | HotspotAnswer) -> str:
    """The name, safe to show; from the bytes rather than from somebody's rendering of them."""
    try:
        return Ssid.from_hex(named.ssid_hex).text
    except InvalidInput:
        return plain(named.ssid)


def networks_table(entries: Iterable[NetworkEntry], *, unicode: bool) -> RenderableType:
    """Networks in sight."""
    table = _table("Signal", "Security", "Channel", "", "Network", right={"Channel"})
    for entry in entries:
        table.add_row(
            f"{bars(entry.signal, unicode=unicode)} {entry.signal:>3}",
            plain(entry.security),
            "" if entry.channel is None else str(entry.channel),
            "in use" if entry.in_use else "saved" if entry.saved else "",
            Text(network_name(entry), style="bold" if entry.in_use else ""),
        )
    return table


def saved_table(entries: Iterable[SavedNetwork]) -> RenderableType:
    """Saved networks."""
    table = _table("Joins by itself", "", "Network")
    for entry in entries:
        table.add_row(
            "yes" if entry.autoconnect else "no",
            "in use" if entry.active else "",
            Text(plain(entry.name), style="bold" if entry.active else ""),
        )
    return table


def status_table(status: DeviceStatus, *, now_ms: int) -> RenderableType:
    """The device in a few lines at Unix time ``now_ms``; lines without content are left out."""
    table = _pairs()
    runtime, network = status.runtime, status.network
    table.add_row("Device", Text(plain(status.hostname)))
    table.add_row("State", Text(_state(runtime), style=_COLOURS[runtime.health]))
    table.add_row("", Text(plain(runtime.summary)))
    for warning in runtime.warnings:
        table.add_row("Warning", Text(plain(warning), style="yellow"))
    for label, text in (
        ("Network", network.active_connection if network.connected else ""),
        ("Address", network.ipv4_address),
        ("Gateway", network.gateway),
        ("Internet", _internet(network)),
        ("Hotspot", f"{network.hotspot_ssid}, {'up' if network.ap_enabled else 'down'}"),
        ("Interface", network.interface_name),
        ("Recovery", _recovery(status.recovery, now_ms)),
        ("Last recovery", _last_recovery(status.recovery)),
        ("Restart", "pending" if status.restart_pending else ""),
        ("Restart asked", status.last_restart_reason),
        ("Last error", network.last_error),
    ):
        if text:
            table.add_row(label, Text(plain(text)))
    return table


def hotspot_table(hotspot: HotspotAnswer) -> RenderableType:
    """The device's own network, with its password; lines without content are left out."""
    table = _pairs()
    for label, text in (
        ("Hotspot", network_name(hotspot)),
        ("State", "up" if hotspot.up else "down"),
        ("Password", hotspot.password),
        ("Address", hotspot.address),
        ("Channel", "" if hotspot.channel is None else str(hotspot.channel)),
        ("Stations", (", ".join(hotspot.stations) or "none") if hotspot.up else ""),
    ):
        if text:
            table.add_row(label, Text(plain(text)))
    return table


def _state(runtime: RuntimeStatus) -> str:
    words = PHASES[runtime.phase]
    return words if runtime.health is Health.OK else f"{words}, health: {runtime.health}"


def _recovery(recovery: RecoveryStatus, now_ms: int) -> str:
    """What it is doing. The device says whether it cools down; only how long is reckoned here."""
    if recovery.active_lock is RecoveryLock.RECOVERY:
        return "under way"
    if recovery.in_cooldown:
        left = min(max(recovery.cooldown_until - now_ms, 0), recovery.cooldown_ms)
        return f"cooling down, {duration(left / 1000)} left"
    if not recovery.enabled:
        return "switched off"
    streak, threshold = recovery.degraded_network_streak, recovery.failure_threshold
    return f"begins after {threshold} failed checks; {streak} so far" if streak else ""


def _last_recovery(recovery: RecoveryStatus) -> str:
    result = RESULTS[recovery.last_result]
    if not result:
        return ""
    reason = f" ({recovery.last_reason})" if recovery.last_reason else ""
    if not recovery.last_attempt_at:
        return f"{result}{reason}"
    when = datetime.fromtimestamp(recovery.last_attempt_at / 1000, UTC).astimezone()
    return f"{when:%Y-%m-%d %H:%M}: {result}{reason}"


def _internet(network: NetworkStatus) -> str:
    if not network.connected:
        return ""
    return "reached" if network.internet_reachable else "not reached"


def _table(*columns: str, right: frozenset[str] | set[str] = frozenset()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True, justify="right" if column in right else "left")
    table.add_column(columns[-1], overflow="fold")
    return table


def _pairs() -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    return table
