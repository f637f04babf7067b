"""A bundle from a device that has secrets everywhere."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from tests.api.fake_service import HOTSPOT_PASSWORD, LIGHTHOUSE, STATUS, FakeService

from firstlight.config import Config, Mqtt, Registry, Web
from firstlight.daemon.support.desk import SupportDesk
from firstlight.daemon.support.live import EVENTS
from firstlight.errors import Busy, RadioUnavailable
from firstlight.model.event import EventType, Level
from firstlight.model.wire import NetworkEntry
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.support import redaction
from firstlight.support.archive import unpacked

TOKEN = "token-of-the-page"
BROKER = "password of the broker"
AIR = HOTSPOT_PASSWORD
DATABASE = "password:of the database"
TYPED = "what-somebody-typed"


class Device(FakeService):
    """Hears ``heard``."""

    heard: tuple[NetworkEntry, ...] = (LIGHTHOUSE,)
    deaf = False

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        if self.deaf:
            raise RadioUnavailable("The radio is gone.")
        return self.heard


@dataclass
class Shelf:
    """What stands around a bundle."""

    folder: Path
    device: Device = field(default_factory=lambda: Device(VirtualClock()))

    @property
    def config(self) -> Config:
        return Config(
            state_dir=str(self.folder),
            web=Web(token=TOKEN),
            mqtt=Mqtt(host="broker.example", username="lamp", password=BROKER),
            registry=Registry(url=f"postgresql://lamp:{quote(DATABASE)}@db.example/lamp"),
        )

    def log(self) -> tuple[str, ...]:
        return (
            f"INFO joining with {AIR}",
            f"DEBUG psk={TYPED}",
            f"INFO {DATABASE} was wrong",
            "INFO all is well",
        )

    async def files(self) -> dict[str, str]:
        desk = SupportDesk(self.device, self.config, VirtualClock(), self.log)
        return dict(unpacked(await desk.bundle()))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "key").write_text("key-of-everything")
    shelf = Shelf(tmp_path)
    shelf.device.hub.publish(EventType.SYSTEM, Level.ERROR, f"The broker refused {BROKER}.")
    shelf.device.hub.publish(EventType.SYSTEM, Level.INFO, f"{TOKEN.encode().hex()} came in")
    return shelf


def everywhere(files: dict[str, str]) -> str:
    return "\n".join(files.values())


@pytest.mark.attack(
    "A secret in the support file, in any spelling",
    guard="known secrets are looked for in everything",
)
async def test_no_planted_secret_is_in_it(shelf: Shelf) -> None:
    told = everywhere(await shelf.files())
    for secret in (TOKEN, BROKER, AIR, TYPED, DATABASE, "key-of-everything", TOKEN.encode().hex()):
        assert secret not in told
    assert "all is well" in told


@pytest.mark.unguarded("A secret in the support file, in any spelling")
async def test_without_the_nets_they_would_be(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction.Redactor, "clean", lambda _self, text: text)
    told = everywhere(await shelf.files())
    for secret in (BROKER, AIR, TYPED, DATABASE, TOKEN.encode().hex()):
        assert secret in told


async def test_the_configuration_shows_that_they_are_set(shelf: Shelf) -> None:
    files = await shelf.files()
    config = json.loads(files["config.json"])
    assert config["web"]["token"] == config["mqtt"]["password"] == redaction.REMOVED
    assert config["mqtt"]["username"] == "lamp"
    assert json.loads(files["hotspot.json"])["password"] == redaction.REMOVED


async def test_it_tells_how_the_device_is(shelf: Shelf) -> None:
    files = await shelf.files()
    assert json.loads(files["status.json"])["mode"] == STATUS.mode
    assert len(json.loads(files["events.json"])) <= EVENTS
    assert json.loads(files["versions.json"])["packages"]["starlette"]
    assert "$ iw phy" in files["radio.txt"]
    assert " key" in files["state-folder.txt"]
    for name in set(files) - {"README.txt"}:
        assert f"\n{name:<22}" in files["README.txt"]


async def test_strangers_keep_their_names_to_themselves(shelf: Shelf) -> None:
    ours = replace(LIGHTHOUSE, ssid="Ours", saved=True)
    other = replace(LIGHTHOUSE, ssid="Neighbour", bssid="02:00:00:00:09:00")
    shelf.device.heard = (ours, other)
    listed = json.loads((await shelf.files())["networks.json"])
    again = json.loads((await shelf.files())["networks.json"])
    assert listed[0]["ssid"] == "Ours"
    assert listed[1]["ssid"].startswith("other-")
    assert other.bssid not in str(listed)
    assert listed[1]["ssid"] != again[1]["ssid"]


async def test_a_part_that_fails_is_told_and_spoils_nothing(shelf: Shelf) -> None:
    shelf.device.deaf = True
    files = await shelf.files()
    assert "networks.json         not in here: The radio is gone.\n" in files["README.txt"]
    assert "networks.json" not in files
    assert "status.json" in files


async def test_one_at_a_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SupportDesk(shelf.device, shelf.config, VirtualClock(), shelf.log)

    async def look_in(told: Callable[[], Awaitable[object]]) -> object:
        with pytest.raises(Busy):
            await desk.bundle()
        return await told()

    diagnose = shelf.device.diagnose
    monkeypatch.setattr(shelf.device, "diagnose", lambda: look_in(diagnose))
    assert await desk.bundle()
