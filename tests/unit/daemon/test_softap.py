"""The rest of the daemon while the radio is the provisioning SoftAP."""

from pathlib import Path

from tests.unit.daemon.lamp import PASSWORD, Lamp, network, world

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Link
from firstlight.model.softap import SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.provisioning.softap import SSID, passphrase_of
from firstlight.radio.simulated.description import Description, RadioTable, SavedTable
from firstlight.radio.simulated.world import World

CLIENT = MacAddress("02:f0:00:00:00:07")
SETTINGS = SoftApSettings(ssid=SSID, passphrase_of=passphrase_of, profile_name="Provisioning")
LONG = 1800.0


async def test_nobody_repairs_it_away(tmp_path: Path) -> None:
    """Neither the recovery of a network that is lost meanwhile, nor whoever keeps the hotspot."""
    saved = SavedTable(ssid=Ssid(b"home"), passphrase=Passphrase(PASSWORD))
    # It hears what it could repair.
    able = RadioTable(scan_while_hotspot=True, join_while_hotspot=True)
    around = Description(radio=able, access_points=(network(b"home"),), saved=(saved,))
    lamp = Lamp(tmp_path, World(around))
    await lamp.started()
    await lamp.wait(lambda: lamp.online, 60)
    await lamp.do(lamp.radio.softap_up(SETTINGS))
    lamp.links.clear()
    await lamp.clock.advance(LONG)
    assert lamp.link is Link.SOFTAP
    assert not set(lamp.links) - {Link.SOFTAP}
    assert not lamp.status.network.ap_enabled
    assert lamp.status.runtime.summary == "Handing out configuration to other devices."
    await lamp.radio.softap_down()
    await lamp.wait(lambda: lamp.online, 120)


async def test_its_stations_are_no_guests_of_the_hotspot(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.started()
    softap = await lamp.do(lamp.radio.softap_up(SETTINGS))
    before = lamp.said()
    assert lamp.world.let_station_join(CLIENT, softap.passphrase)
    lamp.world.let_station_leave(CLIENT)
    assert lamp.said() == before
    assert (await lamp.do(lamp.device.hotspot())).stations == ()


async def test_whoever_comes_over_it_is_not_on_the_hotspot(tmp_path: Path) -> None:
    """The SoftAP's stations know no label: what the hotspot's guests may do is not for them."""
    lamp = Lamp(tmp_path, world())
    await lamp.started()
    assert lamp.device.over_hotspot("192.168.4.17", "192.168.4.1")
    await lamp.do(lamp.radio.softap_up(SETTINGS))
    assert not lamp.device.over_hotspot("192.168.4.17", "192.168.4.1")
