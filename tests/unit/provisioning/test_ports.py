"""Which port of a controller a client belongs to."""

import msgspec
from msgspec import UNSET

from firstlight.model.records import Client, Controller
from firstlight.provisioning.ports import with_client

UUID = "11111111-1111-4111-8111-111111111111"
HOUSE = msgspec.convert(
    {"name": "House", "ports": {"1": {"id": "S22"}, "2": {"id": "S22"}, "3": {"id": "S17"}}},
    Controller,
)


def test_a_wide_device_is_on_two_ports() -> None:
    changed = with_client(HOUSE, Client(name="Switch", id="S22"), UUID)
    assert changed is not None
    assert changed.ports is not UNSET
    assert [port.clientUUID for port in changed.ports.values()] == [UUID, UUID, UNSET]


def test_what_is_known_is_not_written_again() -> None:
    client = Client(name="Switch", id="S22")
    changed = with_client(HOUSE, client, UUID)
    assert changed is not None
    assert with_client(changed, client, UUID) is None


def test_others_have_no_port() -> None:
    assert with_client(HOUSE, Client(name="Switch"), UUID) is None
    assert with_client(HOUSE, Client(name="Switch", id="S1"), UUID) is None
    assert with_client(Controller(name="Bare"), Client(name="Switch", id="S22"), UUID) is None
