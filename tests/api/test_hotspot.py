"""What is told of the hotspot, and that its password is told nowhere else."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.daemon_process import PATIENCE, QUICK, daemon
from tests.api.reading import following
from tests.unit.daemon.lamp import Lamp, world
from tests.unit.daemon.proxies import RadioInBetween

from firstlight.errors import RadioUnavailable
from firstlight.model.radio import Link, Station
from firstlight.radio.simulated.faults import Unplugged

API = "/api/provisioning"
PHONE = "02:f0:00:00:00:03"
VISITED = f"""
[[stations]]
mac = "{PHONE}"
after = 0.1
"""
UNPLUGGED = """
[[faults]]
kind = "unplugged"
"""


@asynccontextmanager
async def asking(state_dir: Path, around: str) -> AsyncIterator[httpx.AsyncClient]:
    with daemon(state_dir, world=QUICK + around) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            yield client


async def told(client: httpx.AsyncClient, holds: Callable[[Any], object] = bool) -> Any:
    """The answer, once it is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = (await client.get(f"{API}/hotspot")).raise_for_status().json()
            if holds(answer):
                return answer
            await asyncio.sleep(0.02)


def kept(state_dir: Path) -> Any:
    return json.loads((state_dir / "provisioning.json").read_text())


async def test_up_with_a_station_and_down_again(tmp_path: Path) -> None:
    async with asking(tmp_path, VISITED) as client:
        up = await told(client, lambda answer: answer["stations"])
        (await client.post(f"{API}/hotspot/disable")).raise_for_status()
        down = await told(client)
    file = kept(tmp_path)
    assert up == {
        "ssid": file["device.network.hotspotSsid"],
        "ssidHex": file["device.network.hotspotSsid"].encode().hex(),
        "password": file["device.network.hotspotPassword"],
        "profile": "Firstlight-Hotspot",
        "address": "192.168.4.1",
        "channel": up["channel"],
        "up": True,
        "stations": [PHONE],
    }
    assert up["channel"] in {1, 6, 11}
    assert len(up["password"]) >= 8
    assert down == {**up, "channel": None, "up": False, "stations": []}


async def test_without_a_radio_there_are_no_stations(tmp_path: Path) -> None:
    async with asking(tmp_path, VISITED + UNPLUGGED) as client:
        answer = await told(client, lambda answer: answer["ssid"])
    assert (answer["up"], answer["stations"]) == (False, [])
    assert answer["password"] == kept(tmp_path)["device.network.hotspotPassword"]


class PulledWhileAsked(RadioInBetween):
    """Is there when it is asked for its stations, and gone before it can answer."""

    def __init__(self, lamp: Lamp) -> None:
        super().__init__(lamp.radio)
        self._world = lamp.world
        self.failed = False

    async def stations(self) -> tuple[Station, ...]:
        self._world.begin(Unplugged())
        try:
            return await super().stations()
        except RadioUnavailable:
            self.failed = True
            raise


async def test_a_radio_that_is_pulled_meanwhile_is_no_error(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    radio = PulledWhileAsked(lamp)
    device = await lamp.start(radio)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    answer = await device.hotspot()
    assert radio.failed
    assert (answer.up, answer.stations) == (False, ())
    assert answer.password == lamp.memory.kept.hotspot_password


async def test_the_password_is_told_nowhere_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with asking(tmp_path, VISITED) as client:
        up = await told(client, lambda answer: answer["stations"])
        (await client.post(f"{API}/hotspot/disable")).raise_for_status()
        (await client.post(f"{API}/hotspot/enable")).raise_for_status()
        (await client.get(f"{API}/hotspot", headers={"Host": "evil.example"})).read()
        said = await events(client, until="hotspot.enable")
        for path in (f"{API}/status", f"{API}/networks/saved", "/api/health", "/api/openapi.json"):
            said += (await client.get(path)).text
    assert up["ssid"] in said
    logged = "".join(capfd.readouterr())
    assert "stopping" in logged
    assert up["password"] not in said + logged


async def events(client: httpx.AsyncClient, until: str) -> str:
    """All that was told up to the end of that action."""
    port = client.base_url.port
    assert port is not None
    said = ""
    async with asyncio.timeout(PATIENCE), following(port) as stream:
        while True:
            data = (await stream.next()).data
            said += json.dumps(data)
            if (data.get("action"), data.get("phase")) == (until, "completed"):
                return said
