"""Pairing as a person and a program see it, and as the disk does."""

import asyncio
import logging
import re
from pathlib import Path

import pytest
from tests.unit.daemon.counter import MAY, OTHER, PHONE, Counter

from firstlight.core.reset import as_new
from firstlight.daemon.sessions import Randomness
from firstlight.errors import Code, LockedOut, NotFound, Unauthorized
from firstlight.model.event import Level

DAY = 86_400.0


async def test_a_code_becomes_a_token(counter: Counter) -> None:
    shown = await counter.pairing.code()
    assert re.fullmatch(r"[0-9]{6}", shown.code)
    assert (shown.expires_in, shown.paused_for) == (300, 0)
    assert shown.device_id.startswith("AUR-2026-")
    paired = await counter.pairing.pair(shown.code, "Ada's phone", PHONE)
    assert paired.expires_at_ms == (MAY + 30 * DAY) * 1000
    assert paired.seconds == 30 * DAY
    found = counter.pairing.authorize_bearer(paired.token)
    assert found is not None
    assert (found.id, found.device_name) == (paired.session_id, "Ada's phone")
    assert counter.pairing.sessions() == (found,)
    assert counter.told == [(Level.SUCCESS, "A device was paired: Ada's phone.")]


async def test_nothing_else_signs_in(counter: Counter) -> None:
    code = await counter.code()
    paired = await counter.pairing.pair(code, "phone", PHONE)
    for token in ("", code, paired.session_id, paired.token[:-1], paired.token + "x", "\ud800"):
        assert counter.pairing.authorize_bearer(token) is None


async def test_the_code_of_the_moment_stands_in_provisioning_json(counter: Counter) -> None:
    code = await counter.code()
    assert counter.kept()["device.auth.code"] == code
    await counter.pairing.pair(code, "phone", PHONE)
    new = counter.kept()["device.auth.code"]
    assert new != code
    assert new == await counter.code()
    counter.clock.move(299.9)
    assert await counter.code() == new
    counter.clock.move(0.1)
    assert await counter.code() != new
    assert counter.kept()["device.auth.code"] == await counter.code()


async def test_how_long_a_code_is_good_can_be_configured(tmp_path: Path) -> None:
    counter = Counter(tmp_path, code_seconds=900.0)
    await counter.start()
    assert (await counter.pairing.code()).expires_in == 900
    counter.clock.move(899.0)
    await counter.pairing.pair(await counter.code(), "phone", PHONE)


async def test_sessions_outlive_restarts_and_reboots(counter: Counter) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    await counter.start()
    assert counter.pairing.authorize_bearer(token)
    await counter.reboot(off=29 * DAY)
    assert counter.pairing.authorize_bearer(token)
    await counter.reboot(off=1 * DAY)
    assert counter.pairing.authorize_bearer(token) is None
    await counter.pairing.close()
    assert not (counter.folder / "sessions.json").exists()


async def test_a_session_that_expires_goes_from_the_disk(counter: Counter) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    counter.clock.move(30 * DAY)
    assert counter.pairing.authorize_bearer(token) is None
    assert counter.pairing.sessions() == ()
    await counter.pairing.close()
    assert not (counter.folder / "sessions.json").exists()


