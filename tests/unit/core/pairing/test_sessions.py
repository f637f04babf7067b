"""Thirty days, whatever the clock does."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.pairing import sessions
from firstlight.core.pairing.sessions import (
    LIFE_SECONDS,
    MOST,
    caught_up,
    device_name,
    found,
    hash_of,
    opened,
    used,
    without,
)
from firstlight.model.moment import Moment
from firstlight.model.session import SessionBook, SessionEntry

MAY = 1_780_000_000.0  # 2026-05-28
DAY = 86_400.0
TOKEN = "not-a-token"


def paired(
    now: Moment, boot: str = "one", book: SessionBook | None = None, name: str = "phone"
) -> SessionBook:
    """A book with one session more, made at that moment."""
    ready = caught_up(book or SessionBook(), boot, now)
    book, _ = opened(ready, session_id=f"id-{now.monotonic}", name=name, token=f"{TOKEN}-{name}")
    return book


def reread(book: SessionBook) -> SessionBook:
    return msgspec.json.decode(msgspec.json.encode(book), type=SessionBook)


def alive(book: SessionBook, boot: str, now: Moment) -> bool:
    return found(caught_up(book, boot, now), f"{TOKEN}-phone") is not None


def test_a_token_is_known_by_its_hash_alone() -> None:
    book = paired(Moment(50.0, MAY))
    (session,) = book.sessions
    assert session.token_hash == hash_of(f"{TOKEN}-phone")
    assert found(book, f"{TOKEN}-phone") is session
    assert TOKEN not in msgspec.json.encode(book).decode()
    assert found(book, TOKEN) is None
    assert found(book, "") is None
    assert found(book, "\ud800" * 10) is None


def test_what_a_thief_reads_in_the_file_does_not_sign_in() -> None:
    book = paired(Moment(50.0, MAY))
    (session,) = book.sessions
    for value in msgspec.to_builtins(session).values():
        assert found(book, str(value)) is None


def test_every_session_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def spy(one: str, other: str) -> bool:
        calls.append(one)
        return one == other

    book = paired(Moment(51.0, MAY), book=paired(Moment(50.0, MAY), name="tablet"))
    monkeypatch.setattr(sessions, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    assert found(book, f"{TOKEN}-tablet") is book.sessions[0]
    assert calls == [one.token_hash for one in book.sessions]


def test_what_is_listed_signs_nobody_in() -> None:
    (session,) = paired(Moment(50.0, MAY)).sessions
    entry = SessionEntry.of(session)
    assert msgspec.to_builtins(entry) == {
        "id": "id-50.0",
        "deviceName": "phone",
        "createdAt": MAY * 1000,
        "lastUsedAt": MAY * 1000,
        "expiresAt": (MAY + 30 * DAY) * 1000,
    }
    assert session.token_hash not in repr(session)


def test_thirty_days_and_not_longer() -> None:
    book = paired(Moment(50.0, MAY))
    nearly = LIFE_SECONDS - 1
    assert alive(book, "one", Moment(50.0 + nearly, MAY + nearly))
    assert not alive(book, "one", Moment(50.0 + LIFE_SECONDS, MAY + LIFE_SECONDS))
    assert alive(book, "two", Moment(5.0, MAY + nearly))
    assert not alive(book, "two", Moment(5.0, MAY + LIFE_SECONDS))


def test_what_has_expired_is_gone_for_good() -> None:
    late = caught_up(paired(Moment(50.0, MAY)), "two", Moment(5.0, MAY + 31 * DAY))
    assert late.sessions == ()


@pytest.mark.parametrize("wall", [0.0, -5.0, 1e9, MAY - 400 * DAY, MAY - 1, 5e9, 1e18])
def test_a_clock_that_falls_back_throws_nobody_out_and_prolongs_nothing(wall: float) -> None:
    book = paired(Moment(50.0, MAY))
    for boot, start in (("one", 50.0), ("two", 0.0)):
        assert alive(book, boot, Moment(start + 5.0, wall))
        assert alive(book, boot, Moment(start + LIFE_SECONDS - 1, wall))
        assert not alive(book, boot, Moment(start + LIFE_SECONDS, wall))


@pytest.mark.parametrize("before", [0.0, 20.0, MAY - 200 * DAY, MAY - DAY])
@pytest.mark.parametrize("restarts", [False, True])
def test_pairing_before_the_clock_is_set(before: float, *, restarts: bool) -> None:
    """The usual first day: paired on the hotspot, then online, then the time server answers."""
    book = paired(Moment(50.0, before))
    if restarts:
        book = reread(book)
    book = caught_up(book, "one", Moment(110.0, MAY))
    (session,) = book.sessions
    assert session.created_at == pytest.approx((MAY - 60) * 1000, abs=1)
    assert session.expires_at - session.created_at == LIFE_SECONDS * 1000
    assert session.used_at == session.created_at
    assert alive(book, "two", Moment(5.0, MAY + 29 * DAY))
    assert not alive(book, "two", Moment(5.0, MAY + 31 * DAY))


def test_the_clock_is_set_only_after_a_reboot() -> None:
    book = reread(paired(Moment(50.0, 60.0)))
    book = reread(caught_up(book, "two", Moment(600.0, 30.0)))
    (session,) = caught_up(book, "two", Moment(601.0, MAY)).sessions
    assert session.expires_at == pytest.approx((MAY + LIFE_SECONDS - 601) * 1000, abs=1)


def test_setting_the_clock_moves_only_what_it_had_dated_wrongly() -> None:
    old = reread(paired(Moment(50.0, MAY), name="old"))
    book = paired(Moment(20.0, 15.0), "two", old)
    expires = {one.device_name: one.expires_at for one in book.sessions}
    book = caught_up(book, "two", Moment(80.0, MAY + 10 * DAY))
    assert [one.device_name for one in book.sessions] == ["old", "phone"]
    for one in book.sessions:
        right = expires["old"] if one.device_name == "old" else (MAY + 40 * DAY - 60) * 1000
        assert one.expires_at == pytest.approx(right, abs=1)


def test_a_small_step_moves_nothing() -> None:
    book = paired(Moment(50.0, MAY))
    after = caught_up(book, "one", Moment(51.0, MAY + 31.0))
    assert after.sessions is book.sessions
    assert after.latest == (MAY + 31.0) * 1000


def test_many_looks_do_not_stop_the_time() -> None:
    book = paired(Moment(50.0, 0.0))
    began = book.latest
    for n in range(1, 10_001):
        book = caught_up(book, "one", Moment(50.0 + n * 0.000_3, 0.0))
    assert book.latest - began == pytest.approx(3000, abs=1)


moments = st.lists(
    st.tuples(st.floats(0, 5 * DAY), st.floats(-1e9, 6e9), st.booleans(), st.booleans()),
    max_size=40,
)


@given(st.floats(0, 6e9), moments)
def test_never_more_than_thirty_days_of_power_and_never_back_from_the_dead(
    wall: float, then: list[tuple[float, float, bool, bool]]
) -> None:
    """Through any clock readings, crashes and reboots; power is the time that is certain."""
    boot, now, power, dead = 0, 50.0, 0.0, False
    book = paired(Moment(now, wall), "0")
    for seconds, reading, reboots, crashes in then:
        if reboots:
            boot, now = boot + 1, 0.0
        if crashes:
            book = reread(book)
        now, power = now + seconds, power + seconds
        book = caught_up(book, f"{boot}", Moment(now, reading))
        is_alive = bool(book.sessions)
        assert not (dead and is_alive)
        assert is_alive is False or power < LIFE_SECONDS + 1
        dead = not is_alive


@given(st.floats(0, 6e9), st.lists(st.tuples(st.floats(0, DAY), st.floats(-1e9, 6e9)), max_size=25))
def test_within_the_boot_that_made_it_no_clock_ends_it_early(
    wall: float, then: list[tuple[float, float]]
) -> None:
    now = 50.0
    book = paired(Moment(now, wall))
    lost = 0.0
    for seconds, reading in then:
        now += seconds
        book = caught_up(book, "one", Moment(now, reading))
        lost += sessions.JUMP_SECONDS
        assert book.sessions or now - 50.0 > LIFE_SECONDS - lost


def test_the_last_use_is_written_once_an_hour() -> None:
    book = paired(Moment(50.0, MAY))
    hour = caught_up(book, "one", Moment(50.0 + 3599.0, MAY + 3599.0))
    assert used(hour, hour.sessions[0]) is hour
    hour = caught_up(book, "one", Moment(50.0 + 3600.0, MAY + 3600.0))
    noted = used(hour, hour.sessions[0])
    assert noted.sessions[0].used_at == (MAY + 3600) * 1000
    assert used(noted, noted.sessions[0]) is noted


def test_only_the_one_that_was_used() -> None:
    book = paired(Moment(51.0, MAY), book=paired(Moment(50.0, MAY), name="tablet"))
    later = caught_up(book, "one", Moment(9000.0, MAY + 9000.0))
    tablet, phone = used(later, later.sessions[1]).sessions
    assert (tablet.used_at, phone.used_at) == (book.sessions[0].used_at, later.latest)


def test_there_is_room_for_so_many_and_who_is_unused_for_longest_goes() -> None:
    book = SessionBook()
    for n in range(MOST):
        at = Moment(50.0 + n * 4000, MAY + n * 4000)
        book = paired(at, book=book, name=f"phone {n}")
    first = found(book, f"{TOKEN}-phone 0")
    assert first is not None
    book = used(book, first)
    book, gone = opened(book, session_id="new", name="one more", token="another")
    assert [one.device_name for one in gone] == ["phone 1"]
    assert len(book.sessions) == MOST
    assert (book.sessions[0].device_name, book.sessions[-1].id) == ("phone 0", "new")


def test_taking_one_away() -> None:
    book = paired(Moment(51.0, MAY), book=paired(Moment(50.0, MAY), name="tablet"))
    left, gone = without(book, "id-50.0")
    assert [one.device_name for one in gone] == ["tablet"]
    assert [one.device_name for one in left.sessions] == ["phone"]
    assert without(left, "id-50.0") == (left, ())


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        ("Ada's phone", "Ada's phone"),
        ("  Ada's \n\t phone  ", "Ada's phone"),
        ("", "Unnamed device"),
        (" \u3000\n", "Unnamed device"),
        ("\u200d\u200c", "Unnamed device"),
        ("手机", "手机"),
        ("<script>", "<script>"),
        ("a\u202egnp.exe", "a\\xe2\\x80\\xaegnp.exe"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\ud800", "\\xed\\xa0\\x80"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_names_are_short_and_safe_to_show(given_: str, name: str) -> None:
    assert device_name(given_) == name


@given(st.text(st.characters(codec=None), max_size=300))
def test_every_name_is_one_short_line(given_: str) -> None:
    name = device_name(given_)
    assert 1 <= len(name) <= 40
    assert name == " ".join(name.split())
    assert name.encode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("tokenHash", "abc"), ("tokenHash", "A" * 64), ("expiresAt", -1), ("id", "x" * 201)],
)
def test_a_session_that_does_not_fit_is_damage(field: str, value: object) -> None:
    raw = msgspec.to_builtins(paired(Moment(50.0, MAY)))
    raw["sessions"] = [raw["sessions"][0] | {field: value}]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(raw, SessionBook)
