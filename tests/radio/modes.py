"""Provisioning Mode, as its owner uses it: records, switching it on, and what it tells."""

from typing import Any

from tests.radio.lab.claimant import API
from tests.radio.lab.device import Device
from tests.radio.lab.waiting import eventually


def put(device: Device, kind: str, uuid: str, record: dict[str, Any]) -> None:
    """Write a record."""
    answer = device.api("PUT", f"/api/{kind}/{uuid}", record)
    assert answer.status == 204, answer.body


def fill(device: Device, **registry: list[dict[str, Any]]) -> None:
    """Import ``controllers``, ``clients`` and ``certificates``."""
    answer = device.api(
        "POST",
        "/api/registry/import?form=json",
        registry,
        headers={"Content-Type": "application/octet-stream"},
    )
    assert answer.status == 200, answer.body


def session(device: Device) -> dict[str, Any]:
    """How it stands."""
    return device.api("GET", f"{API}/session").json


def switch_on(device: Device) -> dict[str, Any]:
    """Switch it on, and wait until it is."""
    assert device.api("PUT", API).status == 202
    told = eventually(
        lambda: session(device),
        lambda seen: seen["state"] == "active" or "ended" in seen,
        what="Provisioning Mode is on",
        within=90,
    )
    assert told["state"] == "active", told
    return told


def goes_off(device: Device, within: float = 60) -> dict[str, Any]:
    """Wait until it is off; what it tells then."""
    return eventually(
        lambda: session(device),
        lambda seen: seen["state"] == "off",
        what="Provisioning Mode is off",
        within=within,
    )
