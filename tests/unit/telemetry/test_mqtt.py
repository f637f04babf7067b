"""The device and a real Mosquitto: what is told, when it is away, and when it comes back."""

import asyncio
import json
import socket
from pathlib import Path

import pytest
from tests.unit.daemon.waited import until
from tests.unit.telemetry.certificates import Authority
from tests.unit.telemetry.listening import listening
from tests.unit.telemetry.mosquitto import ROOT, SECRETS, Mosquitto, free_port
from tests.unit.telemetry.telling import Told, settings

from firstlight.daemon import telemetry as runner
from firstlight.model.mqtt import BrokerCause, Command, Outgoing
from firstlight.telemetry.mqtt import MqttBroker
from firstlight.web.encoding import to_json

STATUS, AVAILABILITY, EVENTS = f"{ROOT}/status", f"{ROOT}/availability", f"{ROOT}/events"


async def test_status_and_availability_are_retained_and_follow(
    broker: Mosquitto, told: Told
) -> None:
    async with told.running(settings(broker.port)):
        await until(lambda: told.connected)
        async with listening(broker.port) as seen:
            await seen.has(AVAILABILITY, "online")
            await seen.has(STATUS, to_json(told.service.now).decode())
            assert all(one.retain for one in (*seen.on(STATUS), *seen.on(AVAILABILITY)))
            told.status(connected=True, last_ssid="Lighthouse")
            await seen.has(STATUS, to_json(told.service.now).decode())
        async with listening(broker.port) as later:
            await until(lambda: later.json(STATUS) != [])
            assert later.json(STATUS)[0]["network"]["lastSsid"] == "Lighthouse"
    assert told.problems[-1] == ""
    async with listening(broker.port) as after:
        await after.has(AVAILABILITY, "offline")


async def test_each_event_is_told_once_and_as_in_the_stream(broker: Mosquitto, told: Told) -> None:
    async with listening(broker.port, EVENTS) as seen, told.running(settings(broker.port)):
        await until(lambda: told.connected)
        ids = [told.say(f"number {n}") for n in range(60)]
        await until(lambda: [one["id"] for one in seen.json(EVENTS)][-60:] == ids)
        assert not any(one.retain for one in seen.on(EVENTS))
    in_stream = {event.id: json.loads(to_json(event)) for event in told.hub.recent(256)}
    assert all(in_stream[one["id"]] == one for one in seen.json(EVENTS))


async def test_whoever_vanishes_is_said_to_be_offline(broker: Mosquitto, told: Told) -> None:
    """Its connection is cut under it, as when the power goes."""
    vanishing = MqttBroker()
    will = Outgoing(topic=AVAILABILITY, payload=b"offline", retain=True)
    await vanishing.open(settings(broker.port), "lamp", will)
    await vanishing.publish(Outgoing(topic=AVAILABILITY, payload=b"online", retain=True))
    async with listening(broker.port, AVAILABILITY) as seen:
        await seen.has(AVAILABILITY, "online")
        client = vanishing._client
        assert client is not None
        sock = client._client.socket()
        assert sock is not None
        sock.shutdown(socket.SHUT_RDWR)
        await seen.has(AVAILABILITY, "offline")
    await vanishing.close()


