"""Events that wait: in order, bounded, the oldest dropped and counted."""

from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.telemetry.outbox import Outbox
from firstlight.model.event import DeviceEvent, EventType, Level


def event(n: int, kind: EventType = EventType.SYSTEM) -> DeviceEvent:
    return DeviceEvent(id=f"1-{n}", ts=n, type=kind, level=Level.INFO, message=str(n))


def ids(outbox: Outbox) -> list[str]:
    return [one.message for one in outbox.waiting]


def test_the_oldest_goes_and_is_counted() -> None:
    outbox = Outbox(3, [event(n) for n in range(5)])
    assert ids(outbox) == ["2", "3", "4"]
    assert (outbox.dropped, outbox.lost) == (2, 2)
    outbox.told(2)
    assert (outbox.dropped, outbox.lost) == (0, 2)
    outbox.resize(1)
    assert ids(outbox) == ["4"]
    assert outbox.dropped == 2


def test_what_is_taken_stays_until_it_is_sent() -> None:
    outbox = Outbox(10, [event(n) for n in range(6)])
    batch = outbox.take(4)
    assert [one.message for one in batch] == ["0", "1", "2", "3"]
    outbox.sent(batch[:2])
    assert ids(outbox) == ["2", "3", "4", "5"]


def test_what_is_under_way_is_not_counted_as_dropped() -> None:
    outbox = Outbox(4, [event(n) for n in range(4)])
    batch = outbox.take(16)
    assert len(batch) == 2
    outbox.put(event(4))
    assert ids(outbox) == ["0", "1", "3", "4"]
    outbox.sent(batch)
    assert ids(outbox) == ["3", "4"]
    assert outbox.dropped == 1


def test_of_status_events_in_a_row_the_newest_waits() -> None:
    status = EventType.STATUS
    outbox = Outbox(10)
    for n, kind in enumerate([status, status, EventType.SYSTEM, status, status]):
        outbox.put(event(n, kind))
    assert ids(outbox) == ["1", "2", "4"]
    assert outbox.dropped == 0


def test_a_status_that_is_under_way_is_not_overtaken() -> None:
    outbox = Outbox(10, [event(0, EventType.STATUS)])
    batch = outbox.take(16)
    outbox.put(event(1, EventType.STATUS))
    assert ids(outbox) == ["0", "1"]
    outbox.sent(batch)
    assert ids(outbox) == ["1"]


@given(st.integers(1, 8), st.lists(st.sampled_from(["put", "take", "sent", "fail"]), max_size=60))
def test_none_is_lost_uncounted_and_none_comes_twice_or_out_of_order(
    size: int, acts: list[str]
) -> None:
    outbox, put, arrived = Outbox(size), 0, []
    batch: tuple[DeviceEvent, ...] = ()
    for act in acts:
        if act == "put":
            outbox.put(event(put))
            put += 1
        elif act == "take":
            batch = tuple(outbox.take(3))
        else:
            done = batch if act == "sent" else batch[:1]
            arrived += [one.ts for one in done]
            outbox.sent(done)
            batch = ()
        assert len(outbox) <= size
    assert arrived == sorted(set(arrived))
    assert len(arrived) + outbox.lost + len(outbox) == put
