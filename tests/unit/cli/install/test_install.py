"""install and uninstall: shown first, written whole, removed only if ours."""

import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from msgspec.structs import replace
from typer.testing import CliRunner

from firstlight.cli.app import build
from firstlight.cli.install import disk, plan
from firstlight.cli.install.certificate import DAYS, self_signed
from firstlight.config import Config, Hotspot, Web
from firstlight.errors import NotPermitted

RUNNER = CliRunner()
DROP_IN = "etc/NetworkManager/dnsmasq-shared.d/firstlight.conf"


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    """With something ``typed`` there is a terminal."""
    with pytest.MonkeyPatch.context() as patched:
        if typed:
            patched.setattr("typer.testing._NamedTextIOWrapper.isatty", lambda _: True)
        done = RUNNER.invoke(build(), list(arguments), input=typed)
    return done.exit_code, done.output


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def files(root: Path) -> set[str]:
    return {str(one.relative_to(root)) for one in root.rglob("*") if one.is_file()}


def test_nothing_is_written_before_it_was_shown_and_wanted(root: Path) -> None:
    code, output = run("install", "--root", str(root), "--dry-run")
    assert code == 0
    assert "address=/#/192.168.4.1" in output
    code, output = run("install", "--root", str(root), typed="n\n")
    assert code == 1
    assert "Write this?" in output
    assert "Nothing was changed." in output
    code, output = run("install", "--root", str(root))
    assert code == 2
    assert "--yes: is missing" in output
    assert files(root) == set()


def test_a_configuration_that_is_not_there_or_not_to_be_read_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("install", "--root", str(root), "--yes", "--config", "/no/such/file")
    assert told == (2, "firstlight: config: there is no file /no/such/file\n")

    def refused(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr(Path, "open", refused)
    code, output = run("install", "--root", str(root), "--yes")
    assert code == 2
    assert output.endswith("etc/firstlight/config.toml can't be read: Permission denied\n")


def test_the_unit_that_claims_at_boot_comes_if_it_is_wished(root: Path) -> None:
    code, output = run("install", "--root", str(root), "--claim", "--yes")
    assert code == 0
    assert "systemctl enable firstlight-claim" in output
    unit = (root / "etc/systemd/system/firstlight-claim.service").read_text()
    assert "ConditionPathExists=!/var/lib/firstlight/claimed.sealed" in unit
    assert " claim --state-dir /var/lib/firstlight" in unit


def test_it_comes_and_goes(root: Path) -> None:
    assert run("install", "--root", str(root), "--tls", "--yes")[0] == 0
    assert files(root) == {
        DROP_IN,
        "etc/firstlight/installed.json",
        "etc/firstlight/tls/certificate.pem",
        "etc/firstlight/tls/key.pem",
        "etc/dbus-1/system.d/firstlight.conf",
        "etc/polkit-1/rules.d/50-firstlight.rules",
        "etc/sysusers.d/firstlight.conf",
        "etc/systemd/system/firstlight.service",
    }
    key = root / "etc/firstlight/tls/key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (
        "dhcp-option-force=114,https://192.168.4.1:8443/api/captive" in (root / DROP_IN).read_text()
    )
    before = key.read_bytes()
    assert run("install", "--root", str(root), "--tls", "--yes")[0] == 0
    assert key.read_bytes() == before
    assert run("uninstall", "--root", str(root), "--yes")[0] == 0
    assert files(root) == set()
    assert "written nothing" in run("uninstall", "--root", str(root), "--yes")[1]


def test_without_the_unit_there_is_no_user_for_it(root: Path) -> None:
    assert run("install", "--root", str(root), "--no-unit", "--yes")[0] == 0
    assert files(root) == {DROP_IN, "etc/firstlight/installed.json"}


def test_it_says_how_the_user_gets_at_the_key(root: Path) -> None:
    _, output = run("install", "--root", str(root), "--tls", "--yes")
    [then] = [line for line in output.splitlines() if line.startswith("Then: ")]
    assert then.startswith("Then: systemd-sysusers; ")
    assert "chgrp firstlight /etc/firstlight/tls/key.pem; chmod 640" in then
    assert then.endswith("systemctl enable --now firstlight")


