"""Who says whether, and where, a radio may send: rfkill switches and the country."""

import msgspec

_NO_COUNTRY = frozenset({"", "00", "98", "99"})


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """An rfkill switch of a WiFi radio: ``soft`` is a program's doing, ``hard`` the hardware's."""

    name: str
    soft_blocked: bool
    hard_blocked: bool


class Regulation(msgspec.Struct, frozen=True, kw_only=True):
    """What the kernel says of a radio. Empty where nothing is known.

    ``country`` is the regulatory domain that its WiFi part was loaded with.
    """

    switches: tuple[Switch, ...] = ()
    country: str | None = None


def is_country(domain: str) -> bool:
    """Whether a regulatory domain is a country's.

    "00" is the world's, "98" and "99" are ones that the kernel built from several.
    """
    return domain not in _NO_COUNTRY
