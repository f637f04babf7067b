"""Wishes to join that are refused before anything is done, and attempts as they are told."""

import asyncio
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, wish, world

from firstlight.errors import Busy, Code, InvalidInput, NotFound, RadioUnavailable
from firstlight.model.access_point import Security
from firstlight.model.attempt import AttemptState
from firstlight.model.radio import Link
from firstlight.model.wire import ConnectBody
from firstlight.radio.simulated.faults import Unplugged


async def test_two_at_once(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"one"), network(b"two")))
    device = await lamp.started()
    outcomes = await asyncio.gather(
        device.connect(wish(b"one")), device.connect(wish(b"two")), return_exceptions=True
    )
    [refused] = [one for one in outcomes if isinstance(one, BaseException)]
    assert isinstance(refused, Busy)
    assert "one" in refused.message
    assert refused.retry_after
    with pytest.raises(Busy):
        await device.forget("one")
    with pytest.raises(Busy):
        await device.enable_hotspot()
    with pytest.raises(Busy):
        await device.disable_hotspot()
    await lamp.ended(device.attempt(None).id)
    assert lamp.on == "one"
    assert (await lamp.joined(wish(b"two"))).state is AttemptState.SUCCEEDED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ConnectBody(), "ssid"),
        (ConnectBody(ssid="home", ssid_hex="686f6d65"), "ssid"),
        (ConnectBody(ssid=""), "ssid"),
        (ConnectBody(ssid="x" * 33), "ssid"),
        (ConnectBody(ssid_hex="6"), "ssidHex"),
        (ConnectBody(ssid_hex=""), "ssidHex"),
        (ConnectBody(ssid_hex="00" * 33), "ssidHex"),
        (ConnectBody(ssid="home", password="short"), "password"),
        (ConnectBody(ssid="home", password="x" * 65), "password"),
        (ConnectBody(ssid="home", password="with\x00nul-in-it"), "password"),
        (ConnectBody(ssid="home"), "password"),
        (ConnectBody(ssid="open", password="correct-horse"), "password"),
        (ConnectBody(ssid="office", password="correct-horse"), "ssid"),
    ],
)
async def test_a_wish_that_can_not_be_granted_changes_nothing(
    tmp_path: Path, body: ConnectBody, field: str
) -> None:
    around = world(
        network(b"home"),
        network(b"open", security=Security.OPEN),
        network(b"office", security=Security.WPA2_ENTERPRISE),
    )
    lamp = Lamp(tmp_path, around)
    device = await lamp.started()
    with pytest.raises(InvalidInput) as refusal:
        await device.connect(body)
    assert refusal.value.field == field
    assert lamp.link is Link.HOTSPOT
    with pytest.raises(NotFound):
        device.attempt(None)


async def test_without_a_radio_nothing_is_begun(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    lamp.world.begin(Unplugged())
    with pytest.raises(RadioUnavailable):
        await device.connect(wish(b"home"))
    with pytest.raises(NotFound):
        device.attempt(None)


async def test_attempts_are_found_by_their_id(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    with pytest.raises(NotFound, match="Nobody has tried") as none_yet:
        device.attempt(None)
    assert none_yet.value.code is Code.UNKNOWN_ATTEMPT
    tried = [(await lamp.joined(wish(b"home"))).id for _ in range(17)]
    assert device.attempt(None).id == tried[-1]
    assert device.attempt(tried[1]).id == tried[1]
    with pytest.raises(NotFound, match="the last 16 are kept") as forgotten:
        device.attempt(tried[0])
    assert forgotten.value.code is Code.UNKNOWN_ATTEMPT
    assert len(set(tried)) == 17


async def test_every_step_is_told_once(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    await lamp.joined(wish(b"home"))
    joining = [event for event in lamp.hub.recent(256) if event.action == "network.connect"]
    assert [event.message for event in joining] == [
        "Joining home.",
        "home is in sight.",
        "home answers.",
        "The password was accepted.",
        "The device has an address.",
        "The gateway answers.",
        "The internet is reachable.",
        "home is saved.",
        "Connected to home.",
    ]
    assert [event.phase for event in joining] == ["started", *[None] * 7, "completed"]
