"""Behind the link: gateway, names, internet, sign-in page, broker."""

import ipaddress

from firstlight.core.causes import WORDS, Words
from firstlight.core.ladder.seen import Judged, Seen, below
from firstlight.model.attempt import Cause
from firstlight.model.ladder import RungName
from firstlight.model.radio import Ipv4
from firstlight.model.reach import BrokerFinding, Internet, names_in_question

_CHANGED = "The network changed during the look; look again."
_NO_TARGET = "No target is set (reach.targets), so nobody beyond the network is asked."
_INTERNET_HINT = (
    "Check the router's own connection; on a closed network set reach.targets to pages of its own, "
    "or to none."
)
_PORTAL_HINT = (
    f"{WORDS[Cause.CAPTIVE_PORTAL].hint} If there is no such page, check the answers expected in "
    "reach.targets."
)
_BROKER_HINT = (
    "Check that it runs, that no firewall is in between, and that mqtt.host and mqtt.port are "
    "right."
)


def gateway(seen: Seen) -> Judged:
    """The gateway answers. A lease that names none is fine where none is required."""
    name, lease = RungName.GATEWAY, seen.radio.ipv4
    if seen.findings is None:
        return _unknown(name)
    found = seen.findings.gateway
    if found.holds:
        return Judged.ok(name, found.evidence, found.elapsed_ms)
    if not seen.gateway_required and (lease is None or lease.gateway is None):
        return Judged.skipped(name, f"{found.evidence} None is required (join.require_gateway).")
    return Judged.broken(
        name,
        _of(seen, Cause.NO_GATEWAY),
        evidence=found.evidence,
        elapsed_ms=found.elapsed_ms,
        needs=below(name),
    )


def dns(seen: Seen) -> Judged:
    """Names resolve."""
    name = RungName.DNS
    if not names_in_question(seen.targets, seen.broker):
        why = "Every target is set by its address, so no name is needed."
        return Judged.skipped(name, why if seen.targets or seen.broker else _NO_TARGET)
    if seen.findings is None or seen.findings.names is None:
        return _unknown(name)
    found = seen.findings.names
    if found.holds:
        return Judged.ok(name, found.evidence, found.elapsed_ms)
    return Judged.broken(
        name,
        _of(seen, Cause.DNS_FAILURE),
        evidence=found.evidence,
        elapsed_ms=found.elapsed_ms,
        needs=below(name),
    )


def internet(seen: Seen) -> Judged:
    """A target answers as expected. Where somebody else answers, the next rung has the word."""
    name = RungName.INTERNET
    if not seen.targets:
        return Judged.skipped(name, _NO_TARGET)
    if seen.findings is None or seen.findings.internet is None:
        return _unknown(name)
    found = seen.findings.internet
    if found.internet is Internet.REACHABLE:
        return Judged.ok(name, found.evidence, found.elapsed_ms)
    if found.internet is Internet.PORTAL:
        return Judged.skipped(name, f"Not judged: somebody else answers. {found.evidence}")
    named = found.internet is Internet.NO_NAMES
    message = WORDS[Cause.NO_INTERNET].message.format(ssid=_network(seen))
    return Judged.broken(
        name,
        Words(message, _INTERNET_HINT),
        evidence=found.evidence,
        elapsed_ms=found.elapsed_ms,
        needs=below(name) if named else below(RungName.DNS),
    )


def no_portal(seen: Seen) -> Judged:
    """Nobody answers in the internet's place."""
    name = RungName.NO_PORTAL
    if not seen.targets:
        return Judged.skipped(name, _NO_TARGET)
    if seen.findings is None or seen.findings.internet is None:
        return _unknown(name)
    found = seen.findings.internet
    if found.internet is Internet.REACHABLE:
        return Judged.ok(name, "No sign-in page stands in between.", found.elapsed_ms)
    if found.internet is not Internet.PORTAL:
        why = "Not judged: no page answers at all."
        return Judged.skipped(name, why, needs=below(name))
    message = WORDS[Cause.CAPTIVE_PORTAL].message.format(ssid=_network(seen))
    return Judged.broken(
        name,
        Words(message, _PORTAL_HINT),
        evidence=found.evidence,
        elapsed_ms=found.elapsed_ms,
        needs=below(RungName.DNS),
    )


def broker(seen: Seen) -> Judged:
    """The MQTT broker takes connections. One inside the network needs no gateway."""
    name, wanted = RungName.BROKER, seen.broker
    if wanted is None:
        return Judged.skipped(name, "No broker is configured (mqtt.host).")
    if seen.findings is None or seen.findings.broker is None:
        return _unknown(name)
    found = seen.findings.broker
    if found.holds:
        return Judged.ok(name, found.evidence, found.elapsed_ms)
    message = f"The MQTT broker {wanted.host} can't be reached."
    return Judged.broken(
        name,
        Words(message, _BROKER_HINT),
        evidence=found.evidence,
        elapsed_ms=found.elapsed_ms,
        needs=_broker_needs(found, seen.radio.ipv4),
    )


def _broker_needs(found: BrokerFinding, lease: Ipv4 | None) -> frozenset[RungName]:
    if found.address is None:
        return below(RungName.INTERNET)
    if lease is not None and _is_inside(found.address, lease):
        return below(RungName.GATEWAY)
    return below(RungName.CLOCK) - {RungName.DNS}


def _is_inside(address: str, lease: Ipv4) -> bool:
    network = ipaddress.IPv4Interface(f"{lease.address}/{lease.prefix}").network
    return ipaddress.IPv4Address(address) in network


def _unknown(name: RungName) -> Judged:
    return Judged.skipped(name, _CHANGED, needs=below(RungName.GATEWAY))


def _of(seen: Seen, cause: Cause) -> Words:
    message, hint = WORDS[cause]
    return Words(message.format(ssid=_network(seen)), hint)


def _network(seen: Seen) -> str:
    return seen.network or "The network"
