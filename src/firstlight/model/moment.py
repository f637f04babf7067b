"""One reading of both clocks."""

import msgspec


class Moment(msgspec.Struct, frozen=True):
    """``monotonic``: seconds that never jump; ``wall``: Unix time in seconds, as believed."""

    monotonic: float
    wall: float

    @property
    def unix_ms(self) -> int:
        """Wall time in milliseconds, as the outward contract counts it."""
        return round(self.wall * 1000)

    def since(self, earlier: "Moment") -> float:
        """Seconds that really passed."""
        return self.monotonic - earlier.monotonic
