"""Frames out of pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.improv.protocol import Rpc, result
from firstlight.core.improv.reassembly import PAUSE_SECONDS, Reassembly

FRAME = result(Rpc.SEND_WIFI, [b"network", b"password"])


def put(*pieces: tuple[bytes, int, float]) -> list[bytes | None]:
    state, came = Reassembly(), list[bytes | None]()
    for data, offset, now in pieces:
        state, whole = state.with_piece("phone", data, offset, now)
        came.append(whole)
    return came


def test_in_one_piece() -> None:
    assert put((FRAME, 0, 1)) == [FRAME]


@given(st.lists(st.integers(0, len(FRAME)), max_size=4).map(sorted))
def test_cut_by_the_client(cuts: list[int]) -> None:
    bounds = [0, *cuts, len(FRAME)]
    pieces = [FRAME[one:other] for one, other in pairwise(bounds)]
    assert put(*((piece, 0, 1) for piece in pieces if piece))[-1] == FRAME


def test_a_long_write() -> None:
    assert put((FRAME[:9], 0, 1), (FRAME[9:], 9, 1)) == [None, FRAME]


def test_a_piece_that_is_written_anew_takes_the_place_of_the_old_one() -> None:
    assert put((FRAME[:9], 0, 1), (FRAME[5:9], 5, 1), (FRAME[9:], 9, 1))[-1] == FRAME


def test_after_a_silence_a_new_frame_begins() -> None:
    late = 1 + PAUSE_SECONDS + 0.1
    assert put((FRAME[:9], 0, 1), (FRAME, 0, late)) == [None, FRAME]
    assert put((FRAME[:9], 0, 1), (FRAME, 0, 2)) == [None, FRAME[:9] + FRAME]


def test_one_frame_after_another() -> None:
    assert put((FRAME, 0, 1), (FRAME, 0, 1)) == [FRAME, FRAME]


def test_two_clients_write_at_once() -> None:
    state, _ = Reassembly().with_piece("phone", FRAME[:9], 0, 1)
    state, other = state.with_piece("tablet", FRAME, 0, 1)
    _, whole = state.with_piece("phone", FRAME[9:], 9, 1)
    assert (other, whole) == (FRAME, FRAME)


@pytest.mark.attack(
    "A stranger in range whose bytes get into the frame that another client writes",
    guard="each client's pieces are put together by themselves",
)
def test_a_stranger_writes_in_between() -> None:
    assert between("stranger") == FRAME


@pytest.mark.unguarded(
    "A stranger in range whose bytes get into the frame that another client writes"
)
def test_where_all_are_taken_for_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    apart = Reassembly.with_piece

    def together(
        state: Reassembly, _client: str, data: bytes, offset: int, now: float
    ) -> tuple[Reassembly, bytes | None]:
        return apart(state, "anybody", data, offset, now)

    monkeypatch.setattr(Reassembly, "with_piece", together)
    spoilt = between("stranger")
    assert spoilt is not None
    assert b"evil" in spoilt


def between(stranger: str) -> bytes | None:
    """What becomes of the phone's frame, when ``stranger`` writes amid it."""
    state, _ = Reassembly().with_piece("phone", FRAME[:9], 0, 1)
    state, _ = state.with_piece(stranger, b"evil", 0, 1)
    return state.with_piece("phone", FRAME[9:], 0, 1)[1]


clients = st.sampled_from(["phone", "tablet", ""])


@given(
    st.lists(
        st.tuples(clients, st.binary(max_size=300), st.integers(0, 600), st.floats(0, 9)),
        max_size=8,
    )
)
def test_nothing_is_kept_for_ever(pieces: list[tuple[str, bytes, int, float]]) -> None:
    state, now = Reassembly(), 0.0
    for client, data, offset, seconds in pieces:
        now += seconds
        state, _ = state.with_piece(client, data, offset, now)
        for begun in state.begun.values():
            assert len(begun.data) < 258 + 300
            assert now - begun.at <= PAUSE_SECONDS
