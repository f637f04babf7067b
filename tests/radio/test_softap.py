"""The provisioning SoftAP and the hotspot on the air, and what a stranger's station reaches there.

The adapter alone. The station knows nothing of Firstlight: wpa_supplicant, udhcpc, and TCP.
"""

import asyncio
import re
import sys
from collections.abc import AsyncGenerator

import pytest
from msgspec.structs import replace
from tests.contract.joining import HOTSPOT, begin, join, plan
from tests.radio.contract_harness import LabHarness
from tests.radio.lab.inside import Inside
from tests.radio.lab.neighbourhood import KEY
from tests.radio.lab.system import log_of
from tests.radio.lab.world import World

from firstlight.model.mac import MacAddress
from firstlight.model.radio import Link
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.provisioning import softap as protocol

SETTINGS = SoftApSettings(
    ssid=protocol.SSID, passphrase_of=protocol.passphrase_of, profile_name="Provisioning"
)
OWN = "192.168.4.1"
FREQUENCY = 2412
# The endpoint, the device's own web pages, and something that listens everywhere as SSH does.
ENDPOINT, WEB, SSH, DNS = 80, 8080, 22, 53
ANOTHER_MAC = MacAddress("02:f1:22:33:44:55")
# The log has the program's own text, too.
ON_THE_AIR = r"on the air: (?:[0-9a-f]{2}:){5}"
PROVISIONER = """\
import asyncio, sys
from firstlight.model.softap import SoftApSettings
from firstlight.provisioning import softap
from firstlight.radio.nm.radio import NetworkManagerRadio

async def main():
    radio = NetworkManagerRadio("wlan0")
    await radio.open()
    up = await radio.softap_up(SoftApSettings(
        ssid=softap.SSID, passphrase_of=softap.passphrase_of, profile_name="Provisioning"
    ))
    print(f"on the air: {up.bssid}", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.fixture
async def listening(harness: LabHarness, world: World) -> AsyncGenerator[None]:
    """The device listens on every address it has, as careless programs do; so does the wired host.

    Whoever is wired sends to the SoftAP's network through the device.
    """

    def listen() -> None:
        for port in (ENDPOINT, WEB, SSH):
            world.inside.serve(f"device-{port}", None, "0.0.0.0", port=port, status=204)
        world.inside.serve("wired", world.wired.name, world.wired.address, status=204)
        world.wired.route("192.168.4.0/24")

    def stop() -> None:
        for name in (*(f"device-{port}" for port in (ENDPOINT, WEB, SSH)), "wired", "phone"):
            world.inside.unserve(name)

    await asyncio.to_thread(listen)
    yield
    await asyncio.to_thread(stop)


def rules(inside: Inside) -> str:
    """What stands in the table of Firstlight; empty for no chain, or no table."""
    table = inside.run("nft", "list", "table", "inet", "firstlight").out
    return table if "chain" in table else ""


def power(inside: Inside, interface: str) -> str:
    found = re.search(r"txpower (\S+) dBm", inside.must("iw", "dev", interface, "info"))
    return found.group(1) if found else ""


async def raised(harness: LabHarness, settings: SoftApSettings = SETTINGS) -> SoftAp:
    return await harness.radio.softap_up(settings)


async def test_a_strangers_station_finds_joins_and_leaves_it(
    harness: LabHarness, world: World
) -> None:
    usual = power(world.inside, "wlan0")
    softap = await raised(harness)
    password = softap.passphrase.reveal()
    assert password == protocol.passphrase_of(softap.bssid).reveal()
    assert power(world.inside, "wlan0") == "2.00"
    assert softap.tx_power_dbm == 2.0
    phone, tablet = world.stations["phone"], world.stations["tablet"]

    def outside() -> None:
        (heard,) = [bss for bss in phone.hears(FREQUENCY) if bss.ssid == protocol.SSID.text]
        assert (heard.bssid, heard.frequency, heard.rsn) == (softap.bssid, FREQUENCY, True)
        assert "WRONG_KEY" in phone.join(protocol.SSID, password[::-1], FREQUENCY)
        assert phone.join(protocol.SSID, password, FREQUENCY) == "connected"
        # Status 17: the access point can't take on another station (IEEE 802.11, 9.4.1.9).
        assert "status_code=17" in tablet.join(protocol.SSID, password, FREQUENCY)
        tablet.leave()

    await asyncio.to_thread(outside)
    address = await harness.lease("phone")
    assert address.startswith("192.168.4.")
    assert await harness.radio.neighbour(address) == await harness.station_mac("phone")
    await harness.let_station_leave("phone")
    assert await harness.let_station_join(password, "tablet")
    await harness.radio.softap_down()
    assert power(world.inside, "wlan0") == usual
    assert rules(world.inside) == ""


@pytest.mark.parametrize(
    "confined",
    [
        pytest.param(True, id="confined"),
        # tests/unit/radio/nm/test_dead_end.py shows it every time, over cables.
        pytest.param(False, id="without the rules", marks=pytest.mark.lengthy),
    ],
)
@pytest.mark.usefixtures("listening")
async def test_a_station_reaches_one_port_and_nothing_else(
    harness: LabHarness, world: World, confined: bool
) -> None:
    harness.without_rules = not confined
    softap = await raised(harness)
    assert await harness.let_station_join(softap.passphrase.reveal())
    address = await harness.lease()
    assert address
    phone, wired = world.phone, world.wired

    def attack() -> dict[str, bool]:
        world.inside.serve("phone", phone.name, address, status=204)
        assert phone.reaches(OWN, ENDPOINT)
        return {
            "the device's web pages": phone.reaches(OWN, WEB),
            "SSH": phone.reaches(OWN, SSH),
            "names": phone.reaches(OWN, DNS),
            "the endpoint by another address of the device": phone.reaches(wired.gateway, ENDPOINT),
            "SSH by another address of the device": phone.reaches(wired.gateway, SSH),
            "whether the device answers a ping": phone.pings(OWN),
            "a host on its Ethernet": phone.reaches(wired.address, ENDPOINT),
        }

    reached = await asyncio.to_thread(attack)
    assert reached == dict.fromkeys(reached, not confined)
    if confined:  # without our rules it hangs on NetworkManager's own
        assert not await asyncio.to_thread(wired.reaches, address, ENDPOINT)


@pytest.mark.usefixtures("listening")
@pytest.mark.lengthy
async def test_a_hotspot_is_a_dead_end_unless_it_is_to_share(
    harness: LabHarness, world: World
) -> None:
    await harness.radio.hotspot_up(HOTSPOT)
    assert await harness.let_station_join(HOTSPOT.passphrase.reveal())
    assert await harness.lease()
    phone, wired = world.phone, world.wired

    def reached() -> tuple[bool, bool, bool]:
        return phone.reaches(OWN, WEB), phone.reaches(OWN, DNS), phone.reaches(wired.address, 80)

    assert await asyncio.to_thread(reached) == (True, True, False)
    await harness.radio.hotspot_up(replace(HOTSPOT, share_internet=True))
    assert await asyncio.to_thread(reached) == (True, True, True)
    await harness.radio.hotspot_up(HOTSPOT)
    assert await asyncio.to_thread(reached) == (True, True, False)
    await harness.radio.hotspot_down()
    assert rules(world.inside) == ""


@pytest.mark.lengthy
async def test_a_killed_process_leaves_a_dead_end_and_the_next_one_clears_it_away(
    harness: LabHarness, world: World
) -> None:
    inside, log = world.inside, log_of("provisioner")

    def kill() -> None:
        inside.spawn("provisioner", sys.executable, "-c", PROVISIONER, log=log)
        assert inside.await_text(log, ON_THE_AIR, timeout=120), inside.read(log)
        inside.kill("provisioner", "SIGKILL")
        assert world.system.mode() == "AP"
        assert "drop" in rules(inside)

    await asyncio.to_thread(kill)
    await harness.kill()
    assert harness.radio.state.link is Link.SOFTAP
    done = await harness.radio.settle()
    assert len(done) == 4, done
    assert world.system.mode() == "managed"
    assert rules(inside) == ""
    assert world.system.profiles() == []
    assert power(inside, "wlan0") != "2.00"
    assert world.system.most_stations() == "128"
    assert [one for one in world.phone.hears(FREQUENCY) if one.ssid == protocol.SSID.text] == []


async def test_beside_a_network_it_is_as_dead_an_end(harness: LabHarness, world: World) -> None:
    home = world["home"]
    await join(harness, plan(home.spec.ssid, KEY))
    before = harness.radio.state
    assert before.ipv4 is not None
    softap = await raised(harness, replace(SETTINGS, beside=True))
    assert softap.one_station
    frequency = before.frequency

    def outside() -> tuple[str, bool, bool]:
        phone = world.phone
        for port in (ENDPOINT, WEB):
            world.inside.serve(f"device-{port}", None, "0.0.0.0", port=port, status=204)
        joined = phone.join(protocol.SSID, softap.passphrase.reveal(), frequency)
        assert joined == "connected"
        lease = phone.lease()
        assert lease is not None
        reached = phone.reaches(OWN, ENDPOINT), phone.reaches(OWN, WEB)
        assert not phone.reaches(f"{home.network}.1", 53), "the network in use is out of reach"
        for port in (ENDPOINT, WEB):
            world.inside.unserve(f"device-{port}")
        return lease.address, *reached

    address, *reached = await asyncio.to_thread(outside)
    assert reached == [True, False]
    assert await harness.radio.neighbour(address) == await harness.station_mac()
    state = harness.radio.state
    assert (state.link, state.ipv4, state.bssid) == (Link.CONNECTED, before.ipv4, before.bssid)
    assert await asyncio.to_thread(world.inside.reaches, f"{home.network}.1", 53)
    await harness.radio.softap_down()
    assert "fl-softap" not in world.inside.must("iw", "dev")
    assert harness.radio.state.ipv4 == before.ipv4


@pytest.mark.lengthy
async def test_a_trial_shows_another_address_if_it_is_asked_to(
    harness: LabHarness, world: World
) -> None:
    home = world["home"]
    await harness.radio.scan()
    trial = await begin(harness, replace(plan(home.spec.ssid, KEY), present_as=ANOTHER_MAC))
    await harness.wait(lambda: trial.ended, 60)
    assert await asyncio.to_thread(home.stations) == [ANOTHER_MAC]
    await harness.radio.abandon()
    trial = await begin(harness, plan(home.spec.ssid, KEY))
    await harness.wait(lambda: trial.ended, 60)
    assert await asyncio.to_thread(home.stations) != [ANOTHER_MAC]
    await harness.radio.abandon()
