"""The SoftAP as tests ask for it, and what stands around it."""

from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import ACCESS_POINT, WIRELESS
from tests.dbus.scene import Scene
from tests.dbus.waiting import until

from firstlight.model.mac import MacAddress
from firstlight.model.softap import SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.provisioning.softap import passphrase_of

SETTINGS = SoftApSettings(
    ssid=Ssid(b"FireFly-Provisioning"), passphrase_of=passphrase_of, profile_name="provisioning"
)
OWN = MacAddress("02:00:00:00:00:01")
BESIDE = MacAddress("42:00:00:00:00:01")
CLIENT = MacAddress("02:00:00:00:11:22")


async def on_channel(scene: Scene, frequency: int) -> None:
    bss = scene.nm.add_access_point(scene.device, b"old")
    scene.nm.set(bss, ACCESS_POINT, Frequency=frequency)
    scene.nm.set(scene.device, WIRELESS, ActiveAccessPoint=bss)
    await until(lambda: scene.radio.state.frequency == frequency, "its channel is known")


def most(scene: Scene) -> str:
    return str(scene.supplicant.get(scene.wlan0, INTERFACE, "MaxNumSta"))
