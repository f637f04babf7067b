"""Who may join: the MAC addresses of all registered devices, in eight bytes each."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Self

from firstlight.model.mac import MacAddress


class Allowlist:
    """A set of MAC addresses that stays small for a million of them. Never changes."""

    __slots__ = ("_sorted",)

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._sorted = array("Q", sorted(set(numbers)))

    @classmethod
    def of(cls, macs: Iterable[MacAddress]) -> Self:
        """Of these, in any order; one that comes twice counts once."""
        return cls(number_of(mac) for mac in macs)

    def __contains__(self, mac: object) -> bool:
        if not isinstance(mac, MacAddress):
            return False
        number = number_of(mac)
        place = bisect_left(self._sorted, number)
        return place < len(self._sorted) and self._sorted[place] == number

    def __len__(self) -> int:
        return len(self._sorted)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Allowlist) and other._sorted == self._sorted

    def __hash__(self) -> int:
        return hash(self._sorted.tobytes())

    def __repr__(self) -> str:
        return f"Allowlist({len(self)})"


def number_of(mac: MacAddress) -> int:
    """The 48 bits of it."""
    return int(mac.replace(":", ""), 16)