async def test_the_first_day_of_a_board_without_a_clock(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    counter.clock.believed = 20.0
    await counter.start()
    assert (await counter.pairing.code()).device_id.startswith("AUR-2026-")
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    counter.clock.believed = MAY
    assert counter.pairing.authorize_bearer(token)
    await counter.pairing.close()
    await counter.reboot(off=29 * DAY)
    assert counter.pairing.authorize_bearer(token)


async def test_use_is_written_once_an_hour(counter: Counter) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    file = counter.folder / "sessions.json"
    before = file.stat().st_ino
    counter.clock.move(3599.0)
    assert counter.pairing.authorize_bearer(token)
    await counter.pairing.close()
    assert file.stat().st_ino == before
    counter.clock.move(1.0)
    assert counter.pairing.authorize_bearer(token)
    await counter.pairing.close()
    written = file.read_bytes()
    await counter.start()
    (entry,) = counter.pairing.sessions()
    assert entry.last_used_at == (MAY + 3600) * 1000
    assert file.read_bytes() == written


async def test_one_is_signed_out_and_the_others_stay(counter: Counter) -> None:
    tokens = {}
    for name in ("phone", "tablet"):
        tokens[name] = await counter.pairing.pair(await counter.code(), name, PHONE)
    await counter.pairing.revoke(tokens["phone"].session_id)
    assert counter.told[-1] == (Level.INFO, "A device was signed out: phone.")
    for _ in range(2):
        assert counter.pairing.authorize_bearer(tokens["phone"].token) is None
        assert counter.pairing.authorize_bearer(tokens["tablet"].token)
        await counter.start()
    with pytest.raises(NotFound) as unknown:
        await counter.pairing.revoke(tokens["phone"].session_id)
    assert unknown.value.code is Code.UNKNOWN_SESSION


async def test_everybody_is_signed_out(counter: Counter) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    await counter.pairing.revoke_all()
    assert counter.told[-1] == (Level.INFO, "All paired devices were signed out.")
    assert not counter.pairing.authorize_visual(code, PHONE)
    for _ in range(2):
        assert counter.pairing.authorize_bearer(token) is None
        assert counter.pairing.sessions() == ()
        await counter.start()


async def test_the_one_unused_for_longest_makes_room_and_that_is_said(counter: Counter) -> None:
    for n in range(33):
        counter.clock.move(1.0)
        await counter.pairing.pair(await counter.code(), f"phone {n}", PHONE)
    assert [one.device_name for one in counter.pairing.sessions()][::31] == ["phone 1", "phone 32"]
    warning = next(message for level, message in counter.told if level is Level.WARNING)
    assert warning.endswith("signed out: phone 0.")


async def test_a_promoted_code_is_good_for_its_caller_and_an_hour(counter: Counter) -> None:
    code = await counter.code()
    assert not counter.pairing.authorize_visual(code, PHONE)
    await counter.pairing.promote(code, PHONE)
    assert counter.told == [(Level.SUCCESS, f"{PHONE} signed in with the code, for 60 minutes.")]
    assert counter.pairing.authorize_visual(code, PHONE)
    assert not counter.pairing.authorize_visual(code, OTHER)
    counter.clock.move(3599.0)
    await counter.pairing.promote(code, PHONE)
    counter.clock.move(1.0)
    assert not counter.pairing.authorize_visual(code, PHONE)
    assert counter.pairing.sessions() == ()


async def test_a_promoted_code_is_used_up_for_everything_else(counter: Counter) -> None:
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    assert isinstance(await counter.refused(code), Unauthorized)
    with pytest.raises(Unauthorized):
        await counter.pairing.promote(code, OTHER)


async def test_a_promotion_does_not_outlive_the_process(counter: Counter) -> None:
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    await counter.start()
    assert not counter.pairing.authorize_visual(code, PHONE)


@pytest.mark.parametrize("nothing", ["", " "])
async def test_no_code_at_all_is_refused_and_not_counted(counter: Counter, nothing: str) -> None:
    for _ in range(10):
        assert isinstance(await counter.refused(nothing), Unauthorized)
        with pytest.raises(Unauthorized):
            await counter.pairing.promote(nothing, PHONE)
    await counter.pairing.pair(await counter.code(), "phone", PHONE)


async def test_a_new_code_on_demand(counter: Counter) -> None:
    old = await counter.code()
    shown = await counter.pairing.regenerate()
    assert shown.code != old
    assert counter.kept()["device.auth.code"] == shown.code
    assert isinstance(await counter.refused(old), Unauthorized)


async def test_the_first_start_names_the_device_once_and_for_all(counter: Counter) -> None:
    assert counter.pairing.is_first_start
    name = (await counter.pairing.code()).device_id
    assert counter.kept()["device.auth.deviceId"] == name
    counter.identity = type(counter.identity)(machine_id="another")
    counter.clock.move(400 * DAY)
    await counter.start()
    assert not counter.pairing.is_first_start
    assert (await counter.pairing.code()).device_id == name
    assert as_new(counter.memory.kept).device_id == name


async def test_two_starts_from_nothing_give_the_same_name(tmp_path: Path) -> None:
    names = set()
    for seed in (1, 2):
        counter = Counter(tmp_path / f"{seed}", seed=seed)
        await counter.start()
        names.add((await counter.pairing.code()).device_id)
    assert len(names) == 1


async def test_a_kept_name_that_is_none_is_replaced(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    name = (await counter.pairing.code()).device_id
    await counter.memory.change(device_id="<b>\u202e")
    await counter.start()
    assert (await counter.pairing.code()).device_id == name
    assert not counter.pairing.is_first_start
    assert "<b>\\xe2\\x80\\xae is not one" in caplog.text


async def test_a_factory_reset_forgets_everybody(counter: Counter) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    await counter.lock()
    (counter.folder / "sessions.json.damaged").write_text("old")
    old = await counter.code()
    await counter.pairing.forget()
    assert {one.name for one in counter.folder.iterdir()} == {"provisioning.json"}
    assert counter.pairing.authorize_bearer(token) is None
    assert not counter.pairing.authorize_visual(code, PHONE)
    assert isinstance(await counter.refused(old), Unauthorized)
    await counter.pairing.forget()
    await counter.start()
    assert counter.pairing.authorize_bearer(token) is None
    await counter.pairing.pair(await counter.code(), "phone", PHONE)


async def test_after_a_reset_of_the_memory_the_code_is_kept_again(counter: Counter) -> None:
    await counter.memory.reset()
    assert counter.kept()["device.auth.code"] == ""
    await counter.pairing.forget()
    assert counter.kept()["device.auth.code"] == await counter.code()


async def test_damaged_sessions_sign_nobody_in_and_that_is_said(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    file = counter.folder / "sessions.json"
    file.write_bytes(file.read_bytes()[:-3])
    await counter.start()
    assert counter.pairing.authorize_bearer(token) is None
    assert counter.told[-1][0] is Level.WARNING
    assert "pair again" in counter.told[-1][1]
    assert "sessions.json.damaged" in caplog.text


async def test_sessions_that_can_not_be_read_sign_nobody_in(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    (counter.folder / "sessions.json").unlink()
    (counter.folder / "sessions.json").mkdir()
    await counter.start()
    assert counter.pairing.authorize_bearer(token) is None
    assert "can't be read" in caplog.text


async def test_tries_at_the_same_time_don_t_pass_one_another(counter: Counter) -> None:
    wrong = await counter.wrong()
    errors = await asyncio.gather(*(counter.refused(wrong, f"10.0.0.{n}") for n in range(100)))
    assert sum(isinstance(error, Unauthorized) for error in errors) == 5
    assert sum(isinstance(error, LockedOut) for error in errors) == 95


async def test_of_two_who_type_the_code_at_once_one_gets_in(counter: Counter) -> None:
    code = await counter.code()
    ends = await asyncio.gather(
        *(counter.pairing.pair(code, f"phone {n}", PHONE) for n in range(2)),
        counter.pairing.promote(code, PHONE),
        return_exceptions=True,
    )
    assert [isinstance(end, Unauthorized) for end in ends] == [False, True, True]
    assert len(counter.pairing.sessions()) == 1


async def test_who_is_cut_off_while_pairing_leaves_nothing_half_done(counter: Counter) -> None:
    pairing = asyncio.create_task(counter.pairing.pair(await counter.code(), "phone", PHONE))
    await asyncio.sleep(0)
    pairing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pairing
    await counter.pairing.close()
    (entry,) = counter.pairing.sessions()
    await counter.start()
    assert counter.pairing.sessions() == (entry,)


async def test_a_kernel_without_a_boot_id(counter: Counter) -> None:
    counter.clock.boot_id = ""
    await counter.start()
    token = (await counter.pairing.pair(await counter.code(), "phone", PHONE)).token
    for _ in range(100):
        assert counter.pairing.authorize_bearer(token)
    assert counter.pairing.sessions()[0].created_at == MAY * 1000
    await counter.lock()
    await counter.start()
    assert (await counter.pairing.code()).paused_for > 0


def test_the_randomness_is_the_system_s() -> None:
    random = Randomness()
    assert {random.below(3) for _ in range(200)} == {0, 1, 2}
    assert len({random.some(8) for _ in range(50)}) == 50
    token = random.token(32)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


async def test_no_code_and_no_token_is_ever_told_or_logged(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = [await counter.code()]
    secret.append((await counter.pairing.pair(secret[0], "phone", PHONE)).token)
    secret.append(await counter.code())
    await counter.pairing.promote(secret[-1], PHONE)
    for _ in range(5):
        secret.append(await counter.wrong())
        secret.append(await counter.code())
        await counter.refused(secret[-2])
    secret.append((await counter.pairing.unlock()).code)
    await counter.pairing.revoke_all()
    said = f"{counter.told} {caplog.text} {counter.pairing.sessions()}"
    for one in secret:
        assert one not in said
