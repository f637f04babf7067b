import msgspec
import pytest
from msgspec.structs import replace
from tests.unit.cli.doctor.machines import HEALTHY, SILENT, facts

from firstlight.cli.doctor import own, radio
from firstlight.cli.doctor.checks import ALWAYS, WITH_RADIO, diagnose
from firstlight.cli.doctor.facts import Service, StateFolder
from firstlight.cli.doctor.findings import Finding, Verdict
from firstlight.model.regulation import Switch
from firstlight.model.wire import HealthAnswer

OK, WARNING, PROBLEM = Verdict.OK, Verdict.WARNING, Verdict.PROBLEM


def verdict(finding: Finding | None) -> Verdict | None:
    return None if finding is None else finding.verdict


def advice(finding: Finding | None) -> str:
    assert finding is not None
    return finding.advice


def test_a_good_machine_has_nothing_in_the_way() -> None:
    diagnosis = diagnose(facts())
    assert diagnosis.verdict is OK
    assert {finding.verdict for finding in diagnosis.findings} == {OK}
    assert not any(finding.advice for finding in diagnosis.findings)


def test_the_worst_finding_is_the_verdict() -> None:
    assert diagnose(facts(country="00")).verdict is WARNING
    assert diagnose(facts(country="00", wifi_devices=())).verdict is PROBLEM


def test_another_system_ends_it() -> None:
    diagnosis = diagnose(facts(system="Darwin"))
    (finding,) = diagnosis.findings
    assert diagnosis.verdict is PROBLEM
    assert "Darwin" in finding.sentence


def test_a_simulated_radio_asks_nothing_of_the_machine() -> None:
    diagnosis = diagnose(facts(simulated=True, wifi_devices=(), processes=frozenset()))
    assert diagnosis.verdict is OK
    assert len(diagnosis.findings) == 1 + len(ALWAYS)


def test_every_finding_that_is_not_ok_says_what_to_do() -> None:
    bare = facts(
        root=False,
        processes=frozenset(),
        programs=frozenset(),
        bus_socket=False,
        wifi_devices=(),
        switches=(Switch(name="phy0", soft_blocked=True, hard_blocked=False),),
        country="00",
        configuration_error="port: no",
        enabled=False,
        state=StateFolder(path="/x", exists=False, writable=False),
        daemon=None,
        silence=SILENT,
        service=Service(user="firstlight", exists=False, bus_policy=False, polkit_rules=False),
    )
    found = diagnose(bare).findings
    assert len({finding.check for finding in found}) == len(found)
    assert len(found) == 1 + len(ALWAYS) + len(WITH_RADIO)
    assert all(finding.advice for finding in found if finding.verdict is not OK)
    assert all(finding.sentence.endswith((".", "no")) for finding in found)


def test_findings_are_json() -> None:
    diagnosis = msgspec.to_builtins(diagnose(facts(country="00")))
    assert diagnosis["verdict"] == "warning"
    assert {"check", "verdict", "sentence"} == set(diagnosis["findings"][0])


def test_bus() -> None:
    assert verdict(radio.bus(facts())) is OK
    assert verdict(radio.bus(facts(bus_socket=False))) is PROBLEM


@pytest.mark.parametrize(
    ("changes", "expected", "word"),
    [
        ({}, OK, "running"),
        ({"processes": frozenset()}, PROBLEM, "not running"),
        ({"processes": frozenset(), "programs": frozenset()}, PROBLEM, "not installed"),
        ({"processes": frozenset(), "sees_processes": False}, OK, "only root"),
        (
            {"processes": frozenset(), "sees_processes": False, "network_manager_folder": False},
            PROBLEM,
            "not running",
        ),
    ],
)
def test_network_manager(changes: dict[str, object], expected: Verdict, word: str) -> None:
    finding = radio.network_manager(facts(**changes))
    assert finding.verdict is expected
    assert word in finding.sentence


@pytest.mark.parametrize(
    ("changes", "expected", "word"),
    [
        ({}, OK, "running"),
        ({"processes": frozenset({"iwd"})}, WARNING, "iwd"),
        ({"processes": frozenset()}, WARNING, "not running"),
        ({"processes": frozenset(), "sees_processes": False}, OK, "only root"),
        ({"processes": frozenset(), "programs": frozenset()}, PROBLEM, "not installed"),
    ],
)
def test_wpa_supplicant(changes: dict[str, object], expected: Verdict, word: str) -> None:
    finding = radio.supplicant(facts(**changes))
    assert finding.verdict is expected
    assert word in finding.sentence


def test_wifi_device() -> None:
    two = ("wlan0", "wlan1")
    assert verdict(radio.device(facts())) is OK
    assert verdict(radio.device(facts(wifi_devices=()))) is PROBLEM
    assert verdict(radio.device(facts(wifi_devices=two, configured_interface="wlan1"))) is OK
    missing = radio.device(facts(wifi_devices=two, configured_interface="wlan9"))
    assert missing.verdict is PROBLEM
    assert "wlan9" in missing.sentence
    assert "wlan0, wlan1" in missing.sentence


