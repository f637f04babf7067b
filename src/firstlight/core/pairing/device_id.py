"""The device's own name, ``<PREFIX>-<YYYY>-<XXXXXXXX>``: printed on labels, read out on the phone.

The last part is eight characters of an alphabet of 27 without look-alikes, 2.8e11 values, drawn by
HMAC-SHA-256 from what belongs to the machine. For ``n`` devices of the same prefix and year the
probability that any two share one is about n² / (2 * 27**8): 1.8e-6 for a thousand, 1.8e-4 for ten
thousand, 1.8 % for a hundred thousand. It says nothing about the numbers it was made from, beyond
letting somebody check a guess.

Serial numbers and the radio's MAC address go in together: some makers give all their boards the
same serial, and some radio dongles all have the same MAC. ``/etc/machine-id`` belongs to an image
rather than to a machine once the image was copied, so it is the last resort.
"""

import hashlib
import hmac
import re

import msgspec

from firstlight.core.pairing.plausible import is_plausible

ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
"""Of 0 O, 1 I L, 2 Z, 5 S, 8 B and U V at most one each."""

LENGTH = 8
RELEASE_YEAR = 2026
"""Written for a first start whose clock is not set."""

NO_PREFIX = "FL"

_DERIVED_PREFIX = 3
_SHORTEST_PREFIX = 2
_KEY = b"firstlight device id 1"
_USABLE = re.compile(r"[A-Z0-9]{2,8}-[0-9]{4}-[A-Z0-9]{3,16}")

# What boards say that were never given a number.
_NOBODY = frozenset(
    {
        "03000200-0400-0500-0006-000700080009",
        "12345678-1234-5678-90ab-cddeefaabbcc",
        "chassis serial number",
        "default string",
        "empty",
        "invalid",
        "n/a",
        "na",
        "none",
        "not applicable",
        "not available",
        "not specified",
        "o.e.m.",
        "oem",
        "serial number",
        "system serial number",
        "to be filled by o.e.m.",
        "type2 - board serial number",
        "unknown",
    }
)
_COUNTED_UP = "0123456789"
_SHORTEST_SERIAL = 4
_FEWEST_CHARACTERS = 3
_MADE_UP_MAC = 0b10
_DAYS_OF_FOUR_YEARS = 1461


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine says of itself; empty for what it doesn't.

    ``serials`` by where they were read; ``mac``: the radio's permanent address.
    """

    serials: tuple[tuple[str, str], ...] = ()
    mac: str = ""
    machine_id: str = ""


def prefix_of(brand: str) -> str:
    """The first three letters or digits of the brand, as far as they are ASCII; else ``FL``."""
    letters = "".join(char for char in brand if char.isascii() and char.isalnum()).upper()
    return letters[:_DERIVED_PREFIX] if len(letters) >= _SHORTEST_PREFIX else NO_PREFIX


def is_usable(device_id: str) -> bool:
    """Whether a kept ID has the form of one; a maker may have chosen the last part himself."""
    return _USABLE.fullmatch(device_id) is not None


def device_id(prefix: str, first_start: float, identity: Identity, made_up: bytes) -> str:
    """The ID of a device that has none yet. ``first_start``: Unix seconds as its clock says.

    ``made_up``: random bytes for a machine that says nothing of itself. Its ID is only as stable
    as the file that it is kept in.
    """
    seed = _seed(identity) or b"made up\0" + made_up
    number = int.from_bytes(hmac.digest(_KEY, seed, hashlib.sha256))
    letters: list[str] = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return f"{prefix}-{_year(first_start):04d}-{''.join(letters)}"


def _seed(identity: Identity) -> bytes:
    """Everything that is good for telling machines apart; empty when nothing is."""
    own = [(source, text) for source, text in identity.serials if _is_serial(text)]
    if _is_permanent(identity.mac):
        own.append(("mac", identity.mac))
    if not own and identity.machine_id:
        own.append(("machine-id", identity.machine_id))
    parts = (f"{source}={text.strip().lower()}\0" for source, text in own)
    return "".join(parts).encode(errors="surrogatepass")


def _is_serial(text: str) -> bool:
    said = text.strip().lower()
    bare = "".join(char for char in said if char.isalnum())
    return (
        len(bare) >= _SHORTEST_SERIAL
        and len(set(bare)) >= _FEWEST_CHARACTERS
        and said not in _NOBODY
        and bare not in _COUNTED_UP
    )


def _is_permanent(mac: str) -> bool:
    """Whether a maker has given it (IEEE 802: the second lowest bit of the first byte is 0)."""
    try:
        octets = bytes.fromhex(mac.strip().replace(":", ""))
    except ValueError:
        return False
    return len(octets) == 6 and any(octets) and not octets[0] & _MADE_UP_MAC  # noqa: PLR2004


def _year(unix_seconds: float) -> int:
    """The year of a plausible clock (UTC), else the release's."""
    if not is_plausible(unix_seconds):
        return RELEASE_YEAR
    # Every fourth year from 1972 to 2096 is a leap year, and no clock beyond is plausible.
    days = int(unix_seconds // 86_400)
    return max(1970 + (4 * days + 2) // _DAYS_OF_FOUR_YEARS, RELEASE_YEAR)
