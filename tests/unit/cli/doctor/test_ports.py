import pytest
from tests.unit.cli.doctor.machines import facts

from firstlight.cli.doctor.facts import Listener, Process
from firstlight.cli.doctor.findings import Verdict
from firstlight.cli.doctor.ports import dhcp_port, dns_port, portal_port

NAMED = Process("named", 42, "systemd")
OURS = Process("dnsmasq", 7, "NetworkManager")
FOREIGN_DNSMASQ = Process("dnsmasq", 8, "systemd")


def listener(
    port: int, address: str = "0.0.0.0", process: Process | None = NAMED, protocol: str = "udp"
) -> Listener:
    return Listener(port=port, protocol=protocol, address=address, process=process)


@pytest.mark.parametrize(
    ("address", "process", "expected"),
    [
        ("0.0.0.0", NAMED, Verdict.PROBLEM),
        ("192.168.4.1", NAMED, Verdict.PROBLEM),
        ("::", NAMED, Verdict.WARNING),
        ("0.0.0.0", None, Verdict.PROBLEM),
        ("0.0.0.0", FOREIGN_DNSMASQ, Verdict.PROBLEM),
        ("127.0.0.53", NAMED, Verdict.OK),
        ("192.168.1.5", NAMED, Verdict.OK),
        ("::1", NAMED, Verdict.OK),
        ("192.168.4.1", OURS, Verdict.OK),
    ],
)
def test_who_stands_in_the_way_of_dns(
    address: str, process: Process | None, expected: Verdict
) -> None:
    assert dns_port(facts(listeners=(listener(53, address, process),))).verdict is expected


def test_the_process_is_named() -> None:
    found = dns_port(facts(listeners=(listener(53),)))
    assert "named (process 42)" in found.sentence
    hidden = dns_port(facts(listeners=(listener(53, process=None),)))
    assert "as root, its name is shown" in hidden.sentence


def test_the_surest_conflict_is_told() -> None:
    both = (listener(53, "::", OURS), listener(53, "::", FOREIGN_DNSMASQ), listener(53))
    found = dns_port(facts(listeners=both))
    assert found.verdict is Verdict.PROBLEM
    assert "named" in found.sentence


def test_free_ports_are_fine() -> None:
    for check in (dns_port, dhcp_port, portal_port):
        assert check(facts()).verdict is Verdict.OK
        assert check(facts(listeners=(listener(5353),))).verdict is Verdict.OK


def test_dhcp() -> None:
    assert dhcp_port(facts(listeners=(listener(67),))).verdict is Verdict.WARNING
    assert dhcp_port(facts(listeners=(listener(67, process=OURS),))).verdict is Verdict.OK
    assert dhcp_port(facts(listeners=(listener(67, protocol="tcp"),))).verdict is Verdict.OK


def test_portal() -> None:
    nginx = Process("nginx", 3)
    taken = listener(80, process=nginx, protocol="tcp")
    assert portal_port(facts(listeners=(taken,))).verdict is Verdict.WARNING
    ours = listener(80, process=Process("firstlight", 3), protocol="tcp")
    assert portal_port(facts(listeners=(ours,))).verdict is Verdict.OK
    assert portal_port(facts(listeners=(listener(80),))).verdict is Verdict.OK


@pytest.mark.parametrize("port", [53, 80])
def test_without_root_the_hotspots_own_servers_are_no_strangers(port: int) -> None:
    check = {53: dns_port, 80: portal_port}[port]
    unnamed = listener(port, "192.168.4.1", None, "tcp")
    assert check(facts(listeners=(unnamed,))).verdict is Verdict.OK
    everywhere = listener(port, "0.0.0.0", None, "tcp")
    assert check(facts(listeners=(everywhere,))).verdict is not Verdict.OK
