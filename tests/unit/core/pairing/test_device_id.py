"""Device IDs: stable, apart from one another, readable on a label."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.pairing.device_id import (
    ALPHABET,
    RELEASE_YEAR,
    Identity,
    device_id,
    is_usable,
    prefix_of,
)

MAY = 1_780_000_000.0
BOARD = Identity(serials=(("device-tree", "10000000a1b2c3d4"),), mac="b8:27:eb:12:34:56")


def made(identity: Identity = BOARD, *, wall: float = MAY, made_up: bytes = b"x") -> str:
    return device_id("AUR", wall, identity, made_up)


def test_its_form() -> None:
    assert re.fullmatch(rf"AUR-2026-[{ALPHABET}]{{8}}", made())
    assert is_usable(made())


def test_it_is_the_same_again() -> None:
    # Printed on labels: it must not change from one version to the next.
    assert made() == "AUR-2026-KKGP3DV9"
    assert made(made_up=b"y") == made()
    assert made(Identity(serials=BOARD.serials, mac=BOARD.mac, machine_id="another")) == made()


@pytest.mark.parametrize(
    "other",
    [
        Identity(serials=(("device-tree", "10000000a1b2c3d5"),), mac=BOARD.mac),
        Identity(serials=BOARD.serials, mac="b8:27:eb:12:34:57"),
        Identity(serials=BOARD.serials),
        Identity(mac=BOARD.mac),
        Identity(serials=(("product-serial", "10000000a1b2c3d4"),), mac=BOARD.mac),
    ],
)
def test_another_machine_has_another(other: Identity) -> None:
    assert made(other) != made()


def test_ten_thousand_boards_in_a_row_don_t_collide() -> None:
    ids = {
        made(Identity(serials=(("device-tree", f"{n:016x}"),), mac=BOARD.mac))
        for n in range(0xA1B2C3D4, 0xA1B2C3D4 + 10_000)
    }
    assert len(ids) == 10_000


def test_every_letter_turns_up_everywhere_about_as_often() -> None:
    ids = [made(Identity(machine_id=f"{n:032x}"))[-8:] for n in range(5400)]
    for place in range(8):
        counts = [sum(one[place] == letter for one in ids) for letter in ALPHABET]
        assert min(counts) > 140
        assert max(counts) < 260


def test_the_alphabet_has_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 27
    for alike in ("0O", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1


@pytest.mark.parametrize(
    "serial",
    [
        "",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "To Be Filled By O.E.M.",
        "Default string",
        " System Serial Number ",
        "03000200-0400-0500-0006-000700080009",
        "0123456789",
        "12345678",
        "None",
        "N/A",
        "xxxxxxxx",
        "abc",
        "................",
    ],
)
def test_what_boards_without_a_number_say_counts_for_nothing(serial: str) -> None:
    without = Identity(mac=BOARD.mac)
    assert made(Identity(serials=(("product-serial", serial),), mac=BOARD.mac)) == made(without)


@pytest.mark.parametrize(
    "mac", ["", "00:00:00:00:00:00", "02:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "b8:27:eb", "mac"]
)
def test_an_address_that_no_maker_gave_counts_for_nothing(mac: str) -> None:
    assert made(Identity(serials=BOARD.serials, mac=mac)) == made(Identity(serials=BOARD.serials))


def test_the_machine_id_is_the_last_resort() -> None:
    assert made(Identity(machine_id="one")) != made(Identity(machine_id="two"))
    junk = (("product-serial", "None"),)
    assert made(Identity(serials=junk, machine_id="one")) == made(Identity(machine_id="one"))


def test_a_machine_that_says_nothing_gets_a_made_up_one() -> None:
    assert made(Identity(), made_up=b"one") != made(Identity(), made_up=b"two")


@pytest.mark.parametrize(
    ("brand", "prefix"),
    [
        ("Aurora", "AUR"),
        ("Firstlight", "FIR"),
        ("a b", "AB"),
        ("X", "FL"),
        ("曙光", "FL"),
        ("Ø1-2", "12"),
        ("\u017ftraße", "TRA"),
    ],
)
def test_the_prefix_comes_from_the_brand(brand: str, prefix: str) -> None:
    assert prefix_of(brand) == prefix


@given(st.text(max_size=30))
def test_every_brand_has_a_usable_prefix(brand: str) -> None:
    assert is_usable(f"{prefix_of(brand)}-2026-ABCDEFGH")


@given(st.floats(MAY, 4_102_444_799.0))
def test_the_year_of_the_first_start(wall: float) -> None:
    year = datetime.fromtimestamp(wall, UTC).year
    assert made(wall=wall) == made().replace("2026", str(year))


@pytest.mark.parametrize("year", range(2026, 2100))
def test_years_begin_where_they_begin(year: int) -> None:
    begins = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    assert made(wall=begins).split("-")[1] == str(year)
    assert made(wall=begins - 1).split("-")[1] == str(max(year - 1, RELEASE_YEAR))


@pytest.mark.parametrize("wall", [0.0, -1e12, 1.6e9, 1_740_000_000.0, 4_102_444_800.0, 1e300])
def test_a_clock_that_can_not_be_right_gives_the_year_of_the_release(wall: float) -> None:
    assert made(wall=wall).split("-")[1] == str(RELEASE_YEAR)


@pytest.mark.parametrize("kept", ["AUR-2026-0001", "A1-1999-ABCDEFGHJKMNPQRT"])
def test_an_id_that_a_maker_has_chosen_is_good(kept: str) -> None:
    assert is_usable(kept)


@pytest.mark.parametrize(
    "kept", ["", "AUR", "A-2026-ABCD", "AUR-26-ABCD", "AUR-2026-AB", "aur-2026-abcd", "<b>-2026-A"]
)
def test_what_is_none(kept: str) -> None:
    assert not is_usable(kept)
