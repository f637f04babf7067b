"""What stations of ours may reach: rules of nftables, in one table of our own, set by ``nft``.

A packet passes the tables of everybody, and a drop in one of them is final. So what NetworkManager
lets through for a shared connection is dropped here all the same, and what somebody else drops
stays dropped. The kernel keeps the rules whatever becomes of this process. ARP is beneath all this.
"""

import ipaddress
import logging
import re

from firstlight.errors import Code, RadioFailure
from firstlight.radio.nm import programs
from firstlight.radio.nm.programs import Run

log = logging.getLogger(__name__)

TABLE = "firstlight"
_SOFTAP = {"softap_input": "input", "softap_forward": "forward"}
_HOTSPOT = {"hotspot_forward": "forward"}
_DHCP_SERVER = 67
_PRIORITY = -20  # before the usual filters, at 0
_INTERFACE = re.compile(r"[\w.@:+-]{1,15}", re.ASCII)


async def run(*arguments: str, given: str = "") -> str:
    """Run the system's ``nft``."""
    return await programs.run("nft", *arguments, given=given, package="nftables")


class Firewall:
    """Both sets of rules: the SoftAP's and the hotspot's. Each is changed in one transaction."""

    def __init__(self, run: Run) -> None:
        self._run = run

    async def confine(self, interface: str, address: str, port: int) -> None:
        """Make ``interface`` the SoftAP's dead end. Raises ``RadioFailure`` (``no_firewall``)."""
        await self._set(softap_rules(interface, address, port))

    async def release(self) -> None:
        """Take the SoftAP's rules away."""
        await self._set(without(_SOFTAP))

    async def fence(self, interface: str) -> None:
        """Forward nothing from or to the hotspot's ``interface``. Raises as ``confine``."""
        await self._set(hotspot_rules(interface))

    async def unfence(self) -> None:
        """Take the hotspot's rules away."""
        await self._set(without(_HOTSPOT))

    async def confines(self) -> bool:
        """Whether there are rules of a SoftAP; not where nobody can say."""
        return await self._has("softap_input")

    async def fences(self) -> bool:
        """Whether there are rules of a hotspot; not where nobody can say."""
        return await self._has("hotspot_forward")

    async def _has(self, chain: str) -> bool:
        try:
            await self._run("list", "chain", "inet", TABLE, chain)
        except RadioFailure:
            return False
        return True

    async def _set(self, rules: str) -> None:
        try:
            await self._run("-f", "-", given=rules)
        except RadioFailure as error:
            raise RadioFailure(
                f"The firewall can't be set: {error.message}",
                code=Code.NO_FIREWALL,
                hint="Install nftables (apt-get install nftables), and run Firstlight as root.",
            ) from error


def softap_rules(interface: str, address: str, port: int) -> str:
    """DHCP, TCP ``port`` of ``address`` (with prefix length), and nothing else in or through."""
    own, iface = ipaddress.IPv4Interface(address).ip, _quoted(interface)
    return _script(
        _SOFTAP,
        f"softap_input iifname {iface} meta nfproto ipv4 udp dport {_DHCP_SERVER} accept",
        f"softap_input iifname {iface} ip daddr {own} tcp dport {port} accept",
        f"softap_input iifname {iface} drop",
        f"softap_forward iifname {iface} drop",
        f"softap_forward oifname {iface} drop",
    )


def hotspot_rules(interface: str) -> str:
    """Nothing through; what the device itself offers on its hotspot stays open."""
    iface = _quoted(interface)
    return _script(
        _HOTSPOT,
        f"hotspot_forward iifname {iface} drop",
        f"hotspot_forward oifname {iface} drop",
    )


def without(chains: dict[str, str]) -> str:
    """Take these chains away, whether they are there or not."""
    return _script(chains) + "".join(f"delete chain inet {TABLE} {chain}\n" for chain in chains)


def _script(chains: dict[str, str], *rules: str) -> str:
    """These rules and no others in these chains. ``add`` makes only what is not there yet."""
    lines = [f"add table inet {TABLE}"]
    for chain, hook in chains.items():
        kind = f"type filter hook {hook} priority {_PRIORITY}; policy accept;"
        lines += [
            f"add chain inet {TABLE} {chain} {{ {kind} }}",
            f"flush chain inet {TABLE} {chain}",
        ]
    lines += [f"add rule inet {TABLE} {rule}" for rule in rules]
    return "\n".join(lines) + "\n"


def _quoted(interface: str) -> str:
    """The name as nft takes it, where an asterisk would stand for any ending."""
    if not _INTERFACE.fullmatch(interface):
        raise RadioFailure(
            f"No rules can be made for an interface named {interface!r}.",
            code=Code.NO_FIREWALL,
            hint="Rename it to letters, digits, and any of . _ - @ : +",
        )
    return f'"{interface}"'
