"""The device's mode, kept and told."""

from collections.abc import Callable

from firstlight.core import mode
from firstlight.core.mode import Turn
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.memory import Memory
from firstlight.radio.port import Radio


class Modes:
    """Turns the mode. ``on_turn`` is called after each, when it is on disk."""

    def __init__(
        self, radio: Radio, memory: Memory, hotspot: HotspotKeeper, on_turn: Callable[[], None]
    ) -> None:
        self._radio = radio
        self._memory = memory
        self._hotspot = hotspot
        self._on_turn = on_turn

    async def turn(self, turn: Turn) -> None:
        """Take note. ``Turn.ONLINE`` is for every network joined; who finished the setup is known.

        Raises ``Busy`` (code ``wrong_mode``) when it can't be from the present mode.
        """
        kept = self._memory.kept
        if turn is Turn.ONLINE:
            turn = mode.turn_online(onboarded=kept.onboarding_completed)
        turned = mode.turned(kept.mode, turn)
        fields: dict[str, object] = {"mode": turned}
        if turn in {Turn.ONLINE, Turn.HOME}:
            profile = self._radio.state.profile
            fields |= {"provisioned": True, "ap_enabled": False}
            if profile is not None:
                fields["last_ssid"] = profile.ssid.text if profile.ssid else profile.name
            self._hotspot.wanted = True
        await self._memory.change(**fields)
        self._hotspot.changed()
        self._on_turn()
