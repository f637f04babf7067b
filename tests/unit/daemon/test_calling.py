"""The device's name on its networks, heard by a reader of its own in another namespace."""

import asyncio
import socket
from collections.abc import Iterator

import dns.message
import pytest
from tests.unit.reach.namespaces import Namespace, wire

from firstlight.announce.multicast import MulticastAdvertiser
from firstlight.announce.port import Advert
from firstlight.clock import SystemClock
from firstlight.daemon.calling import Calling

# A name is told only after nobody has claimed it for a while (RFC 6762, 8.1).

GROUP = "224.0.0.251"
ADVERT = Advert(host="lamp", device_id="LMP-2026-7KD4MXQP", brand="Dr. Lamp", version="1", port=80)


class Cable:
    """The device at one end, somebody who looks for it at the other."""

    def __init__(self) -> None:
        self.device, self.reader = Namespace("device"), Namespace("reader")
        wire(self.device, "eth0", self.reader, "lan0")
        self.device.ip("link set lo up", "route add 224.0.0.0/4 dev eth0")
        self.reader.ip("addr add 10.9.0.2/24 dev lan0", "route add 224.0.0.0/4 dev lan0")
        self._calling: asyncio.Task[None] | None = None

    def begin(self, only: frozenset[str] | None = None) -> None:
        async def begin() -> None:
            calling = Calling(MulticastAdvertiser(), ADVERT, SystemClock(), only=only)
            self._calling = asyncio.create_task(calling.run())

        self.device.run(begin())

    def end(self) -> None:
        async def end() -> None:
            if self._calling is not None:
                self._calling.cancel()
                await asyncio.wait([self._calling])

        self.device.run(end())

    def asked(self, name: str, kind: str, *, tries: int = 40) -> str:
        """What is answered, as text; empty when nobody has answered any of the tries."""
        for _ in range(tries):
            if told := self.reader.run(_ask(name, kind)):
                return told
        return ""

    def close(self) -> None:
        self.end()
        self.device.close()
        self.reader.close()


async def _ask(name: str, kind: str) -> str:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        query = dns.message.make_query(name, kind).to_wire()
        await loop.sock_sendto(asking, query, (GROUP, 5353))
        try:
            async with asyncio.timeout(0.5):
                data = await loop.sock_recv(asking, 9000)
        except TimeoutError:
            return ""
    # Names in NSEC records may be compressed here (RFC 6762, 18.14), which dnspython won't read.
    found = dns.message.from_wire(data, continue_on_error=True)
    return "\n".join(str(one) for one in (*found.answer, *found.additional))


@pytest.fixture
def cable() -> Iterator[Cable]:
    try:
        cable = Cable()
    except PermissionError:
        pytest.skip("network namespaces are for root")
    yield cable
    cable.close()


def test_name_and_service_are_told(cable: Cable) -> None:
    cable.device.ip("addr add 10.9.0.1/24 dev eth0")
    cable.begin()
    assert "10.9.0.1" in cable.asked("lamp.local.", "A")
    assert "LMP-2026-7KD4MXQP._firstlight._tcp" in cable.asked("_firstlight._tcp.local.", "PTR")
    told = cable.asked("LMP-2026-7KD4MXQP._firstlight._tcp.local.", "TXT")
    assert '"id=LMP-2026-7KD4MXQP"' in told
    assert r"Dr\032Lamp\032LMP-2026-7KD4MXQP" in cable.asked("_http._tcp.local.", "PTR")


def test_an_address_that_comes_later_is_told_too_and_in_the_end_nothing(cable: Cable) -> None:
    cable.begin()
    assert cable.asked("lamp.local.", "A", tries=1) == ""
    cable.device.ip("addr add 10.9.0.1/24 dev eth0")
    assert "10.9.0.1" in cable.asked("lamp.local.", "A")
    cable.end()
    assert cable.asked("lamp.local.", "A", tries=2) == ""


def test_where_the_pages_are_not_served_nothing_is_told(cable: Cable) -> None:
    cable.device.ip("addr add 10.9.0.1/24 dev eth0")
    cable.begin(only=frozenset({"192.168.4.1"}))
    assert cable.asked("lamp.local.", "A", tries=3) == ""


class Refusing:
    def __init__(self) -> None:
        self.asked = 0
        self.closed = False

    async def tell(self, advert: Advert, addresses: frozenset[str]) -> None:
        self.asked += 1
        raise OSError("no multicast here")

    async def close(self) -> None:
        self.closed = True


class Recording:
    def __init__(self) -> None:
        self.told: list[frozenset[str]] = []

    async def tell(self, advert: Advert, addresses: frozenset[str]) -> None:
        self.told.append(addresses)

    async def close(self) -> None:
        return


async def test_where_it_is_never_told_it_is_taken_back() -> None:
    recording, never = Recording(), set[str]()
    calling = Calling(
        recording,
        ADVERT,
        SystemClock(),
        never=lambda: frozenset(never),
        addresses=lambda: frozenset({"10.9.0.1", "192.168.4.1"}),
    )
    await calling.look()
    never.add("192.168.4.1")
    await calling.look()
    await calling.look()
    assert recording.told == [{"10.9.0.1", "192.168.4.1"}, {"10.9.0.1"}]


async def test_a_network_that_will_not_have_it_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusing = Refusing()
    calling = Calling(refusing, ADVERT, SystemClock(), addresses=lambda: frozenset({"10.9.0.1"}))
    for _ in range(3):
        await calling.look()
    assert refusing.asked == 3
    assert [one.levelname for one in caplog.records] == ["WARNING"]


async def test_addresses_that_can_not_be_read_end_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Without free descriptors, for instance; the name is told again once there are some."""
    answers: list[Exception | frozenset[str]] = [OSError("too many open files"), frozenset()]

    def addresses() -> frozenset[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    calling = Calling(MulticastAdvertiser(), ADVERT, SystemClock(), addresses=addresses)
    await calling.look()
    assert "too many open files" in caplog.text
    await calling.look()
    assert answers == []
