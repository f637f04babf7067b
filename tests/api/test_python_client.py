"""Every method of both clients, against the real daemon over its Unix socket."""

import inspect
import io
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.api.daemon_process import daemon
from tests.api.flavours import FLAVOURS, Flavour
from tests.api.test_command_line import until
from tests.unit.cli.stub_daemon import Reply, stub_daemon

from firstlight import __version__
from firstlight.cli.install.certificate import self_signed
from firstlight.client import AsyncClient, Client
from firstlight.client.registry import PAGE
from firstlight.errors import (
    Busy,
    Code,
    Conflict,
    InvalidInput,
    NotFound,
    NotUnderstood,
    Unauthorized,
)
from firstlight.model.attempt import AttemptState, Cause, StepName
from firstlight.model.claim import ClaimCause, ClaimState, Role
from firstlight.model.event import Action, ActionPhase
from firstlight.model.improv import ImprovState
from firstlight.model.provisioning_mode import ModeState
from firstlight.model.records import Client as ClientRecord
from firstlight.model.records import Controller, RecordKind
from firstlight.model.status import Mode
from firstlight.model.wire import CertificateUse, ExchangeForm, RestartScope

PASSWORD = "correct-horse"
UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
CLIENTS, CONTROLLERS = RecordKind.CLIENT, RecordKind.CONTROLLER


@pytest.fixture(scope="module", params=FLAVOURS)
def device(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flavour]:
    folder = tmp_path_factory.mktemp("state")
    with daemon(folder), FLAVOURS[request.param](state_dir=folder) as opened:
        yield opened


def test_both_clients_have_the_same_methods() -> None:
    def public(kind: type) -> set[str]:
        return {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}

    assert public(Client) - {"answers", "close", "reply"} == public(AsyncClient) - {"aclose"}


def test_looking(device: Flavour) -> None:
    assert device.status().hostname
    assert device.health().version == __version__
    assert "Lighthouse" in {one.ssid for one in device.networks()}
    assert device.diagnose().ladder.rungs
    assert device.test_network().connected is False
    assert device.description()["openapi"] == "3.1.0"
    assert "firstlight_build_info" in device.metrics()
    with zipfile.ZipFile(io.BytesIO(device.support_bundle())) as bundle:
        assert "README.txt" in bundle.namelist()


def test_joining_and_forgetting(device: Flavour) -> None:
    steps, attempt = device.follow("connect", "Lighthouse", password=PASSWORD)
    assert attempt.state is AttemptState.SUCCEEDED
    assert [step.name for step in steps][:2] == [StepName.FOUND, StepName.ASSOCIATED]
    assert tuple(steps) == attempt.steps
    assert device.newest_attempt() == device.attempt(attempt.id) == attempt
    assert [one.name for one in device.saved()] == ["Lighthouse"]
    device.complete_onboarding()
    assert device.status().mode is Mode.READY
    device.forget("Lighthouse")
    assert device.saved() == ()


def test_a_join_that_fails_has_a_result(device: Flavour) -> None:
    steps, attempt = device.follow("connect", ssid_hex=b"Lighthouse".hex(), password="wrong-horse")
    assert (attempt.state, attempt.cause) == (AttemptState.FAILED, Cause.WRONG_PASSWORD)
    assert steps[-1].name is StepName.RESTORED


def test_beginning_without_following(device: Flavour) -> None:
    attempt_id = device.begin_connect("Nowhere", password=PASSWORD)
    assert device.attempt(attempt_id).ssid == "Nowhere"
    until(lambda: device.attempt(attempt_id).state is not AttemptState.RUNNING)
    assert device.attempt(attempt_id).cause is Cause.NETWORK_NOT_FOUND


def test_what_is_wrong_is_named(device: Flavour) -> None:
    with pytest.raises(InvalidInput) as bad:
        device.begin_connect("Lighthouse", password="short")
    assert (bad.value.field, bad.value.code) == ("password", Code.INVALID_FIELD)
    assert bad.value.message.startswith("password: ")
    with pytest.raises(NotFound) as unknown:
        device.forget("Nobody's")
    assert unknown.value.code is Code.UNKNOWN_PROFILE
    assert unknown.value.hint


def test_the_hotspot(device: Flavour) -> None:
    device.enable_hotspot()
    shown = device.hotspot()
    assert (shown.up, len(shown.password) >= 8) == (True, True)
    device.disable_hotspot()
    assert not device.hotspot().up


def test_ways_back(device: Flavour) -> None:
    device.rollback("by hand")
    assert device.hotspot().up
    with pytest.raises(Busy):
        device.recover()
    device.enter_maintenance()
    assert device.status().mode is Mode.MAINTENANCE
    device.exit_maintenance()
    device.restart(reason="a try")
    device.restart(RestartScope.DEVICE)
    assert "would" in " ".join(event.message for event in device.take("recent_events", None))


def test_events(device: Flavour) -> None:
    device.enable_hotspot()
    first, second = device.take("events", 2)
    (again,) = device.take("events", 1, first.id)
    assert again == second


def test_pairing_and_sessions(device: Flavour) -> None:
    shown = device.code()
    assert device.new_code().code != shown.code
    assert device.unlock_code().paused_for == 0
    with pytest.raises(Unauthorized):
        device.pair("wrong", "Nobody")
    for name in ("One", "Two"):
        assert device.pair(device.code().code, name).token
    first, second = device.sessions()
    assert (first.device_name, second.device_name) == ("One", "Two")
    device.revoke_session(first.id)
    assert device.sessions() == (second,)
    device.revoke_all_sessions()
    assert device.sessions() == ()
    with pytest.raises(NotFound):
        device.revoke_session("no/such one")


