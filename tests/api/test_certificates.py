"""Certificates over HTTP: uploaded, designated, read, deleted, refused."""

import httpx
import pytest
from tests.api.fake_registry import PEM
from tests.api.fake_service import FakeService
from tests.api.serving import exchange, request_bytes, serving

from firstlight.errors import Code
from firstlight.model.records import RecordKind
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings


async def test_a_certificate_from_upload_to_deletion(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    added = await client.post("/certs", files={"file": ("harbour ca.pem", PEM)})
    assert (added.status_code, added.headers["location"]) == (201, "/certs/harbour%20ca.pem")
    assert (await client.get("/certs")).json() == [
        {"file": "harbour ca.pem", "size": len(PEM), "controller": False, "client": False}
    ]
    again = await client.post("/certs", files={"file": ("harbour ca.pem", PEM)})
    assert (again.status_code, again.json()["code"]) == (403, Code.ALREADY_EXISTS)
    got = await client.get(added.headers["location"])
    assert (got.content, got.headers["content-type"]) == (PEM, "text/plain; charset=utf-8")
    assert (await client.get(f"{added.headers['location']}/details")).json()["valid"] is True
    for kind in ("client", "controller"):
        assert (await client.put(f"/certs/harbour ca.pem/{kind}")).status_code == 204
    [listed] = (await client.get("/certs")).json()
    assert listed["client"] is listed["controller"] is True
    assert (await client.delete("/certs/harbour ca.pem")).status_code == 204
    gone = await client.get("/certs/harbour ca.pem")
    assert (gone.status_code, gone.json()["code"]) == (404, Code.UNKNOWN_CERTIFICATE)


@pytest.mark.parametrize(
    ("use", "kinds"),
    [
        ("client", {RecordKind.CLIENT}),
        ("controller", {RecordKind.CONTROLLER}),
        ("both", {RecordKind.CLIENT, RecordKind.CONTROLLER}),
    ],
)
async def test_a_certificate_is_designated_at_once(
    client: httpx.AsyncClient, service: FakeService, use: str, kinds: set[RecordKind]
) -> None:
    files = {"file": ("ca.pem", PEM)}
    odd = await client.post("/certs", files=files, headers={"X-Cert-Type": "server"})
    assert (odd.status_code, service.changes) == (400, [])
    assert (
        await client.post("/certs", files=files, headers={"X-Cert-Type": use})
    ).status_code == 201
    assert set(service.registry.uses) == kinds


async def test_what_is_no_certificate_is_kept_but_not_designated(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    files = {"file": ("notes.pem", b"notes")}
    refused = await client.post("/certs", files=files, headers={"X-Cert-Type": "client"})
    assert (refused.status_code, refused.json()["code"]) == (400, Code.NOT_A_CERTIFICATE)
    assert not service.registry.certs
    assert (await client.post("/certs", files=files)).status_code == 201
    answer = await client.put("/certs/notes.pem/client")
    assert (answer.status_code, answer.json()["code"]) == (400, Code.NOT_A_CERTIFICATE)


@pytest.mark.parametrize(
    "name", ["x" * 32, "", ".", "..", "../../etc/passwd", "a\\b", "a/b", "tab\there"]
)
async def test_a_name_that_a_certificate_can_not_have(
    client: httpx.AsyncClient, service: FakeService, name: str
) -> None:
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nx\r\n--b--'
    )
    answer = await client.post(
        "/certs",
        content=body.replace("\\", "\\\\").encode(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("file: ")
    assert not service.changes


HEAD = '--b\r\nContent-Disposition: form-data; name="file"; filename="ca.pem"\r\n\r\n'
BROKEN = {
    "nothing": b"",
    "no end": f"{HEAD}x".encode(),
    "another boundary": f"{HEAD}x\r\n--c--".encode(),
    "another field": f"{HEAD}x\r\n--b--".replace('"file"', '"other"').encode(),
    "no file": f"{HEAD}x\r\n--b--".replace('; filename="ca.pem"', "").encode(),
    "no name": f"{HEAD}x\r\n--b--".replace('name="file"; ', "").encode(),
    "a name that is not UTF-8": f"{HEAD}x\r\n--b--".encode().replace(b"ca.pem", b"\xff.pem"),
    "a field that is not UTF-8": HEAD.replace('; filename="ca.pem"', "").encode()
    + b"\xff\r\n--b--",
    "a bad header": b"--b\r\n\x00: x\r\n\r\nx\r\n--b--",
    "too many parts": f"{HEAD}x\r\n".encode() * 20 + b"--b--",
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_form_that_is_broken(
    client: httpx.AsyncClient, service: FakeService, case: str
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post("/certs", content=BROKEN[case], headers=headers)
    assert answer.status_code == 400
    assert not service.changes


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/mixed; boundary=b"])
async def test_a_certificate_comes_as_a_form(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/certs", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415


async def test_a_certificate_that_is_too_large(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    answer = await client.post("/certs", files={"file": ("ca.pem", b"x" * 70_000)})
    assert (answer.status_code, answer.json()["code"]) == (413, Code.BODY_TOO_LARGE)
    assert not service.changes


@pytest.mark.attack(
    "A path that leads out of the certificates (traversal)",
    guard="they are rows of the registry, not files",
)
@pytest.mark.parametrize(
    "path", ["/certs/..%2f..%2fkey", "/certs/%2e%2e", "/certs/../key", "/certs/a/b/c", "/certs/"]
)
async def test_no_way_out_of_the_certificates(
    service: FakeService, settings: WebSettings, path: str
) -> None:
    async with serving(create_app(service, settings)) as port:
        answer = await exchange(port, request_bytes("GET", path, ["Connection: close"]))
    assert b" 404 " in answer.splitlines()[0]
