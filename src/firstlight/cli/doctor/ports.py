"""Ports that the hotspot needs, and who may hold them.

NetworkManager's shared mode runs a dnsmasq of its own, bound to the hotspot's address (DNS) and to
all addresses (DHCP). Phones look for a portal on port 80.
"""

from firstlight.cli.doctor.facts import Facts, Listener
from firstlight.cli.doctor.findings import Finding, ok, problem, warning

DNS, DHCP, HTTP = 53, 67, 80
WATCHED = frozenset({DNS, DHCP, HTTP})

_ALL_IPV4 = "0.0.0.0"  # noqa: S104  read, not bound
_ALL_IPV6 = "::"


def dns_port(facts: Facts) -> Finding:
    """A DNS server on all addresses leaves none for the hotspot's."""
    held = _holders(facts, DNS)
    if not held:
        return ok("port-53", "Port 53 is free for the hotspot's DNS.")
    listener = held[0]
    sentence = f"{_name(listener)} listens on port 53 at {listener.address}."
    if listener.address == _ALL_IPV6:
        return warning(
            "port-53",
            f"{sentence} If it takes IPv4 too, the hotspot gets no DNS.",
            "Bind it to the addresses that it serves.",
        )
    return problem(
        "port-53",
        f"{sentence} The hotspot's own DNS can't start beside it.",
        "Stop it, or bind it to the addresses that it serves; for dnsmasq: bind-interfaces.",
    )


def dhcp_port(facts: Facts) -> Finding:
    """A DHCP server bound to another device looks the same from here, so this is never sure."""
    held = _holders(facts, DHCP, protocol="udp")
    if not held:
        return ok("port-67", "Port 67 is free for the hotspot's DHCP.")
    return warning(
        "port-67",
        f"{_name(held[0])} listens on port 67. Unless it is bound to another device, the hotspot "
        "can't give addresses.",
        "Stop it, or bind it to the device that it serves; for dnsmasq: bind-interfaces.",
    )


def portal_port(facts: Facts) -> Finding:
    """A web server on port 80 gets the phones' question whether there is a portal."""
    held = _holders(facts, HTTP, protocol="tcp")
    if not held:
        return ok("port-80", "Port 80 is free for a portal.")
    return warning(
        "port-80",
        f"{_name(held[0])} listens on port 80, where phones look for a portal.",
        "Tell people the page's address with its port, or move that server to another port.",
    )


def _holders(facts: Facts, port: int, protocol: str | None = None) -> list[Listener]:
    """Others on ``port`` of all addresses or of the hotspot's, the surest conflict first."""
    addresses = [_ALL_IPV4, facts.hotspot_address, _ALL_IPV6]
    held = [
        listener
        for listener in facts.listeners
        if listener.port == port
        and listener.address in addresses
        and protocol in {None, listener.protocol}
        and not _is_ours(listener, facts.hotspot_address)
    ]
    return sorted(held, key=lambda listener: addresses.index(listener.address))


def _is_ours(listener: Listener, hotspot_address: str) -> bool:
    """Only root is told of others' processes. The hotspot's address alone is bound by ours."""
    process = listener.process
    if process is None:
        return listener.address == hotspot_address
    return process.name == "firstlight" or (
        process.name == "dnsmasq" and process.parent == "NetworkManager"
    )


def _name(listener: Listener) -> str:
    process = listener.process
    if process is None:
        return "A program of another user (as root, its name is shown)"
    return f"{process.name} (process {process.pid})"