def test_claiming(device: Flavour) -> None:
    steps, told = device.follow("claim_configuration", Role.CLIENT)
    assert (steps, told.claim.cause) == ([], ClaimCause.NOTHING_FOUND)
    assert device.begin_claim(wait=True).claim.state is ClaimState.RUNNING
    assert device.end_claim().claim.state is ClaimState.FAILED
    assert device.claim().claim.cause is ClaimCause.CANCELLED


def test_provisioning_mode(device: Flavour) -> None:
    assert not device.provisioning_mode().enabled
    device.enable_provisioning(force=True)
    until(lambda: device.provisioning_session().state is ModeState.ACTIVE)
    shown = device.provisioning_mode()
    assert (shown.enabled, shown.ssid) == (True, "FireFly-Provisioning")
    device.disable_provisioning()
    until(lambda: device.provisioning_session().state is ModeState.OFF)


def test_following_provisioning_mode_to_its_end(device: Flavour) -> None:
    """Somebody else ends it, once it is on."""
    with Client(state_dir=Path(device.where).parent) as other:

        def end() -> None:
            until(lambda: other.provisioning_session().state is ModeState.ACTIVE)
            other.disable_provisioning()

        ending = threading.Thread(target=end, name="who ends it")
        ending.start()
        steps, session = device.follow("provision", force=True)
        ending.join()
    assert (steps, session.state) == ([], ModeState.OFF)
    assert session.ended is not None


def test_records(device: Flavour) -> None:
    lamp = ClientRecord(name="Lamp", mac_address="a1:b2:c3:d4:e5:f6")
    version = device.put_record(CLIENTS, UUID.upper(), lamp, seen=0)
    entry = device.record(CLIENTS, UUID)
    assert (entry.record, entry.uuid, entry.version) == (lamp, UUID, version)
    with pytest.raises(Conflict) as conflict:
        device.put_record(CLIENTS, UUID, lamp, seen=0)
    assert conflict.value.code is Code.VERSION_CONFLICT
    device.put_record(CLIENTS, UUID, {"name": "Other"}, seen=version)
    assert device.record(CLIENTS, UUID).record.name == "Other"
    assert device.uuids(CLIENTS) == (UUID,)
    (plain,) = device.entries(CLIENTS)
    assert plain.record == {"name": "Other"}
    device.put_record(CONTROLLERS, UUID, Controller(name="Hall"))
    assert isinstance(device.record(CONTROLLERS, UUID).record, Controller)
    for kind in RecordKind:
        device.delete_record(kind, UUID)
    with pytest.raises(NotFound):
        device.record(CLIENTS, UUID)
    with pytest.raises(InvalidInput):
        device.put_record(CLIENTS, UUID, {"name": "x" * 21})


def test_in_bulk(device: Flavour) -> None:
    rows = "".join(f"client,Lamp {number}\n" for number in range(PAGE + 1))
    table = f"kind,name\n{rows}".encode()
    assert device.preview_import(table, ExchangeForm.CSV).added == PAGE + 1
    assert device.import_registry(table, ExchangeForm.CSV).added == PAGE + 1
    assert len({one.uuid for one in device.take("records", None, CLIENTS)}) == PAGE + 1
    exported = device.export_registry(ExchangeForm.JSON)
    assert device.pieces("exporting", ExchangeForm.JSON) == exported
    assert device.preview_import(exported, ExchangeForm.JSON).unchanged == PAGE + 1
    device.rotate_key()
    with pytest.raises(InvalidInput):
        device.import_registry(b"kind,name\nclient,\n", ExchangeForm.CSV)


def test_certificates(device: Flavour) -> None:
    pem, _ = self_signed(["lamp"], [], datetime.now(UTC))
    device.add_certificate("lamp one.pem", pem, CertificateUse.CONTROLLER)
    device.add_certificate("other.pem", pem)
    with pytest.raises(Conflict):
        device.add_certificate("other.pem", pem)
    device.designate_certificate("other.pem", CLIENTS)
    uses = {one.file: (one.controller, one.client) for one in device.certificates()}
    assert uses == {"lamp one.pem": (True, False), "other.pem": (False, True)}
    assert device.certificate("lamp one.pem") == pem.decode()
    assert device.certificate_details("lamp one.pem").subject == "CN=lamp"
    for name in uses:
        device.delete_certificate(name)
    with pytest.raises(NotFound):
        device.certificate("other.pem")


def test_a_factory_reset(device: Flavour) -> None:
    device.factory_reset()
    until(
        lambda: (
            (Action.FACTORY_RESET, ActionPhase.COMPLETED)
            in {(event.action, event.phase) for event in device.take("recent_events", None)}
        )
    )
    assert device.status().mode is Mode.PROVISIONING


def test_a_record_that_only_a_newer_version_knows_is_not_cut_down(tmp_path: Path) -> None:
    with stub_daemon(tmp_path) as stub, Client(state_dir=tmp_path) as client:
        body = b'{"name":"Lamp","dimmer":true}'
        stub.say(f"GET /api/clients/{UUID}", Reply(body, headers={"ETag": '"3"'}))
        with pytest.raises(NotUnderstood):
            client.record(CLIENTS, UUID)


def test_improv_that_is_not_switched_on(device: Flavour) -> None:
    told = device.improv()
    assert (told.enabled, told.state) == (False, ImprovState.OFF)
    with pytest.raises(Busy) as refused:
        device.authorize_improv()
    assert refused.value.code is Code.WRONG_MODE
