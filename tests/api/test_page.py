"""The page as files: what is served, how, and how heavy it is."""

import gzip
import re

import httpx
import pytest
from tests.api.fake_service import FakeService

from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings


def client_of(service: FakeService | None, settings: WebSettings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(service, settings))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def every_file(client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """The page and all that it leads to, as a browser would find it."""
    found: dict[str, httpx.Response] = {}
    wanted = ["/"]
    while wanted:
        path = wanted.pop()
        if path in found:
            continue
        found[path] = (await client.get(path)).raise_for_status()
        text = found[path].text
        wanted += re.findall(r'(?:src|href)="(/[^"]*)"', text)
        wanted += [f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', text)]
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
        # Names of formats, and the device's own name.
        allowed = {"http://www.w3.org/2000/svg", "http://${hostname}.local"}
        assert set(re.findall(r"https?://[^\s'\"`]+", file.text)) <= allowed, path
        assert "@import" not in file.text
        assert "innerHTML" not in file.text


async def test_the_brand_is_text(service: FakeService) -> None:
    settings = WebSettings(version="1", brand='<script>alert("x")</script>')
    for given in (service, None):
        async with client_of(given, settings) as client:
            page = (await client.get("/")).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
        assert "{{" not in page


async def test_not_enabled_the_page_says_how_to_enable(settings: WebSettings) -> None:
    async with client_of(None, settings) as client:
        page = await client.get("/")
    assert page.status_code == 200
    assert "FIRSTLIGHT_PROVISIONING_ENABLED=1" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("path", ["/static/", "/static/nope.js", "/static/..%2fpage.py", "/x"])
async def test_nothing_else_is_served(
    service: FakeService, settings: WebSettings, path: str
) -> None:
    async with client_of(service, settings) as client:
        assert (await client.get(path)).status_code == 404


async def test_without_javascript_there_is_a_way(
    service: FakeService, settings: WebSettings
) -> None:
    async with client_of(service, settings) as client:
        page = (await client.get("/")).text
    (sentence,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert "firstlight connect" in sentence