def test_rfkill() -> None:
    soft = Switch(name="phy0", soft_blocked=True, hard_blocked=False)
    hard = Switch(name="phy1", soft_blocked=True, hard_blocked=True)
    assert verdict(radio.switches(facts())) is OK
    assert radio.switches(facts(switches=())) is None
    assert "rfkill unblock" in advice(radio.switches(facts(switches=(soft,))))
    both = radio.switches(facts(switches=(soft, hard)))
    assert verdict(both) is PROBLEM
    assert "rfkill" not in advice(both)


@pytest.mark.parametrize(
    ("kernel", "configured", "expected"),
    [
        ("DE", None, OK),
        ("00", None, WARNING),
        ("99", None, WARNING),
        ("", None, WARNING),
        ("00", "DE", OK),
        (None, None, None),
        (None, "DE", None),
    ],
)
def test_country(kernel: str | None, configured: str | None, expected: Verdict | None) -> None:
    found = radio.country(facts(country=kernel, configured_country=configured))
    assert verdict(found) is expected


def test_permission() -> None:
    assert radio.permission(facts(root=False)) is None
    assert verdict(radio.permission(facts(root=True, daemon=None))) is OK
    assert verdict(radio.permission(facts(root=False, daemon=None))) is WARNING


def test_programs_of_the_hotspot() -> None:
    assert verdict(radio.lease_server(facts())) is OK
    assert verdict(radio.firewall(facts())) is OK
    assert verdict(radio.firewall(facts(programs=frozenset({"iptables"})))) is WARNING
    assert verdict(radio.lease_server(facts(programs=frozenset()))) is PROBLEM
    assert verdict(radio.firewall(facts(programs=frozenset()))) is PROBLEM
    assert verdict(radio.wireless_tool(facts())) is OK
    assert verdict(radio.wireless_tool(facts(programs=frozenset()))) is WARNING


def test_configuration() -> None:
    assert verdict(own.configuration(facts())) is OK
    refused = own.configuration(facts(configuration_error="web.port: is 'x'"))
    assert refused.verdict is PROBLEM
    assert "web.port" in refused.sentence


@pytest.mark.parametrize(
    ("daemon", "here", "expected"),
    [
        (HEALTHY, False, OK),
        (HealthAnswer(ok=True, enabled=False, version="1"), True, PROBLEM),
        (None, True, OK),
        (None, False, WARNING),
    ],
)
def test_enabled(daemon: HealthAnswer | None, here: bool, expected: Verdict) -> None:
    assert own.enabled(facts(daemon=daemon, enabled=here)).verdict is expected


def test_daemon() -> None:
    assert verdict(own.daemon(facts())) is OK
    silent = own.daemon(facts(daemon=None, silence=SILENT))
    assert verdict(silent) is WARNING
    assert advice(silent) == "Start it."
    assert own.daemon(facts(daemon=None)) is None


@pytest.mark.parametrize(
    ("changes", "expected", "word"),
    [
        ({}, OK, "can be written"),
        ({"exists": False}, OK, "will be made"),
        ({"exists": False, "writable": False}, PROBLEM, "can't be made"),
        ({"writable": False}, PROBLEM, "can't be written"),
        ({"folder": False}, PROBLEM, "not a folder"),
        ({"mode": 0o755}, WARNING, "mode 755"),
        ({"open_files": ("key",)}, PROBLEM, "key"),
    ],
)
def test_state_folder(changes: dict[str, object], expected: Verdict, word: str) -> None:
    state = msgspec.structs.replace(facts().state, **changes)
    finding = own.state_folder(facts(state=state))
    assert finding.verdict is expected
    assert word in finding.sentence


LET_IN = Service(user="firstlight", exists=True, bus_policy=True, polkit_rules=True)


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({}, Verdict.OK, "runs as firstlight, who is let in"),
        ({"polkit_rules": None}, Verdict.OK, "runs as firstlight"),
        ({"exists": False}, Verdict.PROBLEM, "whom this machine does not have"),
        ({"bus_policy": False}, Verdict.PROBLEM, "No D-Bus policy"),
        ({"polkit_rules": False}, Verdict.PROBLEM, "No polkit rule"),
    ],
)
def test_the_service(changes: dict[str, object], expected: Verdict, words: str) -> None:
    finding = own.service(facts(service=replace(LET_IN, **changes)))
    assert finding is not None
    assert finding.verdict is expected
    assert words in finding.sentence


def test_a_service_that_is_root_or_not_there_is_no_matter() -> None:
    assert own.service(facts(service=None)) is None
    assert own.service(facts(service=replace(LET_IN, user="root"))) is None
