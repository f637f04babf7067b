"""All rungs together: what is broken, and what is merely its consequence."""

from collections.abc import Callable

from firstlight.core.ladder import behind, link
from firstlight.core.ladder.clock import clock
from firstlight.core.ladder.seen import Judged, Seen
from firstlight.model.ladder import Diagnostics, Ladder, Rung, RungName, RungState
from firstlight.model.radio import Availability, Link, RadioState

_JUDGES: tuple[Callable[[Seen], Judged], ...] = (
    link.radio,
    link.unblocked,
    link.associated,
    link.address,
    behind.gateway,
    behind.dns,
    behind.internet,
    behind.no_portal,
    clock,
    behind.broker,
)

_BECAUSE = {
    RungName.RADIO: "there is no radio that can be used",
    RungName.UNBLOCKED: "the radio is switched off",
    RungName.ASSOCIATED: "no network is joined",
    RungName.ADDRESS: "there is no address",
    RungName.GATEWAY: "the gateway does not answer",
    RungName.DNS: "names can't be looked up",
    RungName.INTERNET: "the internet can't be reached",
    RungName.NO_PORTAL: "a sign-in page stands in between",
}

_BY_LINK = {
    Link.DOWN: "disconnected",
    Link.JOINING: "connecting",
    Link.CONNECTED: "connected",
    Link.HOTSPOT_STARTING: "connecting",
    Link.HOTSPOT: "connected",
    Link.SOFTAP: "connected",
}


def diagnostics(seen: Seen) -> Diagnostics:
    """The ladder, and its main points.

    ``connected`` says that a network is joined and gave an address, whatever lies behind it and
    whatever the clock says.
    """
    ladder = _climbed(seen)
    holds = {rung.name for rung in ladder.rungs if rung.state is RungState.OK}
    lease = seen.radio.ipv4 if seen.radio.online else None
    return Diagnostics(
        connected=seen.radio.online,
        internet_reachable=RungName.INTERNET in holds,
        dns_resolved=RungName.DNS in holds,
        nmcli_state=nmcli_state(seen.radio),
        active_connection=seen.radio.profile.name if seen.radio.profile else "",
        ipv4_address=lease.address if lease else "",
        gateway=(lease.gateway or "") if lease else "",
        details=tuple(rung.evidence for rung in ladder.rungs),
        ladder=ladder,
    )


def nmcli_state(radio: RadioState) -> str:
    """What ``nmcli -t -f STATE device`` would say of the radio, as far as its state tells.

    ``connected`` with a network joined or the hotspot up, ``connecting`` on the way to either,
    ``disconnected`` when the radio is free; ``unmanaged`` when NetworkManager leaves it alone,
    ``unavailable`` when it is blocked, without wpa_supplicant or not there at all.
    """
    match radio.availability:
        case Availability.READY | Availability.NOT_PERMITTED:
            return _BY_LINK[radio.link]
        case Availability.UNMANAGED:
            return "unmanaged"
        case _:
            return "unavailable"


def _climbed(seen: Seen) -> Ladder:
    rungs: list[Rung] = []
    broken: list[Judged] = []
    for judge in _JUDGES:
        judged = judge(seen)
        root = next((one.name for one in broken if one.name in judged.needs), None)
        if judged.state is not RungState.OK and root is not None:
            judged = Judged.skipped(judged.name, f"Not judged: {_BECAUSE[root]}.")
        if judged.state is RungState.FAILED:
            broken.append(judged)
        rungs.append(_rung(judged))
    return Ladder(
        rungs=tuple(rungs),
        verdict=broken[0].name if broken else None,
        summary=_summary(seen, broken),
        at=round(seen.wall * 1000),
        elapsed_ms=seen.elapsed_ms,
    )


def _rung(judged: Judged) -> Rung:
    return Rung(
        name=judged.name,
        state=judged.state,
        elapsed_ms=judged.elapsed_ms,
        evidence=judged.evidence,
        hint=judged.words.hint if judged.words else None,
    )


def _summary(seen: Seen, broken: list[Judged]) -> str:
    first = broken[0].words if broken else None
    if first is not None:
        return first.message
    return f"Connected to {seen.network or 'a network'}; everything that was looked at works."