def test_a_certificate_of_ones_own_is_left_in_place(root: Path) -> None:
    settings = root / "etc/firstlight/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[web]\ntls_certificate = "/c.pem"\ntls_key = "/k.pem"\n')
    code, output = run("install", "--root", str(root), "--tls", "--yes")
    assert code == 0
    assert "etc/firstlight/tls" not in output


def test_the_key_is_never_shown(root: Path) -> None:
    _, output = run("install", "--root", str(root), "--tls", "--dry-run")
    assert "BEGIN CERTIFICATE" in output
    assert "PRIVATE KEY" not in output


def test_what_somebody_changed_stays(root: Path) -> None:
    run("install", "--root", str(root), "--yes")
    changed = root / DROP_IN
    changed.write_text(changed.read_text() + "log-queries\n")
    _, output = run("uninstall", "--root", str(root), "--yes")
    assert "it was changed since" in output
    assert files(root) == {DROP_IN}


def test_somebody_elses_file_is_not_replaced_unasked(root: Path) -> None:
    theirs = root / DROP_IN
    theirs.parent.mkdir(parents=True)
    theirs.write_text("address=/example/10.0.0.1\n")
    code, output = run("install", "--root", str(root), "--yes")
    assert code != 0
    assert "did not write it" in output
    assert theirs.read_text() == "address=/example/10.0.0.1\n"
    assert run("install", "--root", str(root), typed="y\n")[0] == 0
    assert "address=/#/" in theirs.read_text()


def test_a_folder_that_can_not_be_written_is_named(root: Path) -> None:
    (root / "etc").write_text("a file in the way")
    with pytest.raises(NotPermitted, match="etc"):
        disk.write(root, [plan.drop_in(Config())])


def test_the_drop_in_follows_the_configuration() -> None:
    public = Config(hotspot=Hotspot(address="4.3.2.1/24"))
    assert b"address=/#/4.3.2.1\n" in plan.drop_in(public).content
    assert b"114" not in plan.drop_in(public).content
    secure = replace(public, web=Web(tls_certificate="/c", tls_key="/k", tls_port=443))
    assert b"114,https://4.3.2.1/api/captive" in plan.drop_in(secure).content


def test_the_certificate_is_for_the_devices_names() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    made, _ = self_signed(["lamp.local", "lamp"], ["192.168.4.1"], now)
    found = x509.load_pem_x509_certificate(made)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lamp.local", "lamp"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["192.168.4.1"]
    assert found.not_valid_before_utc < now < found.not_valid_after_utc
    assert (found.not_valid_after_utc - now).days == DAYS


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("/opt/firstlight/bin/firstlight", ""),
        ("/usr/bin/firstlight", ""),
        ("/homestead/bin/firstlight", ""),
        ("/home/jo/fl/bin/firstlight", "below /home"),
        ("/root/fl/bin/firstlight", "below /root"),
        ("/tmp/fl/bin/firstlight", "below /tmp"),
        ("/opt/my box/bin/firstlight", "characters"),
        ("/opt/100%/bin/firstlight", "characters"),
        ("/opt/fl/lib/firstlight/__main__.py", "python -m firstlight"),
    ],
)
def test_a_program_that_the_unit_could_not_start(program: str, words: str) -> None:
    trouble = plan.program_trouble(program)
    assert words in trouble
    assert bool(trouble) is bool(words)


def test_this_machine_gets_no_unit_that_could_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/home/jo/fl/bin/firstlight"])
    monkeypatch.setattr(disk, "write", lambda *_: pytest.fail("it was written"))
    code, said = run("install", "--yes")
    assert (code, "below /home" in said, "--no-unit" in said) == (2, True, True)


def test_a_key_that_is_missing_is_made_with_its_certificate(root: Path) -> None:
    certificate = disk.place(root, plan.CERTIFICATE)
    assert run("install", "--root", str(root), "--tls", "--no-unit", "--yes")[0] == 0
    disk.place(root, plan.KEY).unlink()
    before = certificate.read_bytes()
    assert run("install", "--root", str(root), "--tls", "--no-unit", "--yes")[0] == 0
    assert certificate.read_bytes() != before
    assert disk.place(root, plan.KEY).exists()
