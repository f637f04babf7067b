"""Somebody else's Improv client (py-improv-ble-client, of Home Assistant), for the machine inside.

``improv_client.py find ADAPTER`` looks for a device over that adapter, and prints its path in
BlueZ, its name and its service data. ``improv_client.py take PATH STEP...`` connects, takes the
steps, and prints what came of each as one line of JSON; with an error it ends, since the client
then hangs up. A step is ``state``, ``info``, ``scan``, ``identify``, ``raw:HEX`` (written as it
is), or ``join:SSID:PASSWORD``.

A real controller hears whoever advertises ten times a second. The virtual one hears everybody once,
in the moment in which it begins to scan, and the kernel drops what it is told before it has taken
note that the scan has begun. So while it looks, the scan is begun anew every second.

Where one BlueZ has both ends of a connection, it may forget to tell that there is one, and bleak
waits for that word. So the connection is made before bleak first asks BlueZ what there is.
"""

import asyncio
import json
import subprocess
import sys
import time
from typing import Any

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from improv_ble_client import SERVICE_UUID, Error, ImprovBLEClient, State
from improv_ble_client.errors import ImprovError, ProvisioningFailed
from improv_ble_client.protocol import (
    CHARACTERISTIC_UUID_ERROR,
    CHARACTERISTIC_UUID_RPC_COMMAND,
    CHARACTERISTIC_UUID_STATE,
)

FIND_SECONDS = 45.0
LINK_SECONDS = 60.0
STEP_SECONDS = 90.0
DEVICE = "org.bluez.Device1"
SET_SCAN_ENABLE = ("08", "000c")
"""LE Set Scan Enable (Bluetooth Core 5.3, Vol 4, Part E, 7.8.11): OGF and OCF."""


async def find(adapter: str) -> None:
    """The first device that offers Improv."""
    scanner = BleakScanner(bluez={"adapter": adapter}, service_uuids=[SERVICE_UUID])
    async with scanner, asyncio.timeout(FIND_SECONDS):
        anew = asyncio.create_task(scan_anew(adapter))
        async for device, heard in scanner.advertisement_data():
            if SERVICE_UUID in heard.service_uuids:
                data = {uuid: value.hex() for uuid, value in heard.service_data.items()}
                print(json.dumps([device.details["path"], device.name, data]), flush=True)
                break
        anew.cancel()


async def scan_anew(adapter: str) -> None:
    """Every second, until it is cancelled."""
    while True:
        await asyncio.sleep(1)
        for parameters in (["00", "00"], ["01", "01"]):  # off; on, without duplicates
            command = ("hcitool", "-i", adapter, "cmd", *SET_SCAN_ENABLE, *parameters)
            process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.DEVNULL
            )
            await process.wait()


def link(path: str) -> None:
    """Connect, and wait until the services are known."""
    asked("call", path, DEVICE, "Connect")
    deadline = time.monotonic() + LINK_SECONDS
    while "true" not in asked("get-property", path, DEVICE, "ServicesResolved"):
        if time.monotonic() > deadline:
            raise TimeoutError("BlueZ does not find the services")
        time.sleep(0.1)


def asked(verb: str, *words: str) -> str:
    """What BlueZ answers."""
    command = ("busctl", "--system", verb, "org.bluez", *words)
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


async def take(path: str, steps: list[str]) -> None:
    """All of them, or those up to the first error."""
    address = path.rpartition("dev_")[2].replace("_", ":")
    client = ImprovBLEClient(BLEDevice(address, address, {"path": path, "props": {}}))
    await client.ensure_connected()
    for step in steps:
        word, failed = step.partition(":")[0], False
        try:
            async with asyncio.timeout(STEP_SECONDS):
                came, failed = await taken(client, step)
        except (ImprovError, TimeoutError) as error:
            came, failed = repr(error), True
        print(json.dumps([word, came]), flush=True)
        if failed:
            break
    # After an error it hangs up in the background.
    while client._background_tasks:
        await asyncio.wait(client._background_tasks)


async def taken(client: ImprovBLEClient, step: str) -> tuple[Any, bool]:
    """What came of a step, and whether that is the end."""
    word, _, rest = step.partition(":")
    match word:
        case "state":
            state = await client.read_characteristic(CHARACTERISTIC_UUID_STATE)
            error = await client.read_characteristic(CHARACTERISTIC_UUID_ERROR)
            return [State(state).name, Error(error).name, int(client.capabilities)], False
        case "info":
            info = await client.get_device_info()
            parts = info.firmware_name, info.firmware_version, info.hardware_chip, info.device_name
            return [part.decode() for part in parts], False
        case "scan":
            found = await client.scan_wifi()
            return [[part.decode() for part in one] for one in found.networks], False
        case "identify":
            return await client.identify(), False
        case "raw":
            return await written(client, bytes.fromhex(rest)), False
        case "join":
            return await joined(client, *rest.split(":"))
        case _:
            raise ValueError(step)


async def written(client: ImprovBLEClient, data: bytes) -> str:
    """The error that stands there after what no client would write."""
    assert client._client is not None
    await client._client.write_gatt_char(CHARACTERISTIC_UUID_RPC_COMMAND, data, True)
    await asyncio.sleep(1)
    return Error(await client.read_characteristic(CHARACTERISTIC_UUID_ERROR)).name


async def joined(client: ImprovBLEClient, ssid: str, password: str) -> tuple[Any, bool]:
    """The states on the way, up to the error if there is one, and the page or the error."""
    states: list[str] = []
    errors: list[Error] = []

    def heard(state: State) -> None:
        if not any(error is not Error.NO_ERROR for error in errors):
            states.append(state.name)

    unsubscribe = client._notification_handlers.subscribe_error(errors.append)
    try:
        page = await client.provision(ssid, password, heard)
    except ProvisioningFailed as error:
        return [states, error.error.name], True
    finally:
        unsubscribe()
    return [states, page], False


if __name__ == "__main__":
    wish, where, *words = sys.argv[1:]
    if wish == "find":
        asyncio.run(find(where))
    else:
        link(where)
        asyncio.run(take(where, words))
