"""What the kernel says of radios: a made-up machine's, and this one's."""

from pathlib import Path

import pytest

from firstlight.daemon.regulation import KernelRegulation
from firstlight.model.regulation import Regulation, Switch, is_country


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def add_switch(root: Path, number: int, name: str, *, kind: str = "wlan", soft: str = "0") -> None:
    for file, text in (("type", kind), ("name", name), ("soft", soft), ("hard", "0")):
        write(root, f"sys/class/rfkill/rfkill{number}/{file}", f"{text}\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two radios, Bluetooth, and the laptop's own switch."""
    for number in (0, 1):
        write(tmp_path, f"sys/class/ieee80211/phy{number}/index", f"{number}\n")
        write(tmp_path, f"sys/class/net/wlan{number}/phy80211/name", f"phy{number}\n")
        add_switch(tmp_path, number, f"phy{number}", soft=str(number))
    add_switch(tmp_path, 2, "hci0", kind="bluetooth", soft="1")
    add_switch(tmp_path, 3, "laptop-wlan")
    write(tmp_path, "sys/module/cfg80211/parameters/ieee80211_regdom", "00\n")
    return tmp_path


def names(switches: tuple[Switch, ...]) -> list[str]:
    return [switch.name for switch in switches]


def test_every_switch(root: Path) -> None:
    assert names(KernelRegulation(root).switches()) == ["phy0", "phy1", "laptop-wlan"]


def test_switches_of_one_interface(root: Path) -> None:
    found = KernelRegulation(root).of("wlan1")
    assert names(found.switches) == ["phy1", "laptop-wlan"]
    assert found.switches[0] == Switch(name="phy1", soft_blocked=True, hard_blocked=False)
    assert found.country == "00"


@pytest.mark.parametrize("interface", ["", "wlan9"])
def test_of_an_unknown_interface_every_switch_may_be(root: Path, interface: str) -> None:
    assert len(KernelRegulation(root).of(interface).switches) == 3


def test_a_hard_block(root: Path) -> None:
    write(root, "sys/class/rfkill/rfkill3/hard", "1\n")
    switch = KernelRegulation(root).of("wlan0").switches[1]
    assert (switch.name, switch.soft_blocked, switch.hard_blocked) == ("laptop-wlan", False, True)


def test_a_switch_without_a_name_goes_by_its_folder(root: Path) -> None:
    (root / "sys/class/rfkill/rfkill3/name").unlink()
    assert "rfkill3" in names(KernelRegulation(root).switches())


def test_a_machine_without_any_of_it(tmp_path: Path) -> None:
    assert KernelRegulation(tmp_path).of("wlan0") == Regulation()


def test_this_machine() -> None:
    assert isinstance(KernelRegulation().of("wlan0"), Regulation)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("DE", True), ("US", True), ("00", False), ("98", False), ("99", False), ("", False)],
)
def test_countries(domain: str, expected: bool) -> None:
    assert is_country(domain) is expected
