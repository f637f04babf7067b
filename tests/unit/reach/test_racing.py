"""Several looks at once."""

import asyncio

import pytest

from firstlight.reach.racing import until_good


class Looks:
    """Looks that end when they are told to, with a number; whether it is good is in its sign."""

    def __init__(self) -> None:
        self.ends: dict[str, asyncio.Future[int]] = {}
        self.cancelled: list[str] = []

    async def look(self, name: str) -> int:
        self.ends[name] = asyncio.get_running_loop().create_future()
        try:
            return await self.ends[name]
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise

    async def race(self, *names: str) -> asyncio.Task[tuple[int, ...]]:
        racing = until_good([self.look(name) for name in names], lambda number: number > 0)
        task = asyncio.create_task(racing)
        await asyncio.sleep(0)  # the race begins,
        await asyncio.sleep(0)  # and its looks
        assert len(self.ends) == len(names)
        return task


async def test_one_good_answer_ends_the_others() -> None:
    looks = Looks()
    race = await looks.race("one", "two", "three")
    looks.ends["two"].set_result(2)
    assert await race == (2,)
    assert sorted(looks.cancelled) == ["one", "three"]


async def test_without_a_good_answer_all_are_told_in_their_order() -> None:
    looks = Looks()
    race = await looks.race("one", "two", "three")
    for number, name in enumerate(("three", "one", "two")):
        looks.ends[name].set_result(-number)
        await asyncio.sleep(0)
    assert await race == (-1, -2, 0)
    assert looks.cancelled == []


async def test_nothing_to_look_at() -> None:
    assert await until_good([], bool) == ()


async def test_a_failure_ends_them_all() -> None:
    looks = Looks()
    race = await looks.race("one", "two")
    looks.ends["one"].set_exception(ValueError("a fault"))
    with pytest.raises(ValueError, match="a fault"):
        await race
    assert looks.cancelled == ["two"]


async def test_who_gives_up_leaves_nothing_behind() -> None:
    looks = Looks()
    race = await looks.race("one", "two")
    race.cancel()
    with pytest.raises(asyncio.CancelledError):
        await race
    assert sorted(looks.cancelled) == ["one", "two"]
