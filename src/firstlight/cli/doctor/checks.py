"""All checks in the order in which a person would look, and what they come to."""

from collections.abc import Callable

from firstlight.cli.doctor import own, ports, radio
from firstlight.cli.doctor.facts import Facts
from firstlight.cli.doctor.findings import Diagnosis, Finding, Verdict, ok, problem

Check = Callable[[Facts], Finding | None]

ALWAYS: tuple[Check, ...] = (own.configuration, own.enabled, own.daemon, own.state_folder)
WITH_RADIO: tuple[Check, ...] = (
    own.service,
    radio.bus,
    radio.network_manager,
    radio.supplicant,
    radio.device,
    radio.switches,
    radio.country,
    radio.permission,
    radio.lease_server,
    radio.firewall,
    radio.wireless_tool,
    ports.dns_port,
    ports.dhcp_port,
    ports.portal_port,
)


def diagnose(facts: Facts) -> Diagnosis:
    """Judge all facts. A simulated radio asks nothing of the machine."""
    first = system(facts)
    checks: tuple[Check, ...] = ()
    if first.verdict is Verdict.OK:
        checks = ALWAYS if facts.simulated else ALWAYS + WITH_RADIO
    found = tuple(finding for check in checks if (finding := check(facts)) is not None)
    return _summed((first, *found))


def system(facts: Facts) -> Finding:
    """NetworkManager and its radios are Linux's."""
    if facts.system == "Linux":
        radios = "; the radio is simulated" if facts.simulated else ""
        return ok("system", f"This is Linux{radios}.")
    return problem(
        "system",
        f"This is {facts.system or 'an unknown system'}; Firstlight needs Linux.",
        "Run it on the Linux device that shall be provisioned.",
    )


def _summed(findings: tuple[Finding, ...]) -> Diagnosis:
    order = list(Verdict)
    worst = max((finding.verdict for finding in findings), key=order.index)
    return Diagnosis(verdict=worst, findings=findings)
