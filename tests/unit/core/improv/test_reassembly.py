"""Frames out of pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.improv.protocol import Rpc, result
from firstlight.core.improv.reassembly import PAUSE_SECONDS, Reassembly

FRAME = result(Rpc.SEND_WIFI, [b"network", b"password"])


def put(*pieces: tuple[bytes, int, float]) -> list[bytes | None]:
    state, came = Reassembly(), list[bytes | None]()
    for data, offset, now in pieces:
        state, whole = state.with_piece(data, offset, now)
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


@given(st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 600), st.just(1.0)), max_size=8))
def test_nothing_is_kept_for_ever(pieces: list[tuple[bytes, int, float]]) -> None:
    state = Reassembly()
    for data, offset, now in pieces:
        state, _ = state.with_piece(data, offset, now)
        assert len(state.begun) < 258 + 300
