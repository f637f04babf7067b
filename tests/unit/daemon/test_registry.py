"""The registry as the daemon has it, on a real SQLite file."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firstlight.config import Config
from firstlight.config.shape import Registry as RegistryConfig
from firstlight.daemon import transfer
from firstlight.daemon.registry import RegistryKeeper, open_registry
from firstlight.errors import Code, Conflict, InvalidInput, NotFound, StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.model.records import Client, Hid, Mqtt, RecordKind, Wifi
from firstlight.provisioning.transfer.reading import FoundFile
from firstlight.store.registry.tables import TableRegistry

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
CLIENTS, CONTROLLERS = RecordKind.CLIENT, RecordKind.CONTROLLER
HALL = Client(
    name="=1+1",
    area="",
    mac_address="a1:b2:c3:d4:e5:f6",
    wifi=Wifi(ssid="Lighthouse", password="-correct-horse"),
    mqtt=Mqtt(),
    hids={"1": Hid(color="red", tags=("a",))},
)


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[RegistryKeeper]:
    opened = open_registry(Config(state_dir=str(tmp_path / "state")))
    yield opened
    await opened.close()


def certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Home CA")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


async def test_a_factory_reset_leaves_no_record(keeper: RegistryKeeper, tmp_path: Path) -> None:
    await keeper.forget()  # there is nothing yet
    await keeper.put(CLIENTS, UUID, HALL)
    await keeper.add_certificate("ca.pem", certificate())
    await keeper.forget()
    left = {one.name for one in (tmp_path / "state").iterdir()}
    assert left == {"key"}
    assert await keeper.uuids(CLIENTS) == ()
    await keeper.put(CLIENTS, UUID, HALL)
    assert (await keeper.get(CLIENTS, UUID)).record == HALL


async def test_nothing_is_made_before_it_is_used(tmp_path: Path) -> None:
    keeper = open_registry(Config(state_dir=str(tmp_path / "state")))
    await keeper.close()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240  an empty folder


async def test_records(keeper: RegistryKeeper) -> None:
    entry = await keeper.put(CLIENTS, UUID.upper(), HALL, expected=0)
    assert await keeper.get(CLIENTS, UUID.upper()) == entry
    assert await keeper.find(CLIENTS, MacAddress("a1:b2:c3:d4:e5:f6")) == entry
    assert await keeper.uuids(CLIENTS) == (UUID,)
    assert await keeper.entries(CLIENTS) == [one async for one in keeper.each(CLIENTS)] == [entry]
    assert [one.uuid async for one in keeper.registered()] == [UUID]
    assert await keeper.rotate_key() == 1
    assert await keeper.get(CLIENTS, UUID) == entry
    for bad in ("../key", ""):
        with pytest.raises(InvalidInput):
            await keeper.put(CLIENTS, bad, HALL)
        with pytest.raises(NotFound):
            await keeper.get(CLIENTS, bad)
    await keeper.delete(CLIENTS, UUID)
    assert await keeper.uuids(CLIENTS) == ()


async def test_a_stream_lets_others_in_between(keeper: RegistryKeeper) -> None:
    rows = [{"name": str(n)} for n in range(200)]
    await keeper.import_all(json.dumps({"clients": rows}).encode(), "json")
    stream = keeper.each(CLIENTS)
    await anext(stream)
    await keeper.put(CLIENTS, UUID, HALL)
    assert len([one async for one in stream]) == 199
    left = keeper.each(CLIENTS)
    await anext(left)
    await left.aclose()


async def test_an_import_lets_others_in_between(
    keeper: RegistryKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    real = TableRegistry.find

    def find(self: TableRegistry, kind: RecordKind, mac: MacAddress) -> object:
        looked_up.append(mac)
        return real(self, kind, mac)

    monkeypatch.setattr(TableRegistry, "find", find)
    text = b"kind,name,mac_address\n" + b"".join(
        b"clients,%d,02000000%04x\n" % (n, n) for n in range(1000)
    )
    importing = asyncio.create_task(keeper.import_all(text, "csv"))
    while not looked_up:  # noqa: ASYNC110  it is another thread that looks up
        await asyncio.sleep(0)
    await keeper.find(CLIENTS, MacAddress("a1:b2:c3:d4:e5:f6"))
    assert (await importing).added == 1000
    assert looked_up.index("a1:b2:c3:d4:e5:f6") < 1000
    assert len(await keeper.uuids(CLIENTS)) == 1000


async def test_what_was_taken_since_the_file_was_compared_is_told(
    keeper: RegistryKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = transfer.import_all

    def late(registry: TableRegistry, found: FoundFile) -> None:
        registry.put(CLIENTS, UUID, HALL)
        real(registry, found)

    monkeypatch.setattr(transfer, "import_all", late)
    with pytest.raises(Conflict) as refused:
        await keeper.import_all(b"kind,name,mac_address\nclients,Late,a1b2c3d4e5f6\n", "csv")
    assert refused.value.code is Code.MAC_TAKEN
    assert await keeper.uuids(CLIENTS) == (UUID,)


async def test_an_empty_export_has_every_list(keeper: RegistryKeeper) -> None:
    text = b"".join([piece async for piece in keeper.export("json")])
    assert json.loads(text) == {"controllers": [], "clients": [], "certificates": []}
    await keeper.add_certificate("a", b"x")
    text = b"".join([piece async for piece in keeper.export("json")])
    assert [one["file"] for one in json.loads(text)["certificates"]] == ["a"]


async def test_certificates(keeper: RegistryKeeper) -> None:
    pem = certificate()
    await keeper.add_certificate("ca.pem", pem)
    await keeper.add_certificate("notes.txt", b"hello")
    with pytest.raises(Conflict):
        await keeper.add_certificate("ca.pem", pem)
    for name in ("", "a" * 32, "../x", "a/b", "a\\b", ".", "..", "a\0b", "a\nb", "\u202ea"):
        with pytest.raises(InvalidInput):
            await keeper.add_certificate(name, pem)
        with pytest.raises(NotFound):
            await keeper.certificate(name)
    for content in (b"\xff", b"a\0", b"x" * 65_537):
        with pytest.raises(InvalidInput):
            await keeper.add_certificate("other", content)
    details = await keeper.certificate_details("ca.pem")
    assert (details.valid, details.subject) == (True, "CN=Home CA")
    assert details.not_after == 1_767_312_000_000
    assert await keeper.client_ca() is None
    with pytest.raises(InvalidInput) as refused:
        await keeper.designate(CLIENTS, "notes.txt")
    assert refused.value.code is Code.NOT_A_CERTIFICATE
    await keeper.designate(CLIENTS, "ca.pem")
    found = await keeper.client_ca()
    assert found is not None
    assert (found.pem.encode(), found.fingerprint) == (pem, details.fingerprint)
    assert len(details.fingerprint) == 95
    assert details.fingerprint == details.fingerprint.upper()
    await keeper.delete_certificate("ca.pem")
    assert [one.file for one in await keeper.certificates()] == ["notes.txt"]


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_what_is_exported_comes_back(
    keeper: RegistryKeeper, tmp_path: Path, form: str
) -> None:
    await keeper.put(CLIENTS, UUID, HALL)
    await keeper.add_certificate("ca.pem", certificate())
    await keeper.designate(CLIENTS, "ca.pem")
    text = b"".join([piece async for piece in keeper.export(form)])
    if form == "csv":
        assert b'"\'=1+1"' in text
        assert b'"\'-correct-horse"' in text
    seen = await keeper.import_all(text, form)
    assert (seen.added, seen.changed, seen.faults) == (0, 0, ())
    other = open_registry(Config(state_dir=str(tmp_path / "other")))
    assert (await other.preview_import(text, form)).faults == ()
    assert await other.uuids(CLIENTS) == ()
    await other.import_all(text, form)
    assert (await other.get(CLIENTS, UUID)).record == HALL
    assert len(await other.certificates()) == (form == "json")
    await other.close()


def with_certificates(*members: tuple[str, str, str]) -> bytes:
    """A file to import: names, texts, and what each is designated for."""
    return json.dumps(
        {
            "certificates": [
                {"file": file, "pem": pem} | dict.fromkeys(designated.split(), True)
                for file, pem, designated in members
            ]
        }
    ).encode()


async def test_another_designated_certificate_is_a_change(keeper: RegistryKeeper) -> None:
    """Devices would be handed another CA: nobody is to hear that nothing changes."""
    old, new = certificate().decode(), certificate().decode()
    await keeper.add_certificate("old.pem", old.encode())
    await keeper.add_certificate("new.pem", new.encode())
    for kind in RecordKind:
        await keeper.designate(kind, "new.pem")
    text = with_certificates(("old.pem", old, "client"), ("new.pem", new, "controller"))
    seen = await keeper.preview_import(text, "json")
    assert (seen.added, seen.changed, seen.unchanged, seen.faults) == (0, 1, 1, ())
    await keeper.import_all(text, "json")
    seen = await keeper.preview_import(text, "json")
    assert (seen.added, seen.changed, seen.unchanged) == (0, 0, 2)


async def test_what_can_not_be_designated_is_not_by_an_import_either(
    keeper: RegistryKeeper,
) -> None:
    good = certificate().decode()
    seen = await keeper.import_all(with_certificates(("x.pem", "hello", "client")), "json")
    [fault] = seen.faults
    assert (fault.field, "no X.509 certificate" in fault.message) == ("certificates.x.pem", True)
    two = with_certificates(("a.pem", good, "client"), ("b.pem", good, "client controller"))
    [fault] = (await keeper.import_all(two, "json")).faults
    assert fault.message == "is designated for clients, and so is a.pem"
    assert await keeper.certificates() == ()
    assert (await keeper.import_all(with_certificates(("x.txt", "hello", "")), "json")).added == 1


async def test_an_import_with_faults_changes_nothing(keeper: RegistryKeeper) -> None:
    await keeper.put(CLIENTS, UUID, HALL)
    text = (
        b"kind,name,mac_address,mqtt.port\r\n"
        b"clients,Good,,\r\n"
        b"clients,Thief,a1:b2:c3:d4:e5:f6,\r\n"
        b"clients,Bad,zz,\r\n"
        b"clients,,,0\r\n"
        b"pumps,P,,\r\n"
    )
    seen = await keeper.import_all(text, "csv")
    assert {(one.line, one.field) for one in seen.faults} == {
        (3, "mac_address"),
        (4, "mac_address"),
        (5, "mqtt.port"),
        (6, "kind"),
    }
    assert await keeper.uuids(CLIENTS) == (UUID,)
    many = b"kind,name\r\n" + b"clients,\r\n" * 150
    seen = await keeper.preview_import(many, "csv")
    assert (len(seen.faults), seen.more_faults) == (100, 50)
    with pytest.raises(InvalidInput) as refused:
        await keeper.preview_import(b" " * (32 * 2**20 + 1), "csv")
    assert refused.value.code is Code.BODY_TOO_LARGE
    with pytest.raises(InvalidInput):
        await keeper.preview_import(b"", "xml")


async def test_duplicates_and_unknown_columns_are_named(keeper: RegistryKeeper) -> None:
    text = b'{"clients":[{"name":"a","mac":"A1B2C3D4E5F6"},{"name":"b","mac":"a1-b2-c3-d4-e5-f6"}]}'
    [fault] = (await keeper.preview_import(text, "json")).faults
    assert (fault.field, fault.message) == (
        "clients[1].mac_address",
        "is the same as in clients[0]",
    )
    [fault] = (await keeper.preview_import(b"kind,name,colour\r\n", "csv")).faults
    assert (fault.line, fault.field) == (1, "colour")


async def test_postgresql_that_is_down_is_told_and_tried_again(tmp_path: Path) -> None:
    url = f"postgresql://ada:s3cret@/nowhere?host={tmp_path}"
    keeper = open_registry(Config(state_dir=str(tmp_path), registry=RegistryConfig(url=url)))
    said = await keeper.trouble()
    assert "PostgreSQL" in said
    assert "s3cret" not in said
    with pytest.raises(StoreFailure):
        await keeper.uuids(CLIENTS)
    await keeper.close()
