"""The contract between Firstlight and a WiFi radio.

An adapter owns one radio. It is event-driven: ``state`` is always the latest known view,
``subscribe`` delivers every change from then on, and nothing polls what has a signal. Subscribe
first, then read ``state``, and nothing falls between.

A *trial* is a new station profile, tried beside the saved ones and never saved until it is
promoted:

1. ``protect`` takes note of what is active now and arms a dead-man's switch: if this process dies,
   the old state returns by itself.
2. ``activate_trial`` starts the join; reports arrive through the callback until the trial ends.
3. ``promote`` makes the profile permanent, on disk; ``release`` disarms the switch; ``retire``
   removes older profiles of the same SSID. Or ``abandon`` ends the trial and brings the old state
   back.

The *SoftAP* is the network that a controller hands out configuration on: for one station, at little
power, and a dead end. A hotspot is for people; the two are never up on one interface.

``settle`` is called once after ``open``: it clears away what a killed predecessor left behind.

Every method raises ``RadioUnavailable`` when there is no radio or no NetworkManager,
``NotPermitted`` when this user may not, ``RadioFailure`` when the radio was asked properly and
failed. None waits without a deadline.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.profile import HotspotSettings, Profile, TrialPlan
from firstlight.model.radio import LinkReport, RadioEvent, RadioState, Station
from firstlight.model.softap import SoftAp, SoftApSettings
from firstlight.model.ssid import Ssid

Report = Callable[[LinkReport], None]
Listener = Callable[[RadioEvent], None]


class Radio(Protocol):
    """One WiFi radio."""

    @property
    def state(self) -> RadioState:
        """The latest known view; never waits, never raises."""
        ...

    async def open(self) -> None:
        """Start watching. Succeeds without NetworkManager or a device: ``state`` says so.

        Comes back by itself when they appear or restart, re-reading everything.
        """
        ...

    async def close(self) -> None:
        """Stop watching and let go of everything. The network stays as it is."""
        ...

    def subscribe(self, listener: Listener) -> AbstractContextManager[None]:
        """Call ``listener`` for every event, in order, until the context ends.

        The listener must not block and must not raise.
        """
        ...

    def access_points(self) -> tuple[AccessPoint, ...]:
        """Everything heard lately, also from before the hotspot went up; see ``last_seen``."""
        ...

    async def scan(self, ssids: Sequence[Ssid] = (), frequencies: Sequence[int] = ()) -> None:
        """Scan, and return once the results are in ``access_points``.

        ``ssids`` asks for hidden networks by name; ``frequencies`` (MHz) limits where to look,
        where the radio can. Joins a scan that is already under way if it covers this one. Raises
        ``Busy`` while the radio can't scan, as most can't while they are a hotspot.
        """
        ...

    async def profiles(self) -> tuple[Profile, ...]:
        """Every WiFi profile, hotspots and trials included."""
        ...

    async def forget(self, uuid: str) -> None:
        """Delete a profile; if it is active, the radio leaves that network.

        Raises ``NotFound`` when there is none.
        """
        ...

    async def settle(self) -> tuple[str, ...]:
        """End trials that a killed process left behind. Returns a sentence for each."""
        ...

    async def protect(self, seconds: float) -> None:
        """Note what is active; arm the switch to bring it back in ``seconds`` unless released."""
        ...

    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        """Start joining; returns the trial profile's UUID as soon as the activation is accepted."""
        ...

    async def promote(self, uuid: str) -> None:
        """Make a trial a saved profile that connects by itself. On disk when this returns."""
        ...

    async def release(self) -> None:
        """Disarm the switch of ``protect``. Does nothing when it isn't armed."""
        ...

    async def retire(self, uuid: str) -> tuple[str, ...]:
        """Delete other station profiles of the same SSID as ``uuid``. Returns their names."""
        ...

    async def abandon(self) -> None:
        """End the trial, if any, and bring back what ``protect`` noted. Returns once it is back.

        Touches nothing when the old state is still there.
        """
        ...

    async def join_saved(self, uuid: str, report: Report) -> None:
        """Leave what is active and join that saved network; returns once this was accepted.

        Reports arrive as in a trial, the last being ``CONNECTED`` or ``FAILED``. The profile stays
        whatever comes. Another activation ends it (reason ``REPLACED``), and so does ``leave``.
        Raises ``NotFound`` when there is no such profile.
        """
        ...

    async def leave(self) -> None:
        """End what ``join_saved`` began, if it has not connected yet."""
        ...

    async def rehearse(self, uuid: str, report: Report) -> None:
        """Join that saved network beside the hotspot, on a second interface, and leave it again.

        Reports as ``join_saved``; returns when it is over and the second interface is gone. The
        hotspot stays up throughout. Raises ``Busy`` unless the hotspot is up and
        ``state.abilities.join_as_hotspot``.
        """
        ...

    async def hotspot_up(self, settings: HotspotSettings) -> None:
        """Create or update the profile, and activate it. Returns once stations can join.

        Does nothing when that very hotspot is already up.
        """
        ...

    async def hotspot_down(self) -> None:
        """Take the hotspot down, if it is up."""
        ...

    async def stations(self) -> tuple[Station, ...]:
        """Who is on our hotspot or SoftAP now."""
        ...

    async def softap_up(self, settings: SoftApSettings) -> SoftAp:
        """Raise the provisioning SoftAP; returns once a station can join, or raises.

        A hotspot or a station link on the same interface ends. From the first moment a station
        reaches nothing but DHCP and the one port, also if this process dies; raises
        ``RadioFailure`` (``no_firewall``) where that can't be had. Joins are told by
        ``StationJoined``, after the handshake. Its profile is never saved for another start.
        """
        ...

    async def softap_down(self) -> None:
        """Take it down, forget its profile, and give back the radio's power; fine if it is down.

        The old hotspot or network is left to whoever wants it back.
        """
        ...

    async def neighbour(self, address: str) -> MacAddress | None:
        """Whose MAC address the kernel's neighbour table has for ``address`` on the SoftAP.

        ``None`` where it has none, or the SoftAP is down.
        """
        ...

    async def limit_power(self, dbm: float | None) -> float | None:
        """Limit the transmit power, or with ``None`` give it back to the driver.

        Returns what the driver says it uses now, ``None`` where it does not say.
        """
        ...
