from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.client import sse
from firstlight.client.sse import MAX_BYTES, EventParser, Message

STREAM = (
    b'id: 7-1\nevent: connected\ndata: {"ok":true}\n\n'
    b": heartbeat\n\n"
    b"id: 7-2\r\nevent: device\r\ndata: one\r\ndata:two\r\n\r\n"
    b"data: \xe2\x80\xa8\r\r"
    b"retry: 5\nunknown\nid: bad\0\n\n"
    b"data\n\n"
)
MESSAGES = [
    Message("connected", b'{"ok":true}', "7-1"),
    Message("device", b"one\ntwo", "7-2"),
    Message("message", b"\xe2\x80\xa8", "7-2"),
    Message("message", b"", "7-2"),
]


def test_a_stream_becomes_messages() -> None:
    assert list(EventParser().feed(STREAM)) == MESSAGES


@given(st.lists(st.integers(0, len(STREAM))))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    parser = EventParser()
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    assert [message for piece in pieces for message in parser.feed(piece)] == MESSAGES


def test_an_unfinished_message_is_not_told() -> None:
    assert list(EventParser().feed(b"data: half\n")) == []


ENDLESS = (b"x" * 50_000, b"data: " + b"x" * 50_000 + b"\n", b"data\n" * 50_000)


def fed(endless: bytes) -> list[Message]:
    """What a program makes of more of it than a message may have."""
    parser = EventParser()
    many = [endless] * (MAX_BYTES // 50_000 + 2)
    return list(chain.from_iterable(parser.feed(piece) for piece in many))


@pytest.mark.attack(
    "A box that pretends to be the device, and sends a program an event without end",
    guard="a bound on each event",
)
@pytest.mark.parametrize("endless", ENDLESS)
def test_a_message_without_end_is_refused(endless: bytes) -> None:
    with pytest.raises(ValueError, match="too long"):
        fed(endless)


@pytest.mark.unguarded(
    "A box that pretends to be the device, and sends a program an event without end"
)
@pytest.mark.parametrize("endless", ENDLESS)
def test_without_that_bound_all_of_it_is_kept(
    endless: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "MAX_BYTES", 1 << 40)
    assert fed(endless) == []


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_are_survived(pieces: list[bytes]) -> None:
    parser = EventParser()
    for piece in pieces:
        list(parser.feed(piece))
