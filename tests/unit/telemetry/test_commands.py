"""What may be asked of the device over MQTT, by whom, and that nobody else gets through."""

from typing import Any

import pytest
from tests.api.fake_service import HOTSPOT_PASSWORD
from tests.unit.daemon.waited import until
from tests.unit.telemetry.listening import Listener, listening
from tests.unit.telemetry.mosquitto import ROOT, SECRETS, Mosquitto
from tests.unit.telemetry.telling import Told, settings

from firstlight.core.telemetry import commands
from firstlight.core.telemetry.topics import Topics
from firstlight.errors import Busy
from firstlight.model.mqtt import Command, Incoming
from firstlight.telemetry import mqtt

RESPONSE = f"{ROOT}/response"
EVERY = tuple(Command)


def command(name: str) -> str:
    return f"{ROOT}/command/{name}"


async def answer(seen: Listener, topic: str = RESPONSE) -> dict[str, Any]:
    await until(lambda: seen.json(topic) != [])
    told: dict[str, Any] = seen.json(topic)[-1]
    return told


@pytest.mark.parametrize(
    ("name", "payload", "change"),
    [
        ("recover", b"", "recovery"),
        ("restart", b'{"reason":"new kernel","scope":"device"}', "restart device: new kernel"),
        ("provisioning", b'{"on":true}', "mode on"),
        ("provisioning", b'{"on":false}', "mode off"),
    ],
)
async def test_what_is_allowed_is_done_and_answered(
    shared: Mosquitto, told: Told, name: str, payload: bytes, change: str
) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            await seen.send(command(name), payload)
            assert await answer(seen) == {"command": name, "ok": True}
    assert told.service.changes == [change]
    assert f"Asked over MQTT: {name}." in told.said()


async def test_diagnostics_come_when_they_are_asked_for(shared: Mosquitto, told: Told) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            await seen.send(command("diagnose"))
            answered = await answer(seen)
            assert answered["ok"]
            assert seen.json(f"{ROOT}/diagnostics") == [answered["diagnostics"]]
            assert answered["diagnostics"]["ladder"]["verdict"] == "gateway"


async def test_the_answer_goes_where_it_was_asked_to_with_the_correlation(
    shared: Mosquitto, told: Told
) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            there = f"{RESPONSE}/fleet-office"
            await seen.send(command("recover"), response=there, correlation=b"\x00\xff7")
            assert (await answer(seen, there))["ok"]
            properties: Any = seen.on(there)[0].properties
            assert properties.CorrelationData == b"\x00\xff7"
            assert seen.on(RESPONSE) == []


async def test_what_the_device_refuses_is_answered_with_its_reason(
    shared: Mosquitto, told: Told
) -> None:
    told.service.fault = None
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            told.service.fault = Busy("Recovery is under way.", hint="Wait for it.")
            await seen.send(command("recover"))
            refused = await answer(seen)
            told.service.fault = None
    assert refused == {
        "command": "recover",
        "ok": False,
        "error": "Recovery is under way.",
        "code": "busy",
        "hint": "Wait for it.",
    }


NO_BODY = {
    "malformed JSON": (b'{"', "invalid_body"),
    "a list": (b"[]", "invalid_body"),
    "an unknown field": (b'{"x":1}', "invalid_field"),
    "no UTF-8": (b'{"\xff":1}', "invalid_body"),
    "nested deeply": (b"[" * 3000, "invalid_body"),
    "too long": (b" " * 5000 + b"{}", "body_too_large"),
}
ELSEWHERE = {
    "another device": "fleet/other/x",
    "a command": command("recover"),
    "up the tree": f"{ROOT}/status",
}


async def sent(port: int, told: Told, name: str, payload: bytes, **more: Any) -> dict[str, Any]:
    """The answer to a command, on a device that takes two."""
    given = settings(port, commands=(Command.RECOVER, Command.DIAGNOSE))
    async with told.running(given):
        await until(lambda: told.connected)
        async with listening(port) as seen:
            await seen.send(command(name), payload, **more)
            answered = await answer(seen)
            for topic in more.values():
                refusals = [one for one in seen.on(topic) if b'"ok":false' in bytes(one.payload)]
                assert refusals == []
    return answered


def assert_refused(told: Told, answered: dict[str, Any], code: str) -> None:
    assert (answered["ok"], answered["code"]) == (False, code)
    assert told.service.changes == []
    assert any(one.startswith("A command over MQTT was refused.") for one in told.said())


async def test_a_command_that_there_is_not(shared: Mosquitto, told: Told) -> None:
    assert_refused(told, await sent(shared.port, told, "format", b"{}"), "invalid_field")


