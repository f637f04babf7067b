"""TLS, never half: plain HTTP leads there, and bad files are refused by name."""

import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.api.fake_service import FakeService
from tests.api.serving import running

from firstlight.cli.install.certificate import self_signed
from firstlight.errors import ConfigError
from firstlight.web.app import create_app
from firstlight.web.guards import GUARDS, Guard, over_tls, without
from firstlight.web.listeners import bind_tcp, bind_unix
from firstlight.web.server import WebServer
from firstlight.web.settings import WebSettings
from firstlight.web.tls import tls_context

API = "/api/provisioning"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    made, key = self_signed(["localhost", "lamp.local"], ["127.0.0.1"], datetime.now(UTC))
    (tmp_path / "certificate.pem").write_bytes(made)
    (tmp_path / "key.pem").write_bytes(key)
    return str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")


class Served:
    def __init__(self, plain: int, secure: int, trusted: ssl.SSLContext) -> None:
        self.plain, self.secure, self.trusted = plain, secure, trusted


async def serve(
    files: tuple[str, str], guards: tuple[Guard, ...], control: Path | None = None
) -> AsyncIterator[Served]:
    plain, secure = bind_tcp("127.0.0.1", 0), bind_tcp("127.0.0.1", 0)
    port = secure.getsockname()[1]
    settings = WebSettings(version="1", hostname="lamp", secure=True, tls_port=port)
    app = create_app(FakeService(), settings, guards=guards)
    more = [bind_unix(control)] if control else []
    server = WebServer(app, [plain, *more], secured=[(secure, tls_context(*files))])
    trusted = ssl.create_default_context(cafile=files[0])
    async with running(server):
        yield Served(plain.getsockname()[1], port, trusted)


async def test_it_is_served_and_plain_http_leads_there(files: tuple[str, str]) -> None:
    async for served in serve(files, GUARDS):
        async with httpx.AsyncClient(verify=served.trusted) as client:
            answer = await client.get(f"https://localhost:{served.secure}{API}/status")
            assert answer.status_code == 200
            plain = await client.get(f"http://localhost:{served.plain}/settings?done=forget")
            assert plain.status_code == 308
            assert plain.headers["location"] == (
                f"https://localhost:{served.secure}/settings?done=forget"
            )
            changing = await client.post(f"http://localhost:{served.plain}/x?form=json")
            assert changing.headers["location"] == f"https://localhost:{served.secure}/x?form=json"
            away = await client.get(
                f"http://localhost:{served.plain}/", headers={"Host": "evil.example"}
            )
            assert (away.status_code, "location" in away.headers) == (403, False)


@pytest.mark.attack(
    "Listening in on plain HTTP where there is TLS",
    guard="plain HTTP only leads to TLS; the cookie is `Secure`",
)
async def test_the_cookie_never_leaves_tls(files: tuple[str, str]) -> None:
    async for served in serve(files, GUARDS):
        base = f"https://localhost:{served.secure}"
        async with httpx.AsyncClient(verify=served.trusted, base_url=base) as client:
            code = (await client.get(f"{API}/auth-code")).json()["code"]
            answer = await client.post("/pair", data={"code": code}, headers={"Origin": base})
    assert answer.status_code == 303
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.unguarded("Listening in on plain HTTP where there is TLS")
async def test_without_that_rule_everything_is_told_in_the_clear(files: tuple[str, str]) -> None:
    async for served in serve(files, without(over_tls)):
        async with httpx.AsyncClient() as client:
            told = await client.get(f"http://localhost:{served.plain}{API}/hotspot")
    assert told.json()["password"]


async def test_the_control_socket_needs_none(files: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async for _ in serve(files, GUARDS, path):
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            assert (await client.get(f"{API}/status")).status_code == 200


def test_bad_files_are_refused_by_name(files: tuple[str, str], tmp_path: Path) -> None:
    certificate, key = files
    other, _ = self_signed(["other"], [], datetime.now(UTC))
    (tmp_path / "other.pem").write_bytes(other)
    (tmp_path / "words.pem").write_text("words")
    for given, key_, words in (
        (certificate, str(tmp_path / "nowhere"), "web.tls_key: .*can't be read"),
        (str(tmp_path / "other.pem"), key, "is not the key of the certificate"),
        (str(tmp_path / "words.pem"), key, "are not a certificate and its key"),
    ):
        with pytest.raises(ConfigError, match=words):
            tls_context(given, key_)


@pytest.mark.attack(
    "An old TLS version",
    guard="TLS 1.2 and newer",
)
async def test_old_versions_are_not_spoken(files: tuple[str, str]) -> None:
    assert tls_context(*files).minimum_version is ssl.TLSVersion.TLSv1_2


def greeted(server: ssl.SSLContext) -> str | None:
    """The version that a client which knows nothing newer than TLS 1.1 and that server agree on."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [old.wrap_bio(one, other), server.wrap_bio(other, one, server_side=True)]
    for _ in range(4):
        for end in ends:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return ends[0].version()


@pytest.mark.unguarded("An old TLS version")
def test_without_that_bound_they_are(files: tuple[str, str]) -> None:
    server = tls_context(*files)
    server.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
        greeted(server)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        server.minimum_version = ssl.TLSVersion.TLSv1_1
    assert greeted(server) == "TLSv1.1"
