"""The pages as files: what is served, how, and how heavy it is."""

import gzip
import re

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.api.fake_service import FakeService

from firstlight.web.app import create_app
from firstlight.web.portal import page as pages
from firstlight.web.portal.assets import FOLDER
from firstlight.web.settings import Brand, WebSettings

HTML = {"Accept": "text/html"}


def client_of(
    service: FakeService | None, settings: WebSettings, peer: str = "127.0.0.1"
) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(service, settings), client=(peer, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=HTML)


async def every_file(client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """The page and all that it is made of, as a browser would find it."""
    found: dict[str, httpx.Response] = {"/": await client.get("/")}
    linked = re.findall(r'<(?:link|script|img)[^>]* (?:src|href)="(/[^"]*)"', found["/"].text)
    for path in (*linked, "/service-worker.js"):
        found[path] = (await client.get(path)).raise_for_status()
    return found


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings(version="1")


async def test_the_first_visit_is_light(service: FakeService, settings: WebSettings) -> None:
    async with client_of(service, settings) as client:
        files = await every_file(client)
    assert len(files) > 5
    assert sum(len(gzip.compress(file.content)) for file in files.values()) < 30_000


async def test_files_are_packed_and_come_once(service: FakeService, settings: WebSettings) -> None:
    async with client_of(service, settings) as client:
        for path, file in (await every_file(client)).items():
            if path == "/":
                continue
            assert file.headers["content-encoding"] == "gzip"
            assert file.headers["cache-control"] == "no-cache"
            plain = await client.get(path, headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in plain.headers
            assert plain.content == file.content
            again = await client.get(path, headers={"If-None-Match": file.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")


async def test_nothing_is_asked_of_anybody_else(
    service: FakeService, settings: WebSettings
) -> None:
    async with client_of(service, settings) as client:
        files = await every_file(client)
    for path, file in files.items():
        allowed = {"http://www.w3.org/2000/svg"}
        assert set(re.findall(r"https?://[^\s'\"`]+", file.text)) <= allowed, path
        assert "@import" not in file.text
        assert not re.search(
            r"innerHTML\s*=(?!=)|insertAdjacentHTML|document\.write|eval\(", file.text
        )


async def test_the_brand_is_text(service: FakeService) -> None:
    settings = WebSettings(version="1", brand=Brand(name='<script>alert("x")</script>'))
    for given in (service, None):
        async with client_of(given, settings) as client:
            page = (await client.get("/")).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page


async def test_not_enabled_the_page_says_how_to_enable(settings: WebSettings) -> None:
    async with client_of(None, settings) as client:
        page = await client.get("/")
    assert page.status_code == 200
    assert "FIRSTLIGHT_PROVISIONING_ENABLED=1" in page.text


TRICKS = (
    "/static/..%2fpage.py",
    "/static/%2e%2e/page.py",
    "/static/..%2f..%2f..%2f..%2f..%2fpyproject.toml",
    "/static/%2e%2e%2ftemplates%2fbase.html",
)


@pytest.mark.parametrize(
    "path",
    [
        *TRICKS,
        "/static/",
        "/static/nope.js",
        "/static/..%5cpage.py",
        "/static/%252e%252e%252fpage.py",
        "/static//etc/passwd",
        "/static/live.js%00.css",
        "/static/templates/base.html",
        "/x",
    ],
)
async def test_nothing_else_is_served(
    service: FakeService, settings: WebSettings, path: str
) -> None:
    async with client_of(service, settings) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", TRICKS)
async def test_a_folder_served_by_its_paths_would_give_itself_away(
    service: FakeService, settings: WebSettings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def naive(request: Request) -> Response:
        return Response((FOLDER / request.path_params["path"]).read_bytes())

    monkeypatch.setattr(pages, "asset_routes", lambda: [Route("/static/{path:path}", naive)])
    async with client_of(service, settings) as client:
        assert (await client.get(path)).status_code == 200


async def test_a_program_gets_its_errors_as_json(
    service: FakeService, settings: WebSettings
) -> None:
    async with client_of(service, settings) as client:
        answer = await client.get("/x", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
