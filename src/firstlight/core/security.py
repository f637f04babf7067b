"""How to sign in to a network, from what was seen of it and what the user typed."""

from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import KeyManagement


def key_management(seen: AccessPoint | None, passphrase: Passphrase | None) -> KeyManagement:
    """Choose the key management. ``seen`` is the strongest BSS, or ``None`` if not seen yet.

    A mixed WPA2/WPA3 network gets ``wpa-psk``: NetworkManager then offers SAE as well where driver
    and supplicant have it. Raises ``InvalidInput`` (field ``password``) when the two don't fit
    together.
    """
    if seen is None or seen.security is Security.UNKNOWN:
        return KeyManagement.NONE if passphrase is None else KeyManagement.WPA_PSK
    security, name = seen.security, seen.ssid.text
    if security.is_open:
        if passphrase is not None:
            raise InvalidInput(
                "password",
                f"{name} is an open network, so it takes none",
                hint="Leave the password empty, if this open network really is the one you mean.",
            )
        return KeyManagement.OWE if security is Security.OWE else KeyManagement.NONE
    if not security.takes_passphrase:
        raise InvalidInput(
            "ssid",
            f"{name} uses {security}, which is not supported",
            hint="Use a network with WPA2 or WPA3 and one password for all (personal).",
        )
    if passphrase is None:
        raise InvalidInput("password", f"is missing; {name} is secured with {security}")
    if security is not Security.WPA3:
        return KeyManagement.WPA_PSK
    if passphrase.is_raw_key:
        raise InvalidInput(
            "password",
            f"is a raw 64-digit key, but {name} is WPA3 and needs the password itself",
        )
    return KeyManagement.SAE
