"""Provisioning Mode as tables and lines. A stranger's name comes last in its row."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from firstlight.cli.words import MODE_STATES, duration
from firstlight.label.qr import terminal, wifi_text
from firstlight.model.provisioning_mode import DeviceProgress, ModeSession, ModeState, Progress
from firstlight.model.text import plain

_STYLES = {
    Progress.EXPECTED: "",
    Progress.JOINED: "yellow",
    Progress.CONFIGURED: "green",
    Progress.REFUSED: "red",
}
_KINDS = {"clients": "client", "controllers": "controller"}


def session_view(session: ModeSession, *, now_ms: int) -> RenderableType:
    """All of it at Unix time ``now_ms``; lines without content are left out."""
    parts: list[RenderableType] = [_facts(session, now_ms)]
    if session.devices:
        parts += [Text(""), _devices(session.devices)]
    return Group(*parts)


def access_code(session: ModeSession) -> str:
    """What joins its WiFi, for a phone's camera; empty while it has none."""
    if not session.password:
        return ""
    return terminal(wifi_text(session.ssid.encode(), session.password))


def device_line(device: DeviceProgress) -> str:
    """One device in a line."""
    name = f"{plain(device.name)} " if device.name else ""
    reason = f": {plain(device.reason)}" if device.reason else ""
    return f"{name}({plain(device.mac)}) {device.state}{reason}"


def _facts(session: ModeSession, now_ms: int) -> RenderableType:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for label, text in (
        ("Provisioning Mode", MODE_STATES[session.state]),
        ("Time left", _left(session, now_ms)),
        ("WiFi", session.ssid),
        ("Password", session.password),
        ("Channel", "" if session.channel is None else str(session.channel)),
        ("Transmit power", _power(session)),
        ("Devices", _counts(session)),
        *(("Warning", warning) for warning in session.warnings),
        *_end(session),
    ):
        if text:
            table.add_row(label, Text(plain(text)))
    return table


def _devices(devices: tuple[DeviceProgress, ...]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("State", "MAC address", "Kind"):
        table.add_column(column, no_wrap=True)
    table.add_column("Device", overflow="fold")
    for one in devices:
        table.add_row(
            Text(one.state.value, style=_STYLES[one.state]),
            plain(one.mac),
            _KINDS.get(one.kind, ""),
            Text(plain(" ".join(filter(None, (one.name, one.reason))))),
        )
    return table


def _left(session: ModeSession, now_ms: int) -> str:
    if session.state is not ModeState.ACTIVE or session.expires_at is None:
        return ""
    return duration((session.expires_at - now_ms) / 1000)


def _power(session: ModeSession) -> str:
    if session.tx_power_requested is None:
        return ""
    actual = session.tx_power_actual
    read = "the driver does not say what it uses" if actual is None else f"{actual:g} dBm read back"
    return f"{session.tx_power_requested:g} dBm asked for, {read}"


def _counts(session: ModeSession) -> str:
    if session.state is not ModeState.ACTIVE:
        return ""
    return (
        f"{session.expected} expected, {session.joined} joined, "
        f"{session.configured} configured, {session.refused} refused"
    )


def _end(session: ModeSession) -> list[tuple[str, str]]:
    ended = session.ended
    if ended is None or session.state is not ModeState.OFF:
        return []
    blame = f" ({ended.mac})" if ended.mac else ""
    return [("Last time", f"{ended.message}{blame}"), ("", ended.hint)]
