"""Not run: what a type checker has to make of both clients. ``test_types.py`` asks it."""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections.abc import AsyncGenerator, Iterator
from typing import assert_type

from firstlight.client import Answer, AsyncClient, AsyncJob, Client, Job
from firstlight.model.attempt import Attempt, Step
from firstlight.model.event import DeviceEvent
from firstlight.model.records import RecordKind
from firstlight.model.registry import Entry
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import NetworkEntry


def blocking(device: Client) -> None:
    assert_type(device.status(), DeviceStatus)
    assert_type(device.networks(), tuple[NetworkEntry, ...])
    assert_type(device.forget("Home"), None)
    assert_type(device.record(RecordKind.CLIENT, "u"), Entry)
    assert_type(device.connect("Home"), Job[Attempt, Step])
    assert_type(device.events(), Iterator[DeviceEvent])
    assert_type(device.answers.status(), Answer[DeviceStatus])
    assert_type(device.answers.status().value, DeviceStatus)


async def awaiting(device: AsyncClient) -> None:
    assert_type(await device.status(), DeviceStatus)
    assert_type(await device.networks(), tuple[NetworkEntry, ...])
    assert_type(await device.forget("Home"), None)
    assert_type(await device.record(RecordKind.CLIENT, "u"), Entry)
    assert_type(await device.connect("Home"), AsyncJob[Attempt, Step])
    assert_type(device.events(), AsyncGenerator[DeviceEvent, None])


def mistakes(device: Client) -> None:
    device.forget()  # pyright: ignore[reportCallIssue]
    device.forget(7)  # pyright: ignore[reportArgumentType]
    device.enable_provisioning(True)  # pyright: ignore[reportCallIssue]
    device.connect("Home", pasword="x")  # pyright: ignore[reportCallIssue]
    device.switch_off_everything()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
