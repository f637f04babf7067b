"""Configuration handed out, as a controller, and claimed, as a target."""

from firstlight.client.device import API
from firstlight.client.operation import operation
from firstlight.client.request import Request, get, send, wish
from firstlight.model.claim import ClaimAnswer, ClaimBody, Role
from firstlight.model.improv import ImprovAnswer
from firstlight.model.provisioning_mode import ModeAnswer, ModeBody, ModeSession


class ProvisioningOperations:
    """For those who are signed in."""

    @operation
    def provisioning_mode(self) -> Request[ModeAnswer]:
        """Whether Provisioning Mode is on, and how to get into its SoftAP."""
        return get(API, ModeAnswer)

    @operation
    def provisioning_session(self) -> Request[ModeSession]:
        """Provisioning Mode in full: devices and how far they are, warnings, the last end."""
        return get(f"{API}/session", ModeSession)

    @operation
    def enable_provisioning(self, *, force: bool = False) -> Request[None]:
        """Switch it on; returns once that is accepted. ``force``: even if a WiFi link ends by it.

        Raises ``Busy``, ``RadioUnavailable``. ``provision`` switches on and follows in one.
        """
        return wish("PUT", API, ModeBody(force=force))

    @operation
    def disable_provisioning(self) -> Request[None]:
        """Switch it off; returns once that is accepted."""
        return wish("DELETE", API)

    @operation
    def improv(self) -> Request[ImprovAnswer]:
        """How Improv Wi-Fi over Bluetooth LE stands."""
        return get(f"{API}/improv", ImprovAnswer)

    @operation
    def authorize_improv(self) -> Request[ImprovAnswer]:
        """Let a client nearby hand over a network for a while, as a button at the device would.

        Raises ``Busy`` while the device is not on the air over Bluetooth.
        """
        return send("POST", f"{API}/improv/authorize", ImprovAnswer)

    @operation
    def claim(self) -> Request[ClaimAnswer]:
        """How the newest claim stands, and what came of it."""
        return get(f"{API}/claim", ClaimAnswer)

    @operation
    def begin_claim(
        self, role: Role | None = None, *, wait: bool = False, again: bool = False
    ) -> Request[ClaimAnswer]:
        """Begin to claim configuration from a controller nearby; returns at once.

        ``role``: instead of the configured one. ``wait``: go on until there is something to claim.
        ``again``: although there is a claimed configuration. Raises ``Busy``, ``Conflict``,
        ``RadioUnavailable``. ``claim_configuration`` begins and follows in one.
        """
        body = ClaimBody(role=role, wait=wait, again=again)
        return send("POST", f"{API}/claim", ClaimAnswer, body)

    @operation
    def end_claim(self) -> Request[ClaimAnswer]:
        """End the claim that is under way, or waits; returns once the radio is as it was."""
        return send("DELETE", f"{API}/claim", ClaimAnswer)
