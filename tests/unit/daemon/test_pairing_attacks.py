"""Who does not belong, and tries anyway. Each attack works once its guard is taken away."""

import msgspec
import pytest
from msgspec.structs import replace
from tests.unit.daemon.counter import OTHER, PHONE, Counter

from firstlight.core.pairing import desk, promotion
from firstlight.core.pairing.code import CODES
from firstlight.core.pairing.desk import Judged
from firstlight.errors import LockedOut, Unauthorized
from firstlight.model.event import Level


def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard away: a try changes nothing, neither code nor count."""
    real = desk.tried

    def tried(before: desk.Desk, *given: object) -> Judged:
        return replace(real(before, *given), desk=before)  # type: ignore[arg-type]

    monkeypatch.setattr(desk, "tried", tried)


@pytest.mark.attack(
    "A pairing code a second time",
    guard="a code is good once",
)
async def test_a_used_code_again(counter: Counter) -> None:
    code = await counter.code()
    await counter.pairing.pair(code, "phone", PHONE)
    assert isinstance(await counter.refused(code, OTHER), Unauthorized)
    assert len(counter.pairing.sessions()) == 1


@pytest.mark.unguarded("A pairing code a second time")
async def test_a_used_code_again_without_guard(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful(monkeypatch)
    code = await counter.code()
    for caller in (PHONE, OTHER):
        await counter.pairing.pair(code, "phone", caller)
    assert len(counter.pairing.sessions()) == 2


async def test_an_expired_code(counter: Counter) -> None:
    code = await counter.code()
    counter.clock.move(300.0)
    assert isinstance(await counter.refused(code), Unauthorized)
    counter.clock.move(-300.0)
    assert isinstance(await counter.refused(code), Unauthorized)


@pytest.mark.attack(
    "A clock that is set back to bring a code back",
    guard="codes live by the clock that nobody can set",
)
async def test_setting_the_wall_clock_back_does_not_bring_a_code_back(counter: Counter) -> None:
    assert isinstance(await counter.refused(await expired_and_set_back(counter)), Unauthorized)


@pytest.mark.unguarded("A clock that is set back to bring a code back")
async def test_by_a_clock_that_can_be_set_it_comes_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter.clock, "monotonic", counter.clock.wall)
    await counter.pairing.pair(await expired_and_set_back(counter), "phone", PHONE)


async def expired_and_set_back(counter: Counter) -> str:
    """A code whose time is over, just before the wall clock jumps to a time before it was made."""
    code = await counter.code()
    counter.clock.move(300.0)
    counter.clock.believed -= 10_000.0
    return code


async def test_a_code_from_before_a_restart(counter: Counter) -> None:
    code = counter.kept()["device.auth.code"]
    assert isinstance(code, str)
    await counter.start()
    assert isinstance(await counter.refused(code), Unauthorized)
    assert counter.kept()["device.auth.code"] != code


async def test_a_code_that_somebody_wrote_into_the_file(counter: Counter) -> None:
    await counter.memory.change(auth_code="123456")
    await counter.start()
    assert isinstance(await counter.refused("123456"), Unauthorized)


@pytest.mark.attack(
    "Guessing from many addresses",
    guard="wrong codes are counted for the whole device",
)
async def test_five_wrong_codes_from_five_addresses(counter: Counter) -> None:
    old = await counter.code()
    for n in range(5):
        error = await counter.refused(await counter.wrong(), f"192.168.4.{n}")
        assert isinstance(error, Unauthorized)
        assert error.retry_after == (30.0 if n == 4 else None)
    said = "Pairing was refused five times in a row. No code is looked at for 30 s, and there is"
    assert counter.told == [(Level.WARNING, f"{said} a new one.")]
    assert await counter.code() != old
    for caller in (PHONE, OTHER):
        error = await counter.refused(await counter.code(), caller)
        assert isinstance(error, LockedOut)
        assert error.retry_after == 30.0
        with pytest.raises(LockedOut):
            await counter.pairing.promote(await counter.code(), caller)
    assert (await counter.pairing.code()).paused_for == 30
    counter.clock.move(30.0)
    await counter.pairing.pair(await counter.code(), "phone", PHONE)


@pytest.mark.unguarded("Guessing from many addresses")
async def test_where_nothing_is_counted_guessing_goes_on(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful(monkeypatch)
    code = await counter.code()
    for n in range(50):
        error = await counter.refused(await counter.wrong(), f"192.168.4.{n}")
        assert isinstance(error, Unauthorized)
    await counter.pairing.pair(code, "phone", PHONE)


async def test_wrong_codes_by_turns_on_both_doors(counter: Counter) -> None:
    wrong = await counter.wrong()
    for n in range(5):
        promoting = counter.pairing.promote(wrong, PHONE)
        pairing = counter.pairing.pair(wrong, "phone", PHONE)
        tried, left_out = (promoting, pairing) if n % 2 else (pairing, promoting)
        left_out.close()
        with pytest.raises(Unauthorized):
            await tried
    assert isinstance(await counter.refused(wrong), LockedOut)


async def test_a_new_code_does_not_end_the_delay_but_unlocking_does(counter: Counter) -> None:
    await counter.lock()
    assert (await counter.pairing.regenerate()).paused_for == 30
    shown = await counter.pairing.unlock()
    assert shown.paused_for == 0
    await counter.pairing.pair(shown.code, "phone", PHONE)


async def test_unlocking_does_not_make_the_next_delay_short(counter: Counter) -> None:
    await counter.lock()
    await counter.pairing.unlock()
    assert (await counter.lock()).retry_after == 60.0


@pytest.mark.attack(
    "Pulling the plug to end the pause after wrong codes",
    guard="the count is on disk before a code is looked at",
)
async def test_a_crash_or_a_reboot_in_the_delay(counter: Counter) -> None:
    await counter.lock()
    counter.clock.move(10.0)
    await counter.start()
    error = await counter.refused(await counter.code())
    assert isinstance(error, LockedOut)
    assert error.retry_after == pytest.approx(20.0)
    await counter.reboot(wall=0.0)
    error = await counter.refused(await counter.code())
    assert isinstance(error, LockedOut)
    assert error.retry_after == pytest.approx(25.0)


async def test_a_crash_after_every_fourth_try(counter: Counter) -> None:
    for _ in range(4):
        assert isinstance(await counter.refused(await counter.wrong()), Unauthorized)
    await counter.start()
    assert isinstance(await counter.refused(await counter.wrong()), Unauthorized)
    assert isinstance(await counter.refused(await counter.wrong()), LockedOut)


@pytest.mark.unguarded("Pulling the plug to end the pause after wrong codes")
async def test_a_crash_after_every_fourth_try_without_guard(counter: Counter) -> None:
    for _ in range(10):
        for _ in range(4):
            assert isinstance(await counter.refused(await counter.wrong()), Unauthorized)
        (counter.folder / "pairing.json").unlink()
        await counter.start()


async def test_a_damaged_note_does_not_let_go_on_at_once(counter: Counter) -> None:
    await counter.lock()
    note = counter.folder / "pairing.json"
    note.write_bytes(b"{")
    await counter.start()
    assert isinstance(await counter.refused(await counter.code()), LockedOut)
    assert b"rounds" in note.read_bytes()
    counter.clock.move(30.0)
    await counter.pairing.pair(await counter.code(), "phone", PHONE)
    assert not note.exists()


async def test_a_note_that_can_not_be_read_does_not_either(counter: Counter) -> None:
    (counter.folder / "pairing.json").mkdir()
    await counter.start()
    assert isinstance(await counter.refused(await counter.code()), LockedOut)


async def test_a_day_of_guessing_with_a_crash_after_every_guess(counter: Counter) -> None:
    """As often as it is let, from ever new addresses."""
    looked_at, until = 0, counter.clock.now + 86_400
    while counter.clock.now < until:
        error = await counter.refused(await counter.wrong(), f"10.0.{looked_at // 200}.7")
        if isinstance(error, LockedOut):
            counter.clock.move(error.retry_after)
        else:
            looked_at += 1
        await counter.start()
    assert looked_at == 150
    assert looked_at / 1_000_000 < 0.01


@pytest.mark.attack(
    "Guessing somebody else's `visual-token` from behind the same router",
    guard="five different wrong values end it",
)
async def test_guessing_somebody_else_s_visual_token(counter: Counter) -> None:
    """Behind one router all have one address; the value has only six digits."""
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    guesses = [f"{(int(code) + n) % 1_000_000:06d}" for n in range(1, 6)]
    for guess in guesses[:4]:
        assert not counter.pairing.authorize_visual(guess, PHONE)
        assert counter.pairing.authorize_visual(code, PHONE)
    assert not counter.pairing.authorize_visual(guesses[4], PHONE)
    assert not counter.pairing.authorize_visual(code, PHONE)


@pytest.mark.unguarded("Guessing somebody else's `visual-token` from behind the same router")
async def test_where_wrong_values_end_nothing_it_is_found(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promotion, "GUESSES", CODES)
    code = await counter.code()
    await counter.pairing.promote(code, PHONE)
    guesses = (f"{(int(code) - 50 + n) % CODES:06d}" for n in range(100))
    assert [guess for guess in guesses if counter.pairing.authorize_visual(guess, PHONE)] == [code]


async def test_no_token_is_on_disk(counter: Counter) -> None:
    tokens: list[str] = []
    for n in range(3):
        paired = await counter.pairing.pair(await counter.code(), f"phone {n}", PHONE)
        tokens.append(paired.token)
        counter.clock.move(4000.0)
        assert counter.pairing.authorize_bearer(paired.token)
    await counter.lock()
    await counter.pairing.close()
    disk = counter.on_disk()
    assert disk.count("tokenHash") == 3
    for token in tokens:
        for part in (token, token[:16], token[-16:], bytes.fromhex(token).hex()):
            assert part not in disk


@pytest.mark.attack(
    "A stolen file of sessions",
    guard="it holds hashes, and no token",
)
async def test_the_stolen_file_of_hashes(counter: Counter) -> None:
    await counter.pairing.pair(await counter.code(), "phone", PHONE)
    book = msgspec.json.decode((counter.folder / "sessions.json").read_bytes())
    (kept,) = book["sessions"]
    raw = bytes.fromhex(kept["tokenHash"])
    for stolen in (*map(str, kept.values()), raw.decode("latin-1"), raw.hex().upper()):
        assert counter.pairing.authorize_bearer(stolen) is None


@pytest.mark.unguarded("A stolen file of sessions")
async def test_without_the_hash_the_file_opens_the_door(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.core.pairing.sessions.hash_of", lambda token: token)
    await counter.pairing.pair(await counter.code(), "phone", PHONE)
    book = msgspec.json.decode((counter.folder / "sessions.json").read_bytes())
    assert counter.pairing.authorize_bearer(book["sessions"][0]["tokenHash"]) is not None


async def test_every_file_is_for_its_owner_only(counter: Counter) -> None:
    await counter.pairing.pair(await counter.code(), "phone", PHONE)
    await counter.lock()
    modes = {one.name: one.stat().st_mode & 0o777 for one in counter.folder.iterdir()}
    assert modes == dict.fromkeys(["provisioning.json", "sessions.json", "pairing.json"], 0o600)


async def test_a_name_that_is_meant_to_deceive(counter: Counter) -> None:
    await counter.pairing.pair(await counter.code(), "a\u202e\x1b[2J\n<b>" + "x" * 500, PHONE)
    (entry,) = counter.pairing.sessions()
    assert entry.device_name.isprintable()
    assert len(entry.device_name) <= 40
    assert counter.told[-1][1].isprintable()
