"""Claiming, on the radios themselves: a device that boots with nothing, and a controller nearby."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.radio.lab.controller import Answers, on_the_air
from tests.radio.lab.device import API, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.system import STATE, log_of
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import falls_back, returns_to

HOME = NEIGHBOURHOOD["home"]
VECTORS = json.loads((Path(__file__).parents[2] / "docs/protocol/vectors.json").read_text())
CERTIFICATE = VECTORS["fingerprints"][0]
RECORD = {
    "name": "Hallway",
    "wifi": {"ssid": HOME.ssid.decode(), "password": HOME.psk},
    "mqtt": {"host": "198.51.100.1", "password": "mqtt-secret"},
}
ANSWERS: Answers = {
    "nonce": (200, {"nonce": 3405691582}),
    "client": (200, RECORD),
    "certs": (200, CERTIFICATE),
}
AT_BOOT = "[claim]\nat_boot = true\n"
LATE_SECONDS = 13
"""Polkit 122 may be 15 s late by itself; at 15 s it would end rules that take so long."""
LATE_RULES = "/etc/polkit-1/rules.d/40-late.rules"
LATE = f"""\
polkit.addRule(function (action, subject) {{
    if (action.id === "org.freedesktop.NetworkManager.network-control") {{
        var until = Date.now() + {LATE_SECONDS * 1000};
        while (Date.now() < until) {{}}
    }}
}});
"""
OVER = r'"state":\s*"(succeeded|failed)"'


def claim_of(device: Device, within: float = 120) -> dict[str, Any]:
    """What came of the claim, once it is over."""
    over, body = device.watch(f"{API}/claim", OVER, timeout=within, every=0.2)
    assert over, body
    return json.loads(body)


def power(world: World) -> str:
    """What the driver says that the device's radio sends with."""
    shown = world.inside.must("iw", "dev", "wlan0", "info")
    return shown.partition("txpower ")[2].partition(" ")[0]


@pytest.mark.lengthy
def test_from_power_on_to_its_network_with_no_hand_on_it(device: Device, world: World) -> None:
    usual = power(world)
    device.configure(AT_BOOT)
    with on_the_air(world, "spare", ANSWERS) as controller:
        device.start()
        told = claim_of(device)
        assert told["claim"]["state"] == "succeeded", told
        assert told["stored"]
        # The hardware's: NetworkManager shows made-up ones while it scans.
        own = world.inside.must("cat", "/sys/class/net/wlan0/phy80211/macaddress").strip()
        assert controller.asked == [
            ["nonce", "None", "None"],
            ["client", own, "3405691582"],
            ["certs", own, "None"],
        ]
        returns_to(world, "home")
    assert power(world) == usual
    assert told["claim"]["txPower"] == 2.0
    sealed = world.inside.shell(f"base64 {STATE}/claimed.sealed")
    assert sealed
    assert "mqtt-secret" not in world.inside.shell(
        f"cat {STATE}/* 2>/dev/null | strings -n 6 || true"
    )


@pytest.mark.lengthy
def test_the_second_controller_knows_it(device: Device, world: World) -> None:
    device.start()
    falls_back(device)
    strange = {**ANSWERS, "client": (404, {"error": "no"})}
    with (
        on_the_air(world, "spare", strange) as first,
        on_the_air(world, "spare2", ANSWERS) as second,
    ):
        device.api("POST", f"{API}/claim", {})
        told = claim_of(device)
        assert told["claim"]["state"] == "succeeded", told
        assert told["claim"]["bssid"] == second.router.bssid
        tries = [(one["bssid"], one["cause"]) for one in told["claim"].get("tries", [])]
        assert tries in ([], [(first.router.bssid, "not_registered")])
    returns_to(world, "home")


@pytest.mark.lengthy
def test_a_controller_gets_two_hundred_records(device: Device, world: World) -> None:
    clients = [
        {"uuid": f"{number:08x}-0000-4000-8000-000000000000", "name": f"Client {number}"}
        for number in range(200)
    ]
    bundle = {"controllers": [], "clients": clients}
    device.configure(AT_BOOT + 'role = "controller"\n')
    with on_the_air(world, "spare", {**ANSWERS, "controller": (200, bundle)}):
        device.start()
        told = claim_of(device)
    assert told["claim"]["state"] == "succeeded", told
    assert len(device.api("GET", "/api/clients").json) == len(clients)
    falls_back(device)


