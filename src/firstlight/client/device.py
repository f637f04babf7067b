"""What the device does: its networks, its hotspot, ways back, and itself."""

from typing import Any, Final

import msgspec

from firstlight.client.operation import operation
from firstlight.client.request import (
    Reply,
    Request,
    as_bytes,
    as_json,
    as_text,
    decoded,
    get,
    segment,
    send,
    wish,
)
from firstlight.errors import InvalidInput
from firstlight.model.attempt import Attempt
from firstlight.model.ladder import Diagnostics
from firstlight.model.ssid import Ssid
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import (
    AttemptAnswer,
    ConnectBody,
    DiagnosticsAnswer,
    ForgetBody,
    HealthAnswer,
    HotspotAnswer,
    NetworkEntry,
    NetworksAnswer,
    RestartBody,
    RestartScope,
    RollbackBody,
    SavedNetwork,
    SavedNetworksAnswer,
    StatusAnswer,
    TestAnswer,
)

API: Final = "/api/provisioning"
_ATTEMPTS: Final = f"{API}/network/attempts/"


class DeviceOperations:
    """Needs no sign-in to look where the device is open to whoever is near; changing does."""

    @operation
    def status(self) -> Request[DeviceStatus]:
        """How the device is. Asks the radio nothing, so it is quick."""
        return Request(
            method="GET",
            path=f"{API}/status",
            read=lambda reply: decoded(StatusAnswer)(reply).status,
        )

    @operation
    def networks(self) -> Request[tuple[NetworkEntry, ...]]:
        """Networks in sight, strongest first. May scan first, which takes seconds."""
        return Request(
            method="GET",
            path=f"{API}/networks",
            read=lambda reply: decoded(NetworksAnswer)(reply).networks,
        )

    @operation
    def saved(self) -> Request[tuple[SavedNetwork, ...]]:
        """Saved networks, hotspots left out."""
        return Request(
            method="GET",
            path=f"{API}/networks/saved",
            read=lambda reply: decoded(SavedNetworksAnswer)(reply).networks,
        )

    @operation
    def begin_connect(
        self,
        ssid: str | None = None,
        *,
        ssid_hex: str | None = None,
        password: str | None = None,
        hidden: bool = False,
    ) -> Request[str]:
        """Begin to join a network; returns the ID of the attempt, for ``attempt``.

        Exactly one of ``ssid`` and ``ssid_hex``. Raises ``InvalidInput``, ``Busy``,
        ``RadioUnavailable``. ``connect`` begins and follows in one.
        """
        body = ConnectBody(ssid=ssid, ssid_hex=ssid_hex, password=password, hidden=hidden)
        path = f"{API}/network/connect"
        return Request(method="POST", path=path, read=_attempt_id, **as_json(body))

    @operation
    def attempt(self, attempt_id: str) -> Request[Attempt]:
        """An attempt to join as it stands. Raises ``NotFound`` for one of long ago."""
        return Request(method="GET", path=f"{_ATTEMPTS}{segment(attempt_id)}", read=_attempt)

    @operation
    def newest_attempt(self) -> Request[Attempt]:
        """The attempt that began last. Raises ``NotFound`` where there was none."""
        return Request(method="GET", path=f"{API}/network/attempt", read=_attempt)

    @operation
    def forget(self, name: str) -> Request[None]:
        """Remove a saved network. Raises ``NotFound`` when there is none of that name."""
        return wish("POST", f"{API}/network/forget", ForgetBody(name))

    @operation
    def diagnose(self) -> Request[Diagnostics]:
        """Climb the diagnostic ladder, from the radio to the internet; takes up to 8 s."""
        return Request(
            method="GET",
            path=f"{API}/network/diagnostics",
            read=lambda reply: decoded(DiagnosticsAnswer)(reply).diagnostics,
        )

    @operation
    def test_network(self) -> Request[TestAnswer]:
        """Whether the device is connected, and the ladder; takes up to 8 s."""
        return send("POST", f"{API}/network/test", TestAnswer)

    @operation
    def hotspot(self) -> Request[HotspotAnswer]:
        """The device's own network, its password too."""
        return Request(method="GET", path=f"{API}/hotspot", read=_named)

    @operation
    def enable_hotspot(self) -> Request[None]:
        """Raise the device's own network; returns when it is up."""
        return wish("POST", f"{API}/hotspot/enable")

    @operation
    def disable_hotspot(self) -> Request[None]:
        """Lower it; returns when it is down."""
        return wish("POST", f"{API}/hotspot/disable")

    @operation
    def recover(self) -> Request[None]:
        """Begin recovery: saved networks, then the hotspot. Events tell the rest.

        Raises ``Busy`` while it runs or cools down, with ``retry_after``.
        """
        return wish("POST", f"{API}/recovery/trigger")

    @operation
    def rollback(self, reason: str = "") -> Request[None]:
        """Back to provisioning mode; returns once the hotspot is up."""
        return wish("POST", f"{API}/rollback", RollbackBody(reason=reason))

    @operation
    def restart(self, scope: RestartScope = RestartScope.APP, *, reason: str = "") -> Request[None]:
        """Restart Firstlight, or the machine; returns before it happens."""
        return wish("POST", f"{API}/restart", RestartBody(reason=reason, scope=scope))

    @operation
    def factory_reset(self) -> Request[None]:
        """Begin; returns once it can't be lost any more. Events with ``factory.reset`` tell."""
        return wish("POST", f"{API}/factory-reset")

    @operation
    def complete_onboarding(self) -> Request[None]:
        """The setup is finished: from onboarding to ready."""
        return wish("POST", f"{API}/onboarding/complete")

    @operation
    def enter_maintenance(self) -> Request[None]:
        """The device repairs nothing by itself from now on."""
        return wish("POST", f"{API}/maintenance/enter")

    @operation
    def exit_maintenance(self) -> Request[None]:
        """Back to normal."""
        return wish("POST", f"{API}/maintenance/exit")

    @operation
    def health(self) -> Request[HealthAnswer]:
        """Whether the daemon is alive and enabled. Needs no sign-in."""
        return get("/api/health", HealthAnswer)

    @operation
    def description(self) -> Request[dict[str, Any]]:
        """The daemon's HTTP interface as OpenAPI 3.1."""
        return get("/api/openapi.json", dict[str, Any])

    @operation
    def metrics(self) -> Request[str]:
        """What was counted since the daemon started, in Prometheus's text form."""
        return Request(method="GET", path="/metrics", read=as_text, expects="text/plain")

    @operation
    def support_bundle(self) -> Request[bytes]:
        """A ZIP file of text for whoever helps, with every secret taken out."""
        return Request(method="GET", path="/api/support", read=as_bytes, expects="application/zip")


def _attempt(reply: Reply) -> Attempt:
    return msgspec.json.decode(reply.body, type=AttemptAnswer).attempt


def _attempt_id(reply: Reply) -> str:
    """By where the daemon says that it can be followed, below whichever prefix."""
    _, found, attempt_id = reply.headers.get("location", "").partition(_ATTEMPTS)
    if not found or not attempt_id or "/" in attempt_id:
        raise ValueError("there is no attempt to follow")
    return attempt_id


def _named(reply: Reply) -> HotspotAnswer:
    """With a name that can be one, or none yet."""
    answer = decoded(HotspotAnswer)(reply)
    try:
        if answer.ssid_hex:
            Ssid.from_hex(answer.ssid_hex)
    except InvalidInput as error:
        raise ValueError("no network has such a name") from error
    return answer
