"""Claiming, from the wish or the boot to the end; a failure leaves things as before."""

import pytest
from tests.unit.daemon.claimant import HOME, Made, claimed, controller
from tests.unit.daemon.proxies import FailingRadio
from tests.unit.target.controller import BSSID, CLIENT, LOST, answer, on_air

from firstlight.config import Claim as ClaimSettings
from firstlight.config import Config
from firstlight.errors import Busy, RadioFailure, RadioUnavailable, StoreFailure
from firstlight.model.claim import ClaimBody, ClaimCause, ClaimState
from firstlight.model.event import Action
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import TrialPlan
from firstlight.model.radio import Link
from firstlight.model.status import Health, Mode
from firstlight.radio.port import Report
from firstlight.radio.simulated.faults import Unplugged
from firstlight.radio.simulated.radio import SimulatedRadio

PHONE = MacAddress("02:dd:00:00:00:01")
OTHER = MacAddress("02:cc:00:00:00:01")


async def test_from_nothing_to_the_network_with_one_command(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await claimed(lamp)
    told = lamp.device.claim()
    assert (told.claim.state, told.claim.cause, told.stored) == (ClaimState.SUCCEEDED, None, True)
    assert [step.name.value for step in told.claim.steps] == [
        "found",
        "joined",
        "nonce",
        "configuration",
        "certificate",
        "stored",
    ]
    assert told.claim.bssid == BSSID
    assert controller(lamp).paths == ["nonce", "client", "certs"]
    assert controller(lamp).most_at_once == 1
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    assert lamp.on == "home"
    assert await lamp.names() == ["home"]
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.runtime.health is Health.OK


async def test_nobody_is_told_a_secret(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await claimed(lamp)
    await lamp.wait(lambda: lamp.online)
    told = f"{lamp.hub.recent(256)!r} {lamp.device.claim()!r} {lamp.status!r}"
    for secret in ("correct-horse", "mqtt-secret", "A6B5C4D3E2F1", "3405691582"):
        assert secret not in told
    kept = b"".join(path.read_bytes() for path in lamp.folder.iterdir() if path.is_file())
    assert b"mqtt-secret" not in kept
    assert b"correct-horse" not in kept


async def test_at_boot_before_the_hotspot_goes_up(made: Made) -> None:
    lamp = made(on_air(), HOME, claim=ClaimSettings(at_boot=True))
    await lamp.start()
    await lamp.wait(lambda: lamp.online and lamp.on == "home")
    assert Link.HOTSPOT not in lamp.links
    assert lamp.device.claim().claim.state is ClaimState.SUCCEEDED


async def test_a_join_that_may_begin_and_comes_to_nothing_is_given_up_after_ten_seconds(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    activate = SimulatedRadio.activate_trial

    async def silent(radio: SimulatedRadio, plan: TrialPlan, _report: Report) -> str:
        return await activate(radio, plan, lambda _: None)

    monkeypatch.setattr(SimulatedRadio, "activate_trial", silent)
    await claimed(lamp)
    assert lamp.device.claim().claim.cause is ClaimCause.COULD_NOT_JOIN


async def test_nothing_found_at_boot_is_told_until_the_next_try(made: Made) -> None:
    lamp = made(HOME, claim=ClaimSettings(at_boot=True))
    await lamp.started()
    assert lamp.link is Link.HOTSPOT
    [warning] = lamp.status.runtime.warnings
    assert warning == (
        "No configuration was claimed: No controller in Provisioning Mode is in range."
    )
    assert lamp.status.runtime.health is Health.WARNING
    failed = [event for event in lamp.hub.recent(256) if event.action is Action.CLAIM][-1]
    assert failed.details is not None
    assert failed.details["cause"] == "nothing_found"
    await lamp.kill()
    lamp.config = Config(state_dir=str(lamp.folder))
    await lamp.started()
    assert lamp.status.runtime.warnings == (warning,)


@pytest.mark.parametrize(
    ("path", "given", "cause"),
    [
        ("nonce", LOST, ClaimCause.UNREACHABLE),
        ("nonce", answer({}, 403), ClaimCause.FORBIDDEN),
        ("nonce", answer({}, 409), ClaimCause.INACTIVE),
        ("nonce", answer({"nonce": "1"}), ClaimCause.BAD_ANSWER),
        ("client", answer({}, 401), ClaimCause.UNAUTHORIZED),
        ("client", answer({}, 404), ClaimCause.NOT_REGISTERED),
        ("client", answer({"name": ""}), ClaimCause.BAD_ANSWER),
        ("certs", answer({"fingerprint": "AA", "pem": "x"}), ClaimCause.BAD_ANSWER),
        (
            "certs",
            answer(
                {
                    "fingerprint": "AA:BB",
                    "pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                }
            ),
            ClaimCause.FINGERPRINT_MISMATCH,
        ),
    ],
)
async def test_a_failure_stores_nothing_and_leaves_the_radio_as_it_was(
    made: Made, path: str, given: object, cause: ClaimCause
) -> None:
    lamp = made(on_air(), HOME, **{path: given})
    await lamp.started()
    await claimed(lamp)
    told = lamp.device.claim()
    assert (told.claim.state, told.claim.cause) == (ClaimState.FAILED, cause)
    assert told.claim.message
    assert told.claim.hint
    assert not told.stored
    assert not list(lamp.folder.glob("*.sealed"))
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    assert await lamp.names() == []
    assert not lamp.world.checkpoint.armed
    await claimed(lamp)


async def test_a_certificate_is_not_a_must(made: Made) -> None:
    lamp = made(on_air(), HOME, certs=answer({}, 404))
    await lamp.started()
    await claimed(lamp)
    assert lamp.device.claim().stored


async def test_the_next_controller_gets_its_turn(made: Made) -> None:
    weaker = on_air(OTHER, signal=40)
    lamp = made(on_air(), weaker, HOME)
    asked = controller(lamp)
    await lamp.started()

    def only_the_weaker(_request: object) -> None:
        bssid = lamp.radio.state.bssid
        asked.answers["client"] = answer(CLIENT) if bssid == OTHER else answer({}, 409)

    asked.before = only_the_weaker
    await claimed(lamp)
    told = lamp.device.claim().claim
    assert told.state is ClaimState.SUCCEEDED
    assert told.bssid == OTHER
    assert [(one.bssid, one.cause) for one in told.tries] == [(BSSID, ClaimCause.INACTIVE)]


async def test_it_goes_on_with_growing_pauses_and_the_hotspot_up(made: Made) -> None:
    lamp = made(HOME)
    await lamp.started()
    await claimed(lamp, ClaimBody(wait=True))
    rounds: set[int | None] = set()
    for _ in range(40):
        rounds.add(lamp.device.claim().claim.started_at)
        await lamp.clock.advance(5)
    assert 3 <= len(rounds) <= 7
    await lamp.wait(lambda: lamp.device.claim().claim.state is ClaimState.WAITING)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    with pytest.raises(Busy):
        await lamp.device.begin_claim(ClaimBody())
    ended = await lamp.do(lamp.device.end_claim())
    assert ended.claim.cause is ClaimCause.CANCELLED
    before = ended.claim
    await lamp.clock.advance(600)
    assert lamp.device.claim().claim == before


async def test_a_phone_on_the_hotspot_is_not_thrown_off(made: Made) -> None:
    lamp = made(HOME)
    await lamp.started()
    await claimed(lamp, ClaimBody(wait=True))
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    password = Passphrase(lamp.memory.kept.hotspot_password)
    assert lamp.world.let_station_join(PHONE, password)
    before = lamp.device.claim().claim.started_at
    await lamp.clock.advance(120)
    assert lamp.device.claim().claim.started_at == before
    lamp.world.let_station_leave(PHONE)
    await lamp.wait(lambda: lamp.device.claim().claim.started_at != before)


async def test_what_fails_while_it_stops_does_not_hang(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await lamp.device.begin_claim(ClaimBody())
    await lamp.clock.advance(0.5)
    await lamp.do(lamp.device.stop())
    assert not lamp.world.checkpoint.armed


async def test_a_disk_that_is_full(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise StoreFailure("No space left.")

    lamp = made(on_air(), HOME)
    await lamp.started()
    monkeypatch.setattr("firstlight.store.vault.write_atomically", full)
    monkeypatch.setattr("firstlight.store.notes.write_atomically", full)
    await claimed(lamp)
    told = lamp.device.claim()
    assert (told.claim.cause, told.stored) == (ClaimCause.STORE_FAILED, False)


async def test_a_fault_of_our_own_is_an_end_too(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()

    def broken(_request: object) -> None:
        raise RuntimeError("a fault")

    controller(lamp).before = broken
    await claimed(lamp)
    assert lamp.device.claim().claim.cause is ClaimCause.UNREACHABLE


async def test_a_claim_can_be_ended_in_the_middle(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.started()
    await lamp.device.begin_claim(ClaimBody())
    await lamp.clock.advance(0.1)
    with pytest.raises(Busy):
        await lamp.do(lamp.device.enable_hotspot())
    ended = await lamp.do(lamp.device.end_claim())
    assert ended.claim.cause is ClaimCause.CANCELLED
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)


async def test_a_radio_that_fails_ends_it(made: Made) -> None:
    lamp = made(on_air(), HOME)
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(5)
    radio.asked.clear()
    radio.fails["protect"] = RadioFailure("no checkpoint")
    await claimed(lamp)
    assert lamp.device.claim().claim.cause is ClaimCause.RADIO_FAILED
    assert [one for one in radio.asked if one == "limit_power"] == ["limit_power"] * 2
    assert radio.limits[-1] is None


async def test_without_a_radio_there_is_nothing_to_claim_with(made: Made) -> None:
    lamp = made(on_air())
    lamp.world.begin(Unplugged())
    await lamp.start()
    with pytest.raises(RadioUnavailable):
        await lamp.device.begin_claim(ClaimBody())


async def test_a_wired_address_that_is_not_there_is_named(made: Made) -> None:
    lamp = made(on_air(), claim=ClaimSettings(wired_mac="eth9", at_boot=True))
    await lamp.started()
    with pytest.raises(RadioUnavailable, match="eth9"):
        await lamp.device.begin_claim(ClaimBody())
