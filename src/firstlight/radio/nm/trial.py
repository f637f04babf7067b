"""A trial as it can be watched: two daemons' signals, read as link reports.

NetworkManager tells where a device stands and why it left a state; wpa_supplicant tells association
and handshake apart, and carries the 802.11 status and reason codes (IEEE 802.11-2020, 9.4.1.7 and
9.4.1.9) by which a wrong password is known. A device passes through ``NEED_AUTH`` in good health
too, to fetch the stored secret; only when the supplicant was thrown out before is it the password.
And not even then once a handshake was completed: the access point has proved that it knows the same
password (IEEE 802.11-2020, 12.7.6.4, the third message), so it is the link that failed.
"""

from typing import Any

from firstlight.model.radio import Ipv4, LinkReason, LinkReport, LinkStage
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.port import Report

_ORDER = list(LinkStage)

_BY_SUPPLICANT_STATE = {
    "authenticating": LinkStage.ASSOCIATING,
    "associating": LinkStage.ASSOCIATING,
    "associated": LinkStage.ASSOCIATED,
    "4way_handshake": LinkStage.ASSOCIATED,
    "group_handshake": LinkStage.ASSOCIATED,
    "completed": LinkStage.AUTHENTICATED,
}

_BY_REASON = {
    StateReason.NOW_UNMANAGED: LinkReason.MANAGER_GONE,  # its last word when it stops
    StateReason.NO_SECRETS: LinkReason.NO_SECRETS,
    StateReason.SSID_NOT_FOUND: LinkReason.SSID_NOT_FOUND,
    StateReason.CONFIG_FAILED: LinkReason.SUPPLICANT_FAILED,
    StateReason.SUPPLICANT_CONFIG_FAILED: LinkReason.SUPPLICANT_FAILED,
    StateReason.SUPPLICANT_FAILED: LinkReason.SUPPLICANT_FAILED,
    StateReason.SUPPLICANT_TIMEOUT: LinkReason.SUPPLICANT_TIMEOUT,
    StateReason.SUPPLICANT_DISCONNECT: LinkReason.SUPPLICANT_TIMEOUT,
    StateReason.IP_CONFIG_UNAVAILABLE: LinkReason.DHCP_FAILED,
    StateReason.IP_CONFIG_EXPIRED: LinkReason.DHCP_FAILED,
    StateReason.IP_ADDRESS_DUPLICATE: LinkReason.DHCP_FAILED,
    StateReason.DHCP_START_FAILED: LinkReason.DHCP_FAILED,
    StateReason.DHCP_ERROR: LinkReason.DHCP_FAILED,
    StateReason.DHCP_FAILED: LinkReason.DHCP_FAILED,
    StateReason.REMOVED: LinkReason.RADIO_GONE,
    StateReason.SLEEPING: LinkReason.RADIO_BLOCKED,
    StateReason.CONNECTION_REMOVED: LinkReason.REPLACED,
    StateReason.USER_REQUESTED: LinkReason.REPLACED,
    StateReason.NEW_ACTIVATION: LinkReason.REPLACED,
}

_REJECTIONS_FOR_SURE = 2


class TrialWatch:
    """Turns signals into reports, each stage once and in order, nothing after the end."""

    def __init__(self, report: Report, *, simultaneous_authentication: bool) -> None:
        self._report = report
        self._sae = simultaneous_authentication
        self._stage = LinkStage.PREPARING
        self._begun = False
        self._ended = False
        self._handshaking = False
        self._rejections = 0

    def end(self) -> None:
        """Report nothing any more."""
        self._ended = True

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged``. What comes before ``PREPARE`` is the old connection's end."""
        if new is DeviceState.PREPARE:
            self._begun = True
        if not self._begun:
            return
        if new is DeviceState.NEED_AUTH and reason is StateReason.SUPPLICANT_DISCONNECT:
            proved = self._authenticated
            why = LinkReason.SUPPLICANT_TIMEOUT if proved else LinkReason.HANDSHAKE_FAILED
            self._fail(why, reason.name)
        elif DeviceState.IP_CONFIG <= new <= DeviceState.ACTIVATED:
            self._reached(LinkStage.AUTHENTICATED)
        elif new is DeviceState.UNAVAILABLE:
            self._fail(self._reason(reason, LinkReason.RADIO_BLOCKED), reason.name)
        elif new is DeviceState.UNMANAGED:
            self._fail(self._reason(reason, LinkReason.RADIO_GONE), reason.name)
        elif new in {DeviceState.FAILED, DeviceState.DEACTIVATING, DeviceState.DISCONNECTED}:
            self._fail(self._reason(reason, LinkReason.UNKNOWN), reason.name)

    def supplicant(self, changed: dict[str, Any]) -> None:
        """Changed properties of wpa_supplicant's interface."""
        if not self._begun:
            return
        if self._sae and changed.get("AuthStatusCode", 0) > 0:
            self._rejected(f"SAE authentication refused with status {changed['AuthStatusCode']}")
        state = changed.get("State")
        if state == "disconnected" and self._handshaking and not self._authenticated:
            self._rejected("disconnected in the four-way handshake")
        if state is not None:
            self._handshaking = state == "4way_handshake"
        stage = _BY_SUPPLICANT_STATE.get(str(state))
        if stage is not None:
            self._reached(stage)

    def address(self, ipv4: Ipv4) -> None:
        """The device is active with this trial, and has an address."""
        if self._ended or self.connected:
            return
        self._reached(LinkStage.AUTHENTICATED)
        self._stage = LinkStage.CONNECTED
        self._report(LinkReport(stage=LinkStage.CONNECTED, ipv4=ipv4))

    def gone(self, reason: LinkReason) -> None:
        """NetworkManager or the radio went away."""
        self._fail(reason, "")

    @property
    def connected(self) -> bool:
        """Whether ``CONNECTED`` has been reported."""
        return self._stage is LinkStage.CONNECTED

    @property
    def _authenticated(self) -> bool:
        return _ORDER.index(self._stage) >= _ORDER.index(LinkStage.AUTHENTICATED)

    def _rejected(self, detail: str) -> None:
        self._rejections += 1
        if self._rejections >= _REJECTIONS_FOR_SURE:
            self._fail(LinkReason.HANDSHAKE_FAILED, detail)

    def _reason(self, reason: StateReason, otherwise: LinkReason) -> LinkReason:
        found = _BY_REASON.get(reason, otherwise)
        if found is LinkReason.SUPPLICANT_TIMEOUT and self._rejections:
            return LinkReason.HANDSHAKE_FAILED
        return found

    def _reached(self, stage: LinkStage) -> None:
        if not self._ended and _ORDER.index(stage) > _ORDER.index(self._stage):
            self._stage = stage
            self._report(LinkReport(stage=stage))

    def _fail(self, reason: LinkReason, detail: str) -> None:
        if not self._ended:
            self._ended = True
            self._report(LinkReport(stage=LinkStage.FAILED, reason=reason, detail=detail))
