"""The captive portal, as a phone meets it; and what a phone may do that nobody has paired."""

import re
from collections.abc import Iterator

import pytest
from tests.radio.lab.device import FOLDER, PROGRAM, Device
from tests.radio.lab.station import Lease
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.test_hotspot import up

DROP_IN = "/etc/NetworkManager/dnsmasq-shared.d/firstlight.conf"
PUBLIC = "4.3.2.1"
API = "/api/provisioning"


@pytest.fixture
def installed(device: Device, world: World) -> Iterator[Device]:
    """The device with what ``firstlight install`` puts around it, on a public-looking subnet.

    What phones are told by DHCP is as with a certificate; the pages stay on plain HTTP, where a
    phone is led to them.
    """
    device.configure(f'[hotspot]\naddress = "{PUBLIC}/24"\n')
    shown = world.inside.must(
        *(str(PROGRAM), "install", "--tls", "--no-unit", "--yes"),
        *("--config", f"{FOLDER}/config.toml"),
        timeout=60,
    )
    assert f"address=/#/{PUBLIC}" in shown
    try:
        yield device
    finally:
        device.stop()
        world.inside.must(str(PROGRAM), "uninstall", "--yes", timeout=60)
        assert not world.inside.exists(DROP_IN)


class Phone:
    """curl and busybox on the phone's side of the air."""

    def __init__(self, world: World) -> None:
        self._world = world

    def ask(self, url: str, *options: str) -> str:
        """Headers and body of the answer; names are looked up at the hotspot."""
        return self._world.inside.must(
            *("curl", "--silent", "--include", "--max-time", "20", *options, url),
            netns=self._world.phone.name,
            timeout=40,
        )

    def status(self, method: str, path: str) -> int:
        answer = self.ask(f"http://{PUBLIC}{path}", "--request", method)
        return int(answer.split()[1])

    def address_of(self, name: str) -> list[str]:
        told = self._world.inside.run(
            "busybox", "nslookup", name, PUBLIC, netns=self._world.phone.name, timeout=30
        ).out
        return re.findall(r"^Address[^:]*: ([0-9.]+)$", told.partition("Name:")[2], re.MULTILINE)


def test_a_phone_is_led_to_the_page_and_no_further(installed: Device, world: World) -> None:
    installed.start()
    ssid, password = up(installed, world)
    assert world.phone.join(ssid, password) == "connected"
    lease = world.phone.lease()
    assert isinstance(lease, Lease)
    assert (lease.router, lease.dns) == (PUBLIC, PUBLIC)
    assert lease.captive == f"https://{PUBLIC}:8443/api/captive"
    phone = Phone(world)

    probe = "connectivitycheck.gstatic.com"
    assert phone.address_of(probe) == [PUBLIC]
    resolved = ("--resolve", f"{probe}:80:{PUBLIC}")
    answer = phone.ask(f"http://{probe}/generate_204", *resolved)
    assert answer.startswith("HTTP/1.1 302")
    assert f"location: http://{PUBLIC}/" in answer
    assert "no-store" in answer
    followed = phone.ask(f"http://{probe}/generate_204", "--location", *resolved)
    assert "Choose a network" in followed
    assert world["home"].spec.ssid.decode() in followed

    assert phone.status("GET", f"{API}/status") == 200
    assert phone.status("GET", f"{API}/networks") == 200
    for method, path in (
        ("GET", f"{API}/networks/saved"),
        ("GET", f"{API}/hotspot"),
        ("GET", f"{API}/auth-code"),
        ("GET", f"{API}/sessions"),
        ("POST", f"{API}/factory-reset"),
        ("POST", f"{API}/restart"),
        ("POST", f"{API}/network/forget"),
    ):
        assert phone.status(method, path) == 401, path

    home = world["home"].spec
    sent = phone.ask(
        f"http://{PUBLIC}/connect",
        *("--data-urlencode", f"ssidHex={home.ssid.hex()}"),
        *("--data-urlencode", f"password={home.psk}"),
        *("--header", f"Origin: http://{PUBLIC}"),
    )
    assert sent.startswith("HTTP/1.1 303")
    assert "location: /?attempt=" in sent
    eventually(
        installed.status,
        lambda seen: seen["network"]["connected"],
        what="the device is on the network that the phone chose",
        within=120,
    )