async def test_what_happens_while_the_broker_is_away_comes_later_once_and_in_order(
    broker: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.core.telemetry.course.FIRST_SECONDS", 0.05)
    async with told.running(settings(broker.port)):
        await until(lambda: told.connected)
        broker.stop()
        await until(lambda: not told.connected)
        ids = [told.say(f"number {n}") for n in range(30)]
        broker.start()
        async with listening(broker.port, EVENTS) as seen:
            wanted = set(ids)
            await until(lambda: told.connected)
            figures = told.telemetry.figures
            await until(lambda: (now := figures()) is not None and now.waiting == 0)
            last = told.say("the last")
            await until(lambda: last in {one["id"] for one in seen.json(EVENTS)})
        got = [one["id"] for one in seen.json(EVENTS) if one["id"] in wanted]
        assert got == sorted(got, key=ids.index)
        assert len(got) == len(set(got))
    assert [one for one in told.said() if "not connected" in one] == [
        "The MQTT broker 127.0.0.1 is not connected: the connection was lost.",
        *[one for one in told.said() if "nothing listens" in one],
    ]
    assert told.said().count("The MQTT broker 127.0.0.1 is connected.") == 2


async def test_of_more_than_there_is_room_for_the_oldest_are_dropped_and_counted(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.core.telemetry.course.FIRST_SECONDS", 0.3)
    late = Mosquitto(tmp_path / "late")
    port = late.port
    async with told.running(settings(port, queue_size=10)):
        await until(lambda: bool(told.problems))
        ids = [told.say(f"number {n}") for n in range(25)]
        try:
            late.start()
            async with listening(port, f"{EVENTS}/#") as seen:
                await until(lambda: ids[-1] in {one["id"] for one in seen.json(EVENTS)})
                got = [one["id"] for one in seen.json(EVENTS) if one["id"] in ids]
                assert got == ids[-len(got) :]
                assert len(got) <= 10
                figures = told.telemetry.figures()
                assert figures is not None
                (dropped,) = seen.json(f"{EVENTS}/dropped")
                assert dropped["count"] == figures.dropped >= 15
        finally:
            late.stop()


async def test_what_waits_outlives_a_restart_of_the_daemon(
    broker: Mosquitto, tmp_path: Path
) -> None:
    before, after = Told(tmp_path), Told(tmp_path)
    async with before.running(settings(free_port())):
        await until(lambda: bool(before.problems))
        ids = [before.say("of before") for _ in range(3)]
    assert before.file.path.stat().st_mode & 0o777 == 0o600
    async with listening(broker.port, EVENTS) as seen, after.running(settings(broker.port)):
        await until(lambda: set(ids) <= {one["id"] for one in seen.json(EVENTS)})
        await until(lambda: not after.file.path.exists())
    assert not after.file.path.exists()


async def test_tls_with_the_right_ca(tmp_path: Path, told: Told, authority: Authority) -> None:
    certificate, key = authority.issue(tmp_path, "127.0.0.1", "localhost")
    broker = Mosquitto(tmp_path / "tls", certificate=certificate, key=key)
    broker.start()
    try:
        async with told.running(settings(broker.port, ca_pem=authority.pem)):
            await until(lambda: told.connected)
    finally:
        broker.stop()


@pytest.mark.usefixtures("collected")
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@pytest.mark.parametrize(
    "case",
    [
        ("127.0.0.1", (-1, 1), "another", "was not issued by the CA that is configured"),
        ("192.0.2.7", (-1, 1), "own", "is for another host name"),
        ("127.0.0.1", (-2, -1), "own", "has expired, or this device's clock is wrong"),
        ("127.0.0.1", (1, 2), "own", "is not valid yet, or this device's clock is wrong"),
        ("127.0.0.1", (-1, 1), "none", "the CA certificate that is configured is none"),
    ],
)
async def test_a_certificate_that_is_not_right_is_told_with_its_cause(
    tmp_path: Path,
    told: Told,
    authority: Authority,
    case: tuple[str, tuple[float, float], str, str],
) -> None:
    name, days, ca, cause = case
    certificate, key = authority.issue(tmp_path, name, days=days)
    broker = Mosquitto(tmp_path / "tls", certificate=certificate, key=key)
    broker.start()
    pem = {"own": authority.pem, "another": Authority("Other").pem, "none": "nothing"}[ca]
    try:
        async with told.running(settings(broker.port, ca_pem=pem)):
            await until(lambda: bool(told.problems[-1:]) and cause in told.problems[-1])
            assert not told.connected
    finally:
        broker.stop()


@pytest.mark.usefixtures("collected")
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"password": "wrong"}, BrokerCause.NOT_AUTHORIZED),
        ({"username": None, "password": None}, BrokerCause.NOT_AUTHORIZED),
        ({"host": "no-such-host.invalid"}, BrokerCause.NAME_NOT_RESOLVED),
        ({"port": 1}, BrokerCause.REFUSED),
        ({"tls": True}, BrokerCause.TLS_FAILED),
    ],
)
async def test_why_there_is_no_connection(
    shared: Mosquitto, told: Told, given: dict[str, object], cause: BrokerCause
) -> None:
    async with told.running(settings(**{"port": shared.port, **given})):  # type: ignore[arg-type]
        await until(lambda: bool((told.telemetry.figures() or _none).failures))
        figures = told.telemetry.figures()
        assert figures is not None
        assert list(figures.failures) == [cause]
        assert told.problems[-1] in told.said()


_none = runner.LineFigures()


async def test_a_broker_that_swallows_everything_holds_nobody_up(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and never answers."""
    monkeypatch.setattr("firstlight.telemetry.mqtt.ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as hole:
        async with told.running(settings(hole.getsockname()[1])):
            for n in range(50):
                told.say(f"number {n}")
                await asyncio.sleep(0)
            await until(lambda: bool(told.problems[-1:]) and told.problems[-1] != "")
            assert "it does not answer" in told.problems[-1]


async def test_it_ends_at_once_while_it_waits_for_an_answer(told: Told) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        hole.setblocking(False)
        async with told.running(settings(hole.getsockname()[1])):
            accepted, _ = await asyncio.get_running_loop().sock_accept(hole)
            await asyncio.get_running_loop().sock_recv(accepted, 1)
        assert told.task.done()
        accepted.close()


async def test_another_broker_and_none(broker: Mosquitto, told: Told) -> None:
    async with told.running(None) as telemetry:
        assert telemetry.figures() is None
        telemetry.reconfigure(settings(broker.port))
        await until(lambda: told.connected)
        async with listening(broker.port, AVAILABILITY) as seen:
            await seen.has(AVAILABILITY, "online")
            telemetry.reconfigure(None)
            await seen.has(AVAILABILITY, "offline")
        assert telemetry.figures() is None
        telemetry.reconfigure(settings(broker.port, commands=(Command.RECOVER,)))
        await until(lambda: told.connected)
    assert told.problems[-1] == ""


async def test_a_broker_that_lets_it_publish_elsewhere_only_is_told_of(
    shared: Mosquitto, told: Told
) -> None:
    async with told.running(settings(shared.port, topic_prefix="not/mine")):
        await until(lambda: told.connected)
        assert any("does not let this device use all of its topics" in one for one in told.said())


async def test_events_that_the_broker_does_not_take_are_counted_and_over(
    shared: Mosquitto, told: Told
) -> None:
    mute = settings(shared.port, username="mute", password=SECRETS["mute"])
    async with told.running(mute) as telemetry:
        await until(lambda: told.connected)
        for number in range(20):
            told.say(f"number {number}")
        # The connection and the refusal are events, too.
        await until(lambda: (now := telemetry.figures()) is not None and now.denied == 22)
        await until(lambda: (now := telemetry.figures()) is not None and now.waiting == 0)
        now = telemetry.figures()
        assert now is not None
        assert (now.published, now.dropped) == (2, 0), "status and availability, and no more"
    assert sum("does not let this device" in one for one in told.said()) == 1
