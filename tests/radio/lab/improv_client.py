"""Somebody else's Improv client (py-improv-ble-client, of Home Assistant), for the machine inside.

``improv_client.py ADAPTER STEP...`` finds the device over that adapter, takes the steps, and prints
what came of each as one line of JSON. A step is ``state``, ``info``, ``scan``, ``identify``,
``raw:HEX`` (written as it is), or ``join:SSID:PASSWORD``.
"""

import asyncio
import json
import logging
import sys
from typing import Any

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from improv_ble_client import SERVICE_UUID, Error, ImprovBLEClient, State
from improv_ble_client.errors import ImprovError, ProvisioningFailed
from improv_ble_client.protocol import (
    CHARACTERISTIC_UUID_ERROR,
    CHARACTERISTIC_UUID_RPC_COMMAND,
    CHARACTERISTIC_UUID_STATE,
)

FIND_SECONDS = 30.0
STEP_SECONDS = 90.0


async def find(adapter: str) -> tuple[BLEDevice, AdvertisementData]:
    """The first device that offers Improv."""
    async with BleakScanner(bluez={"adapter": adapter}, service_uuids=[SERVICE_UUID]) as scanner:
        async with asyncio.timeout(FIND_SECONDS):
            async for device, heard in scanner.advertisement_data():
                if SERVICE_UUID in heard.service_uuids:
                    return device, heard
    raise TimeoutError("nobody offers Improv")


async def linked(device: BLEDevice) -> None:
    """Connected, as BlueZ has it, and with its services known.

    bleak takes a connection for lost when BlueZ answers its wish before it tells of the success,
    which is so where one daemon has both ends; a connection that is there it takes as it is.
    """
    path, kind = device.details["path"], "org.bluez.Device1"
    await asked("call", path, kind, "Connect")
    async with asyncio.timeout(STEP_SECONDS):
        while "true" not in await asked("get-property", path, kind, "ServicesResolved"):  # noqa: ASYNC110  it is said over D-Bus, which is asked here
            await asyncio.sleep(0.1)


async def asked(verb: str, *words: str) -> str:
    """What BlueZ answers."""
    command = ("busctl", "--system", verb, "org.bluez", *words)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0].decode()


async def settled(client: ImprovBLEClient) -> None:
    """After an error it hangs up in the background."""
    while client._background_tasks:
        await asyncio.wait(client._background_tasks)


async def take(client: ImprovBLEClient, step: str) -> Any:
    """One step."""
    word, _, rest = step.partition(":")
    match word:
        case "state":
            await client.ensure_connected()
            state = await client.read_characteristic(CHARACTERISTIC_UUID_STATE)
            error = await client.read_characteristic(CHARACTERISTIC_UUID_ERROR)
            return [State(state).name, Error(error).name, int(client.capabilities)]
        case "info":
            await client.ensure_connected()
            info = await client.get_device_info()
            parts = info.firmware_name, info.firmware_version, info.hardware_chip, info.device_name
            return [part.decode() for part in parts]
        case "scan":
            await client.ensure_connected()
            found = await client.scan_wifi()
            return [[part.decode() for part in one] for one in found.networks]
        case "identify":
            await client.ensure_connected()
            return await client.identify()
        case "raw":
            await client.ensure_connected()
            assert client._client is not None
            await client._client.write_gatt_char(
                CHARACTERISTIC_UUID_RPC_COMMAND, bytes.fromhex(rest), True
            )
            return Error(await client.read_characteristic(CHARACTERISTIC_UUID_ERROR)).name
        case "join":
            return await join(client, *rest.split(":"))
        case _:
            raise ValueError(step)


async def join(client: ImprovBLEClient, ssid: str, password: str) -> Any:
    """The states on the way, and the page or the error."""
    states: list[str] = []
    try:
        page = await client.provision(ssid, password, lambda state: states.append(state.name))
    except ProvisioningFailed as error:
        return [states, error.error.name]
    return [states, page]


async def main(adapter: str, steps: list[str]) -> None:
    """All of them."""
    device, heard = await find(adapter)
    data = {uuid: value.hex() for uuid, value in heard.service_data.items()}
    print(json.dumps(["found", device.name, data]), flush=True)
    client = ImprovBLEClient(device, heard)
    for step in steps:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await settled(client)
                await linked(device)
                came = await take(client, step)
        except (ImprovError, TimeoutError) as error:
            came = repr(error)
        print(json.dumps([step.partition(":")[0], came]), flush=True)


if __name__ == "__main__":
    logging.basicConfig(format="%(relativeCreated)d %(name)s: %(message)s", stream=sys.stderr)
    for part in ("bleak", "bleak_retry_connector", "improv_ble_client"):
        logging.getLogger(part).setLevel(logging.DEBUG)
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
