"""The device's own hotspot: its identity, and that it is up when it should be."""

import asyncio
import logging
import secrets
from collections.abc import Callable

from msgspec.structs import replace

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core import hotspot
from firstlight.daemon.memory import Memory
from firstlight.errors import FirstlightError, InvalidInput, RadioUnavailable
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link, Station
from firstlight.model.ssid import Ssid
from firstlight.model.wire import HotspotAnswer
from firstlight.radio.port import Radio

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 1.0
_RETRY_SECONDS = (2.0, 5.0, 10.0, 20.0, 30.0)


class HotspotKeeper:
    """``wanted``: whether it should be up while the device waits for WiFi.

    ``is_alone`` is asked whether the device does so in other modes, too; ``goes_over_link`` whether
    even though there is a link.
    """

    def __init__(
        self, config: Config, hostname: str, radio: Radio, memory: Memory, clock: Clock
    ) -> None:
        self._config = config
        self._hostname = hostname
        self._radio = radio
        self._memory = memory
        self._clock = clock
        self._doing = asyncio.Lock()
        self._changed = asyncio.Event()
        self._busy = 0
        self.wanted = config.hotspot.at_start
        self.is_alone: Callable[[], bool] = _never
        self.goes_over_link: Callable[[], bool] = _never

    async def identify(self) -> None:
        """Give the hotspot a name and a password of its own, once; configuration beats both."""
        kept, wish = self._memory.kept, self._config.hotspot
        brand = self._config.brand
        default = hotspot.default_ssid(brand.ssid_prefix or brand.name, self._hostname).decode()
        password = _usable(Passphrase.parse, kept.hotspot_password)
        await self._memory.change(
            hotspot_ssid=wish.ssid or _usable(Ssid.from_text, kept.hotspot_ssid) or default,
            hotspot_profile=wish.profile,
            hotspot_password=wish.password or password or _new_password(),
        )

    async def up(self) -> None:
        """Raise it, if it isn't up. Raises what the radio raises."""
        async with self._doing:
            await self._radio.hotspot_up(self._settings())
            await self._memory.change(ap_enabled=True)

    async def move(self, channel: int) -> None:
        """Change to that channel; stations have to come after it. Raises what the radio raises."""
        async with self._doing:
            await self._radio.hotspot_up(replace(self._settings(), channel=channel))

    async def down(self) -> None:
        """Take it down, if it is up. Raises what the radio raises."""
        async with self._doing:
            await self._radio.hotspot_down()
            await self._memory.change(ap_enabled=False)

    async def told(self) -> HotspotAnswer:
        """All that a person needs who wants to join it. Without a radio it is down and empty."""
        stations = await self._stations()
        return hotspot.told(
            self._memory.kept,
            self._radio.state,
            stations,
            address=self._config.hotspot.address,
            channel=self._config.hotspot.channel,
        )

    def hold(self) -> None:
        """Leave the radio alone until ``resume``: somebody else works with it."""
        self._busy += 1

    async def idle(self) -> None:
        """Return once it is neither on its way up nor down, if it was."""
        async with self._doing:
            return

    def resume(self) -> None:
        """See whether there is something to do."""
        self._busy -= 1
        self.changed()

    def changed(self) -> None:
        """Look again: the radio, the mode or the wish is another."""
        self._changed.set()

    async def run(self) -> None:
        """Keep it up for ever. A failure is loud once, then quiet until it ends."""
        failures = 0
        while True:
            if not self._is_due():
                await self._changed.wait()
                self._changed.clear()
                continue
            try:
                await self.up()
            except FirstlightError as error:
                if self._busy:
                    continue  # somebody took the radio meanwhile, and will see to it
                level = logging.DEBUG if failures else logging.ERROR
                log.log(level, "the hotspot did not come up: %s %s", error, error.hint or "")
                await self._clock.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                failures += 1
            else:
                if failures:
                    log.info("the hotspot is up after %d failures", failures)
                failures = 0
                if self._is_due():  # it is up, and the radio has not said so yet
                    await self._clock.sleep(_SETTLE_SECONDS)

    async def _stations(self) -> tuple[Station, ...]:
        if self._radio.state.link is not Link.HOTSPOT:
            return ()
        try:
            return await self._radio.stations()
        except RadioUnavailable:  # gone meanwhile, and its stations with it
            return ()

    def _is_due(self) -> bool:
        state = self._radio.state
        mode = self._memory.kept.mode
        return not self._busy and hotspot.should_be_up(
            mode, state, wanted=self.wanted, alone=self.is_alone(), over_link=self.goes_over_link()
        )

    def _settings(self) -> HotspotSettings:
        kept, config, state = self._memory.kept, self._config, self._radio.state
        return HotspotSettings(
            profile_name=kept.hotspot_profile,
            ssid=Ssid.from_text(kept.hotspot_ssid),
            passphrase=Passphrase.parse(kept.hotspot_password, field="hotspot.password"),
            channel=config.hotspot.channel
            or hotspot.channel_for(state, self._radio.access_points()),
            address=config.hotspot.address,
            management_frame_protection=hotspot.tolerates_pmf(state.driver),
            share_internet=config.hotspot.share_internet,
            country=config.country,
        )


def _usable(parse: Callable[[str], object], kept: str) -> str:
    """What is kept, or nothing if it is something that no hotspot can have."""
    try:
        parse(kept)
    except InvalidInput as error:
        if kept:
            log.warning("the hotspot's kept identity is replaced: %s", error)
        return ""
    return kept


def _never() -> bool:
    return False


def _new_password() -> str:
    return "".join(
        secrets.choice(hotspot.PASSWORD_ALPHABET) for _ in range(hotspot.PASSWORD_LENGTH)
    )
