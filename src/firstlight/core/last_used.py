"""After a boot: whether the device came up on the network that it was on before.

NetworkManager means to join the network used last. But it hears of networks one after the other,
and joins at once when it has heard of one; so among several in sight another may be the first.
"""

from collections.abc import Iterable

import msgspec

from firstlight.core.recovery.candidates import networks
from firstlight.model.profile import Profile


class BootNote(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is kept beside ``provisioning.json``: the boot in which the device last ran."""

    boot_id: str


def has_booted(note: BootNote | None, boot_id: str) -> bool:
    """Whether this is another boot than that of the note; no where that can't be known."""
    return note is not None and bool(boot_id) and note.boot_id != boot_id


def passed_over(profiles: Iterable[Profile], *, last: str) -> Profile | None:
    """The network used last, while the device is on another one.

    ``last``: its name as it was remembered. A network of higher priority is not given up for it:
    there somebody has said which goes first.
    """
    saved = networks(profiles)
    active = next((one for one in saved if one.active), None)
    if active is None or _is(active, last):
        return None
    others = [one for one in saved if _is(one, last) and one.priority >= active.priority]
    return max(others, key=lambda one: one.priority, default=None)


def _is(profile: Profile, name: str) -> bool:
    return name in {profile.name, profile.ssid.text if profile.ssid else ""}
