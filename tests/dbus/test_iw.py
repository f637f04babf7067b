"""What ``iw`` says, read; texts as iw 5.19 and 6.7 print them."""

import os
from pathlib import Path

import pytest
from tests.dbus.fake_iw import HWSIM, NOTHING_SPECIAL, FakeIw
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.scene import Scene
from tests.dbus.waiting import until

from firstlight.errors import RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Abilities
from firstlight.radio.nm import iw as module
from firstlight.radio.nm import programs
from firstlight.radio.nm.iw import OnAir, abilities, abilities_of, run
from firstlight.radio.nm.radio import NetworkManagerRadio

BOTH = Abilities(join_as_hotspot=True)


def combinations(*lines: str, after: str = "\n\tHT Capability overrides:\n") -> str:
    return "Wiphy phy0\n\tvalid interface combinations:\n" + "\n".join(lines) + "\n" + after


# brcmfmac on a Raspberry Pi 4, ath9k_htc, iwlwifi, rtl8192cu.
BRCMFMAC = combinations(
    "\t\t * #{ managed } <= 2, #{ P2P-device } <= 1, #{ P2P-client, P2P-GO } <= 1,",
    "\t\t   total <= 4, #channels <= 2",
    "\t\t * #{ managed } <= 1, #{ AP } <= 1, #{ P2P-client } <= 1, #{ P2P-device } <= 1,",
    "\t\t   total <= 4, #channels <= 1",
)
ATH9K_HTC = combinations(
    "\t\t * #{ managed, P2P-client } <= 2, #{ AP, mesh point, P2P-GO } <= 2,",
    "\t\t   total <= 2, #channels <= 1",
)
IWLWIFI = combinations(
    "\t\t * #{ managed } <= 1, #{ AP, P2P-client, P2P-GO } <= 1, #{ P2P-device } <= 1,",
    "\t\t   total <= 3, #channels <= 2",
)
ONE_AT_A_TIME = combinations("\t\t * #{ managed, AP } <= 1,", "\t\t   total <= 1, #channels <= 1")
ONE_OF_EITHER = combinations(
    "\t\t * #{ managed, AP } <= 1, #{ P2P-device } <= 1,\n\t\t   total <= 2"
)
ALONE = combinations("\t\t * #{ AP, mesh point } <= 8,", "\t\t   total <= 8, #channels <= 1")
LAST = combinations("\t\t * #{ managed, AP } <= 2,", "\t\t   total <= 2, #channels <= 3", after="")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(HWSIM, Abilities(scan_as_hotspot=True, join_as_hotspot=True), id="hwsim"),
        pytest.param(BRCMFMAC, BOTH, id="brcmfmac"),
        pytest.param(ATH9K_HTC, BOTH, id="ath9k_htc"),
        pytest.param(IWLWIFI, Abilities(join_as_hotspot=True, one_channel=False), id="iwlwifi"),
        pytest.param(LAST, Abilities(join_as_hotspot=True, one_channel=False), id="at the end"),
        pytest.param(NOTHING_SPECIAL, Abilities(), id="no combinations"),
        pytest.param(ONE_AT_A_TIME, Abilities(), id="one at a time"),
        pytest.param(ONE_OF_EITHER, Abilities(), id="one of either"),
        pytest.param(ALONE, Abilities(), id="access points alone"),
        pytest.param("", Abilities(), id="nothing"),
        pytest.param("\t\t * #{ AP, managed", Abilities(), id="torn"),
    ],
)
def test_what_a_radio_promises(text: str, expected: Abilities) -> None:
    assert abilities(text) == expected


async def test_a_radio_is_asked_by_its_number() -> None:
    asked: list[tuple[str, ...]] = []

    async def answer(*arguments: str) -> str:
        asked.append(arguments)
        return "Interface wlan0\n\twiphy 7\n" if arguments[0] == "dev" else HWSIM

    assert (await abilities_of("wlan0", answer)).join_as_hotspot
    assert asked == [("dev", "wlan0", "info"), ("phy#7", "info")]


async def test_an_interface_without_a_radio_is_told() -> None:
    async def answer(*_: str) -> str:
        return "Interface wlan0\n"

    with pytest.raises(RadioFailure, match="wlan0"):
        await abilities_of("wlan0", answer)


async def test_abilities_are_read_when_the_radio_appears(
    address: str, nm: FakeNetworkManager, iw: FakeIw, radio: NetworkManagerRadio
) -> None:
    device = nm.add_device()
    iw.phy = HWSIM
    await radio.open()
    assert radio.state.abilities == Abilities(scan_as_hotspot=True, join_as_hotspot=True)
    iw.phy = NOTHING_SPECIAL
    nm.remove(device)
    await until(lambda: not radio.state.interface, "it is gone")
    assert radio.state.abilities == Abilities()
    nm.add_device("wlan1")
    await until(lambda: ("phy#0", "info") in iw.asked[3:], "it is asked anew")
    assert radio.state.abilities == Abilities()


async def test_the_daemon_does_without_iw(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RadioFailure, match="iw can't be run"):
        await run("dev")
    assert scene.radio.state.abilities == Abilities()


def script(folder: Path, text: str) -> None:
    path = folder / "iw"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


async def test_what_iw_says_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, 'echo "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert await run("dev", "a name", "info") == "dev a name info\n"


async def test_a_failure_carries_what_iw_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "echo 'command failed: Operation not supported (-95)' >&2; exit 161")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(RadioFailure, match="not supported"):
        await run("dev")


async def test_an_iw_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(programs, "SECONDS", 0.05)
    with pytest.raises(RadioFailure, match="in time"):
        await run("dev")


USED = """\
Interface wlan0
	ifindex 4
	wdev 0x1
	addr 02:00:00:00:00:00
	ssid FireFly-Provisioning
	type AP
	wiphy 0
	channel 1 (2412 MHz), width: 20 MHz (no HT), center1: 2412 MHz
	txpower 2.00 dBm
	multicast TXQ:
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(USED, OnAir(MacAddress("02:00:00:00:00:00"), 2.0), id="an access point"),
        pytest.param(USED.replace("2.00", "-1.50"), OnAir(MacAddress("02:00:00:00:00:00"), -1.5)),
        pytest.param("Interface wlan0\n\ttype managed\n", OnAir(), id="a silent driver"),
    ],
)
async def test_how_an_interface_is_used(text: str, expected: OnAir) -> None:
    async def said(*_: str) -> str:
        return text

    assert await module.on_air("wlan0", said) == expected
