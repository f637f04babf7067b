import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.daemon.hub import RECENT, Hub, Subscription
from firstlight.errors import Busy
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level


class FrozenClock:
    """Stands at one moment."""

    def __init__(self, wall: float = 1_700_000_000.5) -> None:
        self.at = wall

    def monotonic(self) -> float:
        return self.at

    def wall(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nobody should sleep for {seconds} s")


@pytest.fixture
def hub() -> Hub:
    return Hub(FrozenClock())


def say(hub: Hub, count: int = 1) -> list[DeviceEvent]:
    return [hub.publish(EventType.SYSTEM, Level.INFO, f"event {n}") for n in range(count)]


async def take(following: Subscription, count: int) -> list[DeviceEvent]:
    async with asyncio.timeout(5):
        return [await anext(following.feed) for _ in range(count)]


async def rest(following: Subscription) -> list[DeviceEvent]:
    async with asyncio.timeout(5):
        return [event async for event in following.feed]


def test_an_event_tells_everything(hub: Hub) -> None:
    event = hub.publish(
        EventType.ACTION,
        Level.SUCCESS,
        "Joined Lighthouse.",
        action=Action.NETWORK_CONNECT,
        phase=ActionPhase.COMPLETED,
        details={"attempt": "a1"},
    )
    assert msgspec.to_builtins(event) == {
        "id": "1700000000500-1",
        "ts": 1_700_000_000_500,
        "type": "action",
        "level": "success",
        "message": "Joined Lighthouse.",
        "action": "network.connect",
        "phase": "completed",
        "details": {"attempt": "a1"},
    }


def test_ids_count_up_and_differ_between_runs(hub: Hub) -> None:
    assert hub.cursor == "1700000000500-0"
    ids = [event.id for event in say(hub, 3)]
    assert ids == ["1700000000500-1", "1700000000500-2", "1700000000500-3"]
    assert hub.cursor == ids[-1]
    later = Hub(FrozenClock(1_700_000_001))
    assert not {event.id for event in say(later, 3)} & set(ids)


def test_recent_is_bounded(hub: Hub) -> None:
    said = say(hub, 300)
    assert hub.recent() == tuple(said[-RECENT:])
    assert hub.recent(0) == ()
    assert len(hub.recent(1000)) == 256


async def test_every_reader_gets_every_event_in_order(hub: Hub) -> None:
    with hub.follow(None) as one, hub.follow(None) as other:
        said = say(hub, 5)
        assert await take(one, 5) == said
        assert await take(other, 5) == said


async def test_a_waiting_reader_is_woken(hub: Hub) -> None:
    with hub.follow(None) as following:
        waiting = asyncio.ensure_future(anext(following.feed))
        await asyncio.sleep(0)
        (said,) = say(hub)
        assert await waiting == said


async def test_an_abandoned_wait_loses_nothing(hub: Hub) -> None:
    with hub.follow(None) as following:
        waiting = asyncio.ensure_future(anext(following.feed))
        await asyncio.sleep(0)
        (said,) = say(hub)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await take(following, 1) == [said]


async def test_a_slow_reader_is_dropped_alone(hub: Hub) -> None:
    hub = Hub(FrozenClock(), queue=3)
    with hub.follow(None) as slow, hub.follow(None) as quick:
        said: list[DeviceEvent] = []
        for _ in range(4):
            said += say(hub)
            assert await take(quick, 1) == said[-1:]
        assert await rest(slow) == []
        assert hub.readers == 1
        assert await take(quick, 0) == []


async def test_what_was_missed_leaves_the_queue_free() -> None:
    hub = Hub(FrozenClock(), queue=3)
    said = say(hub, 20)
    with hub.follow(None) as following:
        said += say(hub, 3)
        assert await take(following, 23) == said


def test_too_many_readers_are_refused(hub: Hub) -> None:
    hub = Hub(FrozenClock(), readers=2)
    with hub.follow(None), hub.follow(None):
        with pytest.raises(Busy, match="2 readers"), hub.follow(None):
            pass
        assert hub.readers == 2
    assert hub.readers == 0


async def test_closing_ends_feeds_after_what_is_queued(hub: Hub) -> None:
    with hub.follow(None) as following:
        said = say(hub, 2)
        hub.close()
        assert await rest(following) == said
    with pytest.raises(Busy, match="stopping"), hub.follow(None):
        pass
    say(hub)


@given(
    before=st.integers(0, 40),
    seen=st.integers(0, 40),
    missed=st.integers(0, 40),
    after=st.integers(0, 5),
)
def test_who_comes_back_gets_each_event_once_as_far_as_it_is_kept(
    before: int, seen: int, missed: int, after: int
) -> None:
    async def scenario() -> None:
        hub = Hub(FrozenClock(), kept=30, queue=8)
        said = say(hub, before)
        last_seen = min(seen, before)
        resume = f"1700000000500-{last_seen}"
        said += say(hub, missed)
        with hub.follow(resume) as following:
            said += say(hub, after)
            hub.close()
            got = await rest(following)
        oldest_kept = max(0, before + missed - 30)
        assert got == said[max(last_seen, oldest_kept) :]
        assert following.resumed_after == f"1700000000500-{max(last_seen, oldest_kept)}"

    asyncio.run(scenario())


@given(st.text() | st.from_regex(r"\A[0-9]{1,30}-[0-9]{1,30}\Z"))
def test_any_id_is_taken(after: str) -> None:
    hub = Hub(FrozenClock())
    say(hub, 30)
    with hub.follow(after) as following:
        assert following.resumed_after.startswith("1700000000500-")


async def test_of_status_events_in_a_row_only_the_newest_is_kept(hub: Hub) -> None:
    with hub.follow(None) as there:
        (first,) = say(hub)
        states = [hub.publish(EventType.STATUS, Level.INFO, f"state {n}") for n in range(3)]
        (last,) = say(hub)
        assert await take(there, 5) == [first, *states, last]
    assert hub.recent() == (first, states[-1], last)
    with hub.follow(states[0].id) as back:
        assert await take(back, 2) == [states[-1], last]
        assert back.resumed_after == states[1].id
    with hub.follow(last.id) as back:
        assert back.resumed_after == last.id
