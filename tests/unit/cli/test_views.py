import io

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType
from tests.unit.cli import samples

from firstlight.cli import views
from firstlight.cli.views import hotspot_table, networks_table, saved_table, status_table
from firstlight.cli.words import PHASES, RESULTS, RUNGS, STEPS, bars, shortcoming
from firstlight.model.attempt import Cause, StepName
from firstlight.model.ladder import RungName
from firstlight.model.status import RecoveryResult, RuntimePhase
from firstlight.model.wire import HotspotAnswer, NetworkEntry, SavedNetwork, StatusAnswer

HOSTILE = {
    b"[red]x[/red]": "[red]x[/red]",
    b":smile:": ":smile:",
    b"\x1b[2J\x1b]0;gone\x07": r"\x1b[2J\x1b]0;gone\x07",
    "abc\u202edef".encode(): r"abc\xe2\x80\xaedef",
    b"caf\xe9": r"caf\xe9",
    b"\r\nroot#": r"\x0d\x0aroot#",
    "חוף".encode(): "חוף",
    b"--help": "--help",
    b"a:b:c": "a:b:c",
}


def drawn(view: RenderableType, *, width: int = 80, colour: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=colour, markup=False, emoji=False).print(view)
    return out.getvalue()


def entry(ssid: bytes, /, **fields: object) -> NetworkEntry:
    return msgspec.convert(samples.network(ssid, **fields), NetworkEntry)


def saved(name: str) -> SavedNetwork:
    return SavedNetwork(name=name, uuid="u", type="802-11-wireless", autoconnect=True, active=True)


@pytest.mark.attack(
    "A network whose name steers the terminal of whoever lists them",
    guard="control characters are shown, and not sent",
)
@pytest.mark.parametrize(("ssid", "shown"), HOSTILE.items())
def test_a_hostile_name_is_shown_and_does_nothing(ssid: bytes, shown: str) -> None:
    text = drawn(networks_table([entry(ssid)], unicode=True), colour=True)
    assert shown in text
    ours = {"\x1b[1m", "\x1b[0m"}
    for code in ours:
        text = text.replace(code, "")
    assert "\x1b" not in text


@pytest.mark.unguarded("A network whose name steers the terminal of whoever lists them")
def test_where_a_name_is_sent_as_it_is_it_steers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "network_name", lambda named: bytes.fromhex(named.ssid_hex).decode())
    assert "\x1b[2Jgone" in drawn(networks_table([entry(b"\x1b[2Jgone")], unicode=True))


def test_the_name_comes_from_the_bytes_not_from_the_text() -> None:
    lying = entry(b"honest", ssid="\x1b[31mother")
    assert "honest" in drawn(networks_table([lying], unicode=True))


def test_bytes_that_are_no_ssid_fall_back_to_the_text_made_plain() -> None:
    broken = entry(b"x", ssid="\x1b[31mx", ssidHex="zz")
    assert r"\x1b[31mx" in drawn(networks_table([broken], unicode=True))


@given(st.binary(min_size=1, max_size=32))
@example("\u0591\u6f22\U0001f5fc".encode())
def test_no_name_breaks_out_of_eighty_columns(ssid: bytes) -> None:
    text = drawn(networks_table([entry(ssid)], unicode=True))
    assert all(cell_len(line) <= 80 for line in text.split("\n"))
    assert not [char for char in text if ord(char) < 0x20 and char != "\n"]


def test_a_network_in_sight_has_strength_security_channel_and_state() -> None:
    view = networks_table(
        [entry(b"Home", inUse=True, signal=100), entry(b"Old", saved=True, channel=None, signal=3)],
        unicode=True,
    )
    header, home, old = drawn(view).splitlines()
    assert header.split() == ["Signal", "Security", "Channel", "Network"]
    assert home.split() == ["▂▄▆█", "100", "wpa2", "6", "in", "use", "Home"]
    assert old.split() == ["▂___", "3", "wpa2", "saved", "Old"]


@pytest.mark.parametrize(
    ("signal", "unicode", "shown"),
    [
        (0, True, "▂___"),
        (24, True, "▂___"),
        (25, True, "▂▄__"),
        (50, True, "▂▄▆_"),
        (75, True, "▂▄▆█"),
        (100, True, "▂▄▆█"),
        (100, False, ".:|#"),
        (-5, False, ".   "),
    ],
)
def test_bars(signal: int, unicode: bool, shown: str) -> None:
    assert bars(signal, unicode=unicode) == shown


def test_saved_networks_are_plain_too() -> None:
    text = drawn(saved_table([saved("[red]\x1b[31mx")]))
    assert r"[red]\x1b[31mx" in text
    assert "yes" in text


NOW = 1_700_000_000_000


def status_text(**fields: object) -> str:
    answer = msgspec.convert(samples.status(**fields), StatusAnswer)  # type: ignore[arg-type]
    return drawn(status_table(answer.status, now_ms=NOW))


def test_status_tells_what_there_is_and_leaves_out_what_there_is_not() -> None:
    text = status_text()
    for part in ("pier", "ready", "Lighthouse", "192.168.1.7", "reached", "Firstlight-PIER, down"):
        assert part in text
    assert "Last error" not in text


def test_status_offline() -> None:
    text = status_text(
        connected=False, activeConnection="", apEnabled=True, lastError="No \x1b", warnings=("Hot",)
    )
    assert "Internet" not in text
    assert "Firstlight-PIER, up" in text
    assert r"No \x1b" in text
    assert "Hot" in text


def test_status_without_internet() -> None:
    assert "not reached" in status_text(internetReachable=False)


def hotspot_text(ssid: bytes = b"Firstlight-PIER", /, **fields: object) -> str:
    answer = msgspec.convert(samples.hotspot(ssid, **fields), HotspotAnswer)
    return drawn(hotspot_table(answer), colour=True).replace("\x1b[1m", "").replace("\x1b[0m", "")


def test_a_hotspot_that_is_up() -> None:
    assert [line.split() for line in hotspot_text().splitlines()] == [
        ["Hotspot", "Firstlight-PIER"],
        ["State", "up"],
        ["Password", "hidden-harbour"],
        ["Address", "192.168.4.1"],
        ["Channel", "6"],
        ["Stations", "02:f0:00:00:00:03,", "02:f0:00:00:00:04"],
    ]


def test_a_hotspot_with_nobody_on_it() -> None:
    assert hotspot_text(stations=[]).splitlines()[-1].split() == ["Stations", "none"]


def test_a_hotspot_that_is_down_says_nothing_of_stations_and_a_channel_to_be_chosen() -> None:
    labels = [line.split()[0] for line in hotspot_text(up=False, channel=None).splitlines()]
    assert labels == ["Hotspot", "State", "Password", "Address"]


@pytest.mark.parametrize(("ssid", "shown"), HOSTILE.items())
def test_a_hotspot_of_a_hostile_name(ssid: bytes, shown: str) -> None:
    text = hotspot_text(ssid, ssid="\x1b[31mother", password="\x1b[2Jhorse")
    assert shown in text
    assert r"\x1b[2Jhorse" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("password", ["x" * 63, "0" * 64, "[b]a  b[/b]:smile:"])
def test_a_password_is_shown_to_the_letter_on_one_line(password: str) -> None:
    assert f" {password}" in hotspot_text(password=password)


def test_every_value_has_its_words() -> None:
    assert set(STEPS) == set(StepName)
    assert set(PHASES) == set(RuntimePhase)
    assert set(RUNGS) == set(RungName)
    assert set(RESULTS) == set(RecoveryResult)
    assert all(shortcoming(cause) for cause in Cause)
