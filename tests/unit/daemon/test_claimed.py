"""What was claimed: put to use, replaced, dropped, forgotten."""

from contextlib import closing

import pytest
from tests.unit.daemon.claimant import HOME, Made, claimed, controller, joins
from tests.unit.daemon.lamp import network, wish
from tests.unit.target.controller import CLIENT, UUIDS, answer, on_air

from firstlight.config import Claim as ClaimSettings
from firstlight.errors import Code, Conflict
from firstlight.model.claim import AfterFailure, ClaimBody, ClaimCause, ClaimState, Role
from firstlight.model.claimed import ClaimedBroker
from firstlight.model.mqtt import BrokerCause
from firstlight.model.radio import Link
from firstlight.model.records import RecordKind
from firstlight.store.registry.select import open_registry, open_vault, seal_files_anew


async def test_after_a_restart_what_was_claimed_goes_on(made: Made) -> None:
    lamp = made(on_air())
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.device.claim().problem != "")
    assert "The network home was not found" in lamp.device.claim().problem
    await lamp.kill()
    again = made(HOME)
    await again.start()
    await again.wait(lambda: again.online)
    await again.clock.advance(5)
    assert again.device.claim().problem == ""
    assert again.device.claim().stored
    assert controller(again).paths == []


async def test_a_network_that_a_person_has_chosen_is_left_alone(made: Made) -> None:
    lamp = made(on_air(), network(b"other"))
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.device.claim().problem != "")
    attempt = await lamp.joined(wish(b"other"))
    assert attempt.cause is None
    before = joins(lamp)
    await lamp.clock.advance(1800)
    assert joins(lamp) == before
    assert lamp.on == "other"


async def test_what_was_claimed_is_replaced_only_if_that_is_wished(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(10)
    with pytest.raises(Conflict) as refused:
        await lamp.device.begin_claim(ClaimBody())
    assert refused.value.code is Code.ALREADY_EXISTS
    controller(lamp).answers["client"] = answer({}, 404)
    await claimed(lamp, ClaimBody(again=True))
    told = lamp.device.claim()
    assert (told.claim.cause, told.stored) == (ClaimCause.NOT_REGISTERED, True)
    await lamp.wait(lambda: lamp.online)
    assert lamp.on == "home"


@pytest.mark.parametrize("policy", AfterFailure)
async def test_a_wrong_password_is_told_and_kept_or_dropped(
    made: Made, policy: AfterFailure
) -> None:
    wrong = CLIENT | {"wifi": {"ssid": "home", "password": "wrong-horse"}}
    lamp = made(on_air(), HOME, claim=ClaimSettings(after_failure=policy), client=answer(wrong))
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.device.claim().problem != "")
    told = lamp.device.claim()
    assert "The password for home was not accepted." in told.problem
    assert told.problem in lamp.status.runtime.warnings
    assert told.stored is (policy is AfterFailure.KEEP)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    before = joins(lamp)
    await lamp.clock.advance(600)
    assert joins(lamp) - before in (range(2, 6) if policy is AfterFailure.KEEP else {0})
    if policy is AfterFailure.DROP:
        controller(lamp).answers["client"] = answer(CLIENT)
        await claimed(lamp)
        await lamp.wait(lambda: lamp.online)


@pytest.mark.parametrize("policy", AfterFailure)
async def test_a_broker_that_refuses_is_told_and_kept_or_dropped(
    made: Made, policy: AfterFailure
) -> None:
    lamp = made(on_air(), HOME, claim=ClaimSettings(after_failure=policy))
    await lamp.started()
    brokers: list[ClaimedBroker | None] = []
    lamp.device.operating.on_broker = brokers.append
    await claimed(lamp)
    await lamp.wait(lambda: bool(brokers) and brokers[-1] is not None)
    operating = lamp.device.operating
    operating.broker_failed(BrokerCause.NOT_AUTHORIZED, "The broker refuses.")
    operating.broker_opened()  # begins the count anew
    for _ in range(3):
        assert lamp.device.claim().stored
        operating.broker_failed(BrokerCause.NOT_AUTHORIZED, "The broker refuses.")
    await lamp.clock.advance(1)
    dropped = policy is AfterFailure.DROP
    assert lamp.device.claim().stored is not dropped
    assert (brokers[-1] is None) is dropped
    warned = any("can be claimed again" in one for one in lamp.status.runtime.warnings)
    assert warned is dropped
    assert lamp.online  # the network works, and stays


async def test_a_rotation_of_the_key_takes_it_along(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(10)
    vault = open_vault(lamp.folder, key_file=None)
    vault.begin_rotation()
    seal_files_anew(lamp.folder, key_file=None)
    vault.finish_rotation()
    await claimed(lamp, ClaimBody(again=True))
    await lamp.clock.advance(5)
    await lamp.kill()
    again = made(HOME)
    await again.started()
    assert again.device.claim().stored


async def test_a_controller_gets_the_whole_registry(made: Made) -> None:
    lamp = made(on_air(), claim=ClaimSettings(role=Role.CONTROLLER))
    await lamp.started()
    await claimed(lamp)
    assert lamp.device.claim().claim.state is ClaimState.SUCCEEDED, lamp.device.claim()
    assert controller(lamp).paths == ["nonce", "controller", "certs"]
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    with closing(open_registry(lamp.folder, url=None, key_file=None)) as registry:
        assert registry.uuids(RecordKind.CONTROLLER) == tuple(UUIDS[:1])
        assert sorted(registry.uuids(RecordKind.CLIENT)) == UUIDS[1:4]
        designated = registry.designated(RecordKind.CLIENT)
        assert designated is not None
        assert designated.file == "claimed-ca.pem"
    await lamp.kill()
    again = made(claim=ClaimSettings(role=Role.CONTROLLER, at_boot=True))
    await again.started()
    assert again.device.claim().stored


async def test_records_that_do_not_fit_are_a_failure_of_the_store(made: Made) -> None:
    twins = [
        {"uuid": uuid, "name": "Twin", "mac_address": "02:aa:00:00:00:01"} for uuid in UUIDS[:2]
    ]
    bundle = answer({"controllers": [], "clients": twins})
    lamp = made(on_air(), claim=ClaimSettings(role=Role.CONTROLLER), controller=bundle)
    await lamp.started()
    await claimed(lamp)
    told = lamp.device.claim()
    assert (told.claim.cause, told.stored) == (ClaimCause.STORE_FAILED, False)


async def test_a_factory_reset_forgets_it(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    await lamp.device.factory_reset()
    await lamp.wait(lambda: not (lamp.folder / "factory-reset.json").exists())
    told = lamp.device.claim()
    assert (told.claim.state, told.stored) == (ClaimState.NONE, False)
    names = {path.name for path in lamp.folder.iterdir()}
    assert not names & {"claimed.sealed", "claim.json", "operation.json"}


async def test_a_damaged_file_does_not_keep_the_device_down(made: Made) -> None:
    lamp = made(on_air(), HOME)
    (lamp.folder / "claimed.sealed").write_bytes(b"damaged")
    (lamp.folder / "claim.json").write_bytes(b"damaged")
    (lamp.folder / "operation.json").write_bytes(b"damaged")
    await lamp.started()
    assert lamp.link is Link.HOTSPOT
    assert lamp.status.runtime.warnings