@pytest.mark.attack(
    "A command over MQTT that the device was never meant to take",
    guard="`mqtt.commands` names those that it takes",
)
async def test_what_is_not_allowed_is_answered_and_changes_nothing(
    shared: Mosquitto, told: Told
) -> None:
    assert_refused(told, await sent(shared.port, told, "restart", b"{}"), "not_allowed")


@pytest.mark.unguarded("A command over MQTT that the device was never meant to take")
async def test_without_the_setting_it_is_carried_out(
    shared: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(commands.must_be_allowed, monkeypatch)
    assert (await sent(shared.port, told, "restart", b"{}"))["ok"]
    assert told.service.changes == ["restart app: "]


@pytest.mark.attack(
    "A command over MQTT whose body is none",
    guard="bodies are short, and what is not exactly as described is refused",
)
@pytest.mark.parametrize(("payload", "code"), NO_BODY.values(), ids=NO_BODY)
async def test_a_bad_body_is_answered_and_changes_nothing(
    shared: Mosquitto, told: Told, payload: bytes, code: str
) -> None:
    assert_refused(told, await sent(shared.port, told, "recover", payload), code)


@pytest.mark.unguarded("A command over MQTT whose body is none")
@pytest.mark.parametrize("payload", [payload for payload, _ in NO_BODY.values()], ids=NO_BODY)
async def test_where_any_body_will_do_it_is_carried_out(
    shared: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch, payload: bytes
) -> None:
    without(commands.must_be_short, monkeypatch)
    monkeypatch.setattr(commands, "decoded", lambda _payload, kind: kind())
    assert (await sent(shared.port, told, "recover", payload))["ok"]
    assert told.service.changes == ["recovery"]


@pytest.mark.attack(
    "A command over MQTT that has the device write where its sender may not",
    guard="answers go below the device's own topic only",
)
@pytest.mark.parametrize("topic", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_an_answer_elsewhere_is_refused(shared: Mosquitto, told: Told, topic: str) -> None:
    answered = await sent(shared.port, told, "recover", b"", response=topic)
    assert_refused(told, answered, "invalid_field")


@pytest.mark.attack(
    "A command over MQTT of a megabyte",
    guard="the device tells the broker the largest packet that it takes",
)
async def test_a_megabyte_never_arrives(shared: Mosquitto, told: Told) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            await seen.send(command("recover"), b" " * 2**20)
            await seen.send(command("diagnose"))
            assert (await answer(seen))["command"] == "diagnose"
            assert len(seen.on(RESPONSE)) == 1
            assert told.connected
    assert told.service.changes == []


@pytest.mark.unguarded("A command over MQTT of a megabyte")
async def test_without_that_word_to_the_broker_it_arrives(
    shared: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "MOST_BYTES", 2**24)
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            await seen.send(command("recover"), b" " * 2**20)
            refused = await answer(seen)
    assert refused["code"] == "body_too_large"


@pytest.mark.attack(
    "A retained command that waits for the device",
    guard="what is retained is not asked for, and refused where it comes all the same",
)
@pytest.mark.parametrize("left", ["both", "the refusal", "the subscription"])
async def test_a_retained_command_of_before_is_not_carried_out(
    broker: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    """Each of the two is enough."""
    if left == "the refusal":
        ask_for_retained(monkeypatch)
    if left == "the subscription":
        without(commands.must_be_fresh, monkeypatch)
    await come_after_a_restart_was_retained(broker, told)
    assert told.service.changes == []


@pytest.mark.unguarded("A retained command that waits for the device")
async def test_without_both_rules_a_retained_command_is_carried_out(
    broker: Mosquitto, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_retained(monkeypatch)
    without(commands.must_be_fresh, monkeypatch)
    await come_after_a_restart_was_retained(broker, told)
    assert told.service.changes == ["restart app: "]


def ask_for_retained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the broker send what it has retained, as it would unasked."""
    usual = mqtt.SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
    monkeypatch.setattr(mqtt.SubscribeOptions, "RETAIN_DO_NOT_SEND", usual)


async def come_after_a_restart_was_retained(broker: Mosquitto, told: Told) -> None:
    """The device subscribes, and has answered one more command afterwards."""
    async with listening(broker.port) as seen:
        await seen.send(command("restart"), b"{}", retain=True)
        async with told.running(settings(broker.port, commands=EVERY)):
            await until(lambda: told.connected)
            await seen.send(command("diagnose"))
            await until(lambda: "diagnose" in [one["command"] for one in seen.json(RESPONSE)])


async def test_nobody_commands_whom_the_access_list_does_not_let(
    shared: Mosquitto, told: Told
) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            async with listening(shared.port, f"{ROOT}/#", user="guest") as guest:
                await guest.send(command("restart"))
                await guest.send(command("recover"))
            await seen.send(command("diagnose"))
            assert (await answer(seen))["command"] == "diagnose"
    assert told.service.changes == []


async def test_the_access_list_is_what_stopped_it(shared: Mosquitto, told: Told) -> None:
    async with told.running(settings(shared.port, commands=EVERY)):
        await until(lambda: told.connected)
        async with listening(shared.port, user="boss") as boss:
            await boss.send(command("recover"))
            await answer(boss)
    assert told.service.changes == ["recovery"]


async def test_a_flood_of_refused_commands_does_not_flood_the_log(
    shared: Mosquitto, told: Told
) -> None:
    async with told.running(settings(shared.port, commands=(Command.DIAGNOSE,))):
        await until(lambda: told.connected)
        async with listening(shared.port) as seen:
            for _ in range(12):
                await seen.send(command("restart"))
            await until(lambda: len(seen.on(RESPONSE)) == 12)
    refusals = [one for one in told.said() if "was refused" in one]
    assert len(refusals) == 1


async def test_home_assistant_finds_it(shared: Mosquitto, told: Told) -> None:
    given = settings(shared.port, home_assistant=True, commands=(Command.RECOVER,))
    topic = f"homeassistant/device/{told.service.device_id}/config"
    async with told.running(given):
        await until(lambda: told.connected)
        async with listening(shared.port, topic) as seen:
            await until(lambda: seen.json(topic) != [])
            found = seen.json(topic)[0]
            assert seen.on(topic)[0].retain
    assert {"device", "origin", "components", "availability_topic"} <= found.keys()
    assert found["device"]["identifiers"] == [told.service.device_id]
    assert found["origin"]["name"] == "Firstlight"
    parts = found["components"]
    assert {"connectivity", "mode", "health", "summary", "recover"} <= parts.keys()
    assert {"restart", "diagnose", "provisioning_on"}.isdisjoint(parts)
    assert len({one["unique_id"] for one in parts.values()}) == len(parts)
    for one in parts.values():
        needs = "command_topic" if one["platform"] == "button" else "state_topic"
        assert one[needs].startswith(f"{ROOT}/")


@pytest.mark.attack(
    "Reading passwords from the broker",
    guard="nothing secret is ever published",
)
async def test_nothing_secret_is_published(shared: Mosquitto, told: Told) -> None:
    given = settings(shared.port, home_assistant=True, commands=EVERY)
    async with listening(shared.port) as seen:
        async with told.running(given):
            await until(lambda: told.connected)
            code = await told.service.pairing.code()
            paired = await told.service.pairing.pair(code.code, "phone", "192.0.2.1")
            told.status(connected=True)
            for name, body in (
                ("recover", b""),
                ("diagnose", b""),
                ("provisioning", b'{"on":true}'),
            ):
                await seen.send(command(name), body)
            await until(lambda: len(seen.on(RESPONSE)) == 3)
        everything = b"\n".join(bytes(one.payload) for one in seen.messages).decode()
    for secret in (*SECRETS.values(), HOTSPOT_PASSWORD, code.code, paired.token):
        assert secret not in everything
    assert told.service.device_id in everything


TOPICS = Topics("fleet/lamp")


@pytest.mark.unguarded("A command over MQTT that has the device write where its sender may not")
@pytest.mark.parametrize("topic", ["fleet/other/command/restart", "fleet/lamp/command/restart"])
def test_without_its_rule_the_device_would_write_where_its_caller_may_not(topic: str) -> None:
    """The answer would be read as another device's command, with this device's rights."""
    asked = commands.read(
        TOPICS,
        Incoming(topic="fleet/lamp/command/recover", payload=b"", response_topic=topic),
        EVERY,
    )
    assert asked.order is None
    assert asked.answer_to == "fleet/lamp/response"

    class Trusting(Topics, frozen=True):
        def may_answer_on(self, topic: str) -> bool:
            return True

    fooled = commands.read(
        Trusting("fleet/lamp"),
        Incoming(topic="fleet/lamp/command/recover", payload=b"", response_topic=topic),
        EVERY,
    )
    assert fooled.answer_to == topic


def without(rule: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take that rule away."""
    left = tuple(one for one in commands.RULES if one is not rule)
    monkeypatch.setattr(commands, "RULES", left)
