"""What Improv Wi-Fi sends over Bluetooth LE, as values: https://www.improv-wifi.com/ble, 2.2.

A command and its result are one frame: command, length of the data, data, and the low byte of the
sum of all bytes before. Data is a row of strings, each after its length in one byte.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum, IntFlag

import msgspec

SERVICE = "00467768-6228-2272-4663-277478268000"
CURRENT_STATE = "00467768-6228-2272-4663-277478268001"
ERROR_STATE = "00467768-6228-2272-4663-277478268002"
RPC_COMMAND = "00467768-6228-2272-4663-277478268003"
RPC_RESULT = "00467768-6228-2272-4663-277478268004"
CAPABILITIES = "00467768-6228-2272-4663-277478268005"
SERVICE_DATA = "00004677-0000-1000-8000-00805f9b34fb"

MOST_DATA = 255
_HEAD, _SUM = 2, 1
_NOTIFICATION_HEAD = 5
"""Of the attribute protocol, before a notified value (Bluetooth Core 5.3, Vol 3, Part F, 3.4.7).

BlueZ notifies clients that can take several values at once in that form, which is the longer one.
"""


class State(IntEnum):
    """The characteristic Current State."""

    AUTHORIZATION_REQUIRED = 1
    AUTHORIZED = 2
    PROVISIONING = 3
    PROVISIONED = 4


class Fault(IntEnum):
    """The characteristic Error State."""

    NONE = 0
    INVALID_PACKET = 1
    UNKNOWN_COMMAND = 2
    UNABLE_TO_CONNECT = 3
    NOT_AUTHORIZED = 4
    UNKNOWN = 0xFF


class Capability(IntFlag):
    """The characteristic Capabilities."""

    IDENTIFY = 1
    DEVICE_INFO = 2
    SCAN = 4


class Rpc(IntEnum):
    """What a client asks for."""

    SEND_WIFI = 1
    IDENTIFY = 2
    DEVICE_INFO = 3
    SCAN = 4


class Frame(msgspec.Struct, frozen=True):
    """A command as it came: its number and its strings. ``rpc`` may be none that we know."""

    rpc: int
    strings: tuple[bytes, ...]


class Malformed(ValueError):
    """What was written is no frame."""


class Network(msgspec.Struct, frozen=True):
    """One network for a client's list. ``signal`` in dBm."""

    ssid: bytes
    signal: int
    security: str


def frame_length(head: bytes) -> int | None:
    """How long the frame is that begins so; ``None`` while that can't be known."""
    return _HEAD + head[1] + _SUM if len(head) >= _HEAD else None


def read(data: bytes) -> Frame:
    """The command in a whole frame. Raises ``Malformed``."""
    if frame_length(data) != len(data):
        raise Malformed("its length is not what it says")
    if checksum(data[:-_SUM]) != data[-1]:
        raise Malformed("its checksum does not fit")
    return Frame(data[0], tuple(_strings(data[_HEAD:-_SUM])))


def result(rpc: Rpc, strings: Iterable[bytes]) -> bytes:
    """A result's frame. Raises ``ValueError`` for more than a frame can hold."""
    data = b"".join(bytes([len(one)]) + one for one in strings)
    frame = bytes([rpc, len(data)]) + data
    return frame + bytes([checksum(frame)])


def device_info(*, firmware: str, version: str, hardware: str, name: str, room: int) -> bytes:
    """The result that says what the device is, each string cut so that all fit into ``room``."""
    texts = (firmware, version, hardware, name)
    each = (room - len(texts)) // len(texts)
    return result(Rpc.DEVICE_INFO, [_cut(text, each) for text in texts])


def networks(seen: Sequence[Network], room: int) -> bytes:
    """The result that lists networks: as many of the first ones as ``room`` bytes of data hold.

    A name that is not UTF-8 is left out: a client could neither show it nor send it back.
    """
    strings: list[bytes] = []
    used = 0
    for one in seen:
        if not _is_text(one.ssid):
            continue
        entry = (one.ssid, str(one.signal).encode(), one.security.encode())
        used += sum(1 + len(part) for part in entry)
        if used > room:
            break
        strings.extend(entry)
    return result(Rpc.SCAN, strings)


def room_for(mtu: int) -> int:
    """How many bytes of data fit into one notification. ``mtu``: the connection's, in bytes.

    Clients take every notification for a whole result, so a result is never more than one.
    """
    return min(MOST_DATA, mtu - _NOTIFICATION_HEAD - _HEAD - _SUM)


def service_data(state: State, capabilities: Capability) -> bytes:
    """What is advertised with the service (2.0 of the standard): state, capabilities, reserved."""
    return bytes([state, capabilities, 0, 0, 0, 0])


def checksum(data: bytes) -> int:
    """The low byte of the sum."""
    return sum(data) & 0xFF


def _strings(data: bytes) -> Iterable[bytes]:
    while data:
        end = 1 + data[0]
        if end > len(data):
            raise Malformed("a string is longer than what follows")
        yield data[1:end]
        data = data[end:]


def _cut(text: str, most: int) -> bytes:
    return text.encode()[: max(0, most)].decode(errors="ignore").encode()


def _is_text(name: bytes) -> bool:
    try:
        return bool(name.decode())
    except UnicodeDecodeError:
        return False
