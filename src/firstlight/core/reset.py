"""What is left after a factory reset."""

from firstlight.model.kept import Kept


def as_new(kept: Kept) -> Kept:
    """Nothing that a user has put in, and everything that stands on the device's label.

    Name and password of the hotspot and the device ID come from the factory; without them nobody
    could get at the device any more.
    """
    return Kept(
        hotspot_ssid=kept.hotspot_ssid,
        hotspot_profile=kept.hotspot_profile,
        hotspot_password=kept.hotspot_password,
        device_id=kept.device_id,
    )
