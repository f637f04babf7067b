"""Names that strangers chose: of networks, profiles, machines, phones. On a page they are text."""

from html import unescape

import httpx
import msgspec
import pytest
from tests.api.fake_service import LIGHTHOUSE, STATUS, FakeService

from firstlight.model.event import EventType, Level
from firstlight.model.wire import ConnectBody, NetworkEntry, SavedNetwork
from firstlight.web.app import create_app
from firstlight.web.portal import rendering
from firstlight.web.settings import WebSettings

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '" autofocus onfocus="alert(1)'
REVERSED = "invoice\u202efdp.exe"
NAMES = {"a script": SCRIPT, "an attribute": ATTRIBUTE, "a turn to the left": REVERSED}


class Misnamed(FakeService):
    """Everything in reach has that name, as raw as it can come."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        network = msgspec.structs.replace(
            STATUS.network,
            connected=True,
            last_ssid=name,
            active_connection=name,
            hotspot_ssid=name,
        )
        self.now = msgspec.structs.replace(STATUS, hostname=name, network=network)
        self.hub.publish(EventType.SYSTEM, Level.INFO, f"Forgetting {name}.")

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        return (msgspec.structs.replace(LIGHTHOUSE, ssid=self.name),)

    async def saved(self) -> tuple[SavedNetwork, ...]:
        return (SavedNetwork(name=self.name, uuid="u", type="wifi", autoconnect=True, active=True),)


PAGES = ("/", "/?list", f"/?ssid={LIGHTHOUSE.ssid_hex}", "/?attempt=a1", "/settings", "/pair")


async def pages(name: str) -> dict[str, str]:
    service = Misnamed(name)
    settings = WebSettings(version="1", hostname=name)
    transport = httpx.ASGITransport(create_app(service, settings), client=("127.0.0.1", 40_000))
    html = {"Accept": "text/html", "Host": "localhost"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        found = {"/": await client.get("/", headers=html)}
        await service.connect(ConnectBody(ssid=name))
        found |= {path: await client.get(path, headers=html) for path in PAGES[1:]}
        out_of_sight = f"/?ssid={name.encode()[:32].hex()}"
        found[out_of_sight] = await client.get(out_of_sight, headers=html)
    assert {answer.status_code for answer in found.values()} == {200}
    return {path: answer.text for path, answer in found.items()}


@pytest.mark.attack(
    "A network, phone or profile whose name is a script",
    guard="templates escape everything, and marks that turn text round are shown",
)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_name_is_text_and_all_of_it_is_seen(name: str) -> None:
    for path, page in (await pages(name)).items():
        assert name not in page, path
        assert "\u202e" not in unescape(page), path
        seen = unescape(page).replace(r"\xe2\x80\xae", "\u202e")
        assert name[:25] in seen, path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    print_what_is_given(monkeypatch)


def print_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the rules away: templates escape and show nothing."""
    monkeypatch.setattr(rendering, "_shown", lambda value: value)
    environment = rendering._environment.__wrapped__("en")
    environment.autoescape = False
    monkeypatch.setattr(rendering, "_environment", lambda tag: environment)


@pytest.mark.unguarded("A network, phone or profile whose name is a script")
@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_without_those_rules_it_is_more_than_text(name: str) -> None:
    for path, page in (await pages(name)).items():
        assert name in page, path
