"""Why Provisioning Mode ends, in words."""

from collections.abc import Mapping

from firstlight.model.provisioning_mode import ModeEnd

WORDS: Mapping[ModeEnd, tuple[str, str]] = {
    ModeEnd.ASKED: ("Provisioning Mode was switched off.", ""),
    ModeEnd.EXPIRED: (
        "Provisioning Mode ended by itself: its time was over.",
        "Switch it on again for devices that are still expected.",
    ),
    ModeEnd.ROGUE_STATION: (
        "Provisioning Mode ended at once: a device joined that is not registered.",
        "Look who is near. If the device is yours, register its MAC address and start again.",
    ),
    ModeEnd.BAD_NONCES: (
        "Provisioning Mode ended at once: somebody kept presenting bad nonces.",
        "Look who is near before you start again; a device with faulty firmware does this, too.",
    ),
    ModeEnd.ANOTHER_CONTROLLER: (
        "Another controller is in Provisioning Mode nearby.",
        "Switch it off there first: only one may hand out configuration at a time.",
    ),
    ModeEnd.RADIO_IN_USE: (
        "The radio is in use for the network, and can't be the SoftAP at the same time.",
        "Connect the controller by cable, or force it: the WiFi link then ends meanwhile.",
    ),
    ModeEnd.RADIO_FAILED: ("The SoftAP failed.", "firstlight doctor says what stands in the way."),
    ModeEnd.REGISTRY_FAILED: ("The registry can't be read.", ""),
    ModeEnd.RESTARTED: ("Provisioning Mode ended with the service.", ""),
}
"""Message and hint; those that came with an event win."""