def test_a_wrong_fingerprint_stores_nothing(device: Device, world: World) -> None:
    wrong = {"fingerprint": "AA:BB", "pem": CERTIFICATE["pem"]}
    device.configure(AT_BOOT)
    with on_the_air(world, "spare", {**ANSWERS, "certs": (200, wrong)}):
        device.start()
        told = claim_of(device)
    assert told["claim"]["cause"] == "fingerprint_mismatch"
    assert not told.get("stored")
    assert not world.inside.exists(f"{STATE}/claimed.sealed")
    assert any(
        "fingerprint" in one or "CA" in one for one in device.status()["runtime"]["warnings"]
    )
    falls_back(device)


@pytest.mark.lengthy
def test_another_password_than_the_bssid_says(device: Device, world: World) -> None:
    device.start()
    falls_back(device)
    with on_the_air(world, "spare", ANSWERS, psk="not-the-derived-one") as controller:
        device.api("POST", f"{API}/claim", {})
        told = claim_of(device)
        assert told["claim"]["cause"] == "could_not_join"
        assert controller.asked == []
    falls_back(device)


@pytest.mark.lengthy
def test_on_another_channel_and_by_command(device: Device, world: World) -> None:
    device.start()
    falls_back(device)
    with on_the_air(world, "spare", ANSWERS, channel=11):
        device.api("POST", f"{API}/claim", {})
        assert claim_of(device)["claim"]["state"] == "succeeded"
    returns_to(world, "home")


def test_a_configuration_with_a_wrong_password(device: Device, world: World) -> None:
    wrong = RECORD | {"wifi": {"ssid": HOME.ssid.decode(), "password": "not-the-password"}}
    device.configure(AT_BOOT + 'after_failure = "drop"\n')
    with on_the_air(world, "spare", {**ANSWERS, "client": (200, wrong)}):
        device.start()
        assert claim_of(device)["claim"]["state"] == "succeeded"
        told = eventually(
            lambda: device.api("GET", f"{API}/claim").json,
            lambda seen: seen.get("problem"),
            what="the wrong password is told",
            within=120,
        )
    assert "was not accepted" in told["problem"]
    assert not told.get("stored")
    assert not world.inside.exists(f"{STATE}/claimed.sealed")
    falls_back(device)


@pytest.mark.lengthy
def test_polkit_takes_its_time_to_allow_the_join(device: Device, world: World) -> None:
    device.configure(AT_BOOT)
    said = log_of("polkit")
    before = len(world.inside.read(said).encode())
    # The rules are looked at in their own time by the real polkitd, so late rules are a late leave.
    world.inside.write(LATE_RULES, LATE)
    try:
        assert world.inside.await_text(said, "Finished loading", offset=before, timeout=30)
        with on_the_air(world, "spare", ANSWERS):
            device.start()
            told = claim_of(device)["claim"]
    finally:
        world.inside.remove(LATE_RULES)
    assert told["state"] == "succeeded", told
    assert not told.get("tries")
    when = {step["name"]: step["elapsedMs"] / 1000 for step in told["steps"]}
    assert when["joined"] - when["found"] > LATE_SECONDS, "it was not held up"
    returns_to(world, "home")


@pytest.mark.lengthy
@pytest.mark.parametrize("path", ["nonce", "client", "certs"])
def test_killed_in_the_middle(path: str, device: Device, world: World) -> None:
    device.configure(AT_BOOT)
    with on_the_air(world, "spare", {**ANSWERS, path: (0, {})}) as controller:
        device.start()
        eventually(
            lambda: [one[0] for one in controller.asked],
            lambda asked: path in asked,
            what=f"{path} was asked for",
            within=120,
        )
        device.kill()
        assert not world.inside.exists(f"{STATE}/claimed.sealed")
    with on_the_air(world, "spare", ANSWERS):
        device.start()
        assert claim_of(device)["claim"]["state"] == "succeeded"
        returns_to(world, "home")
