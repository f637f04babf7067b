"""From single access points to the networks a person chooses from."""

from collections.abc import Iterable, Sequence

from firstlight.model.access_point import AccessPoint
from firstlight.model.ssid import Ssid


def strongest_first(access_points: Iterable[AccessPoint]) -> list[AccessPoint]:
    """The strongest access point of every SSID, ordered by signal, then by name."""
    best: dict[Ssid, AccessPoint] = {}
    for seen in access_points:
        if seen.ssid not in best or _rank(seen) < _rank(best[seen.ssid]):
            best[seen.ssid] = seen
    return sorted(best.values(), key=_rank)


def find(ssid: Ssid, access_points: Iterable[AccessPoint]) -> AccessPoint | None:
    """The strongest access point of that SSID."""
    return min((seen for seen in access_points if seen.ssid == ssid), key=_rank, default=None)


def resolve(text: str, access_points: Sequence[AccessPoint]) -> Ssid:
    r"""The SSID that a person or program means by its text.

    A name whose bytes are the UTF-8 form of ``text`` wins; otherwise a network in sight that is
    *shown* as ``text``, so that a name such as ``caf\xe9`` can be sent back as it was listed.
    Raises ``InvalidInput`` when the text can't be an SSID.
    """
    shown = {seen.ssid.text: seen.ssid for seen in access_points}
    exact = {bytes(seen.ssid) for seen in access_points}
    if text in shown and text.encode(errors="surrogatepass") not in exact:
        return shown[text]
    return Ssid.from_text(text)


def _rank(seen: AccessPoint) -> tuple[int, bytes, str]:
    return (-seen.signal, bytes(seen.ssid), seen.bssid)
