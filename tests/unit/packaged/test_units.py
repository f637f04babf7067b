"""What the packaged units allow, as systemd itself judges it."""

import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree

import pytest

PACKAGED = resources.files("firstlight") / "packaged"
UNITS = {"firstlight.service": 2.0, "firstlight-claim.service": 1.0}
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: the package systemd"
)


def text(name: str) -> str:
    return (PACKAGED / name).read_text()


def exposure(folder: Path, name: str, unit: str) -> float:
    """systemd's own figure, 0 to 10: how much a service could do if it fell."""
    file = folder / name
    # A unit whose program is not there is not judged.
    file.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit))
    command = ("systemd-analyze", "security", "--offline=true", "--no-pager", str(file))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    [figure] = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    return float(figure)


@needs_systemd
@pytest.mark.parametrize(("name", "most"), UNITS.items())
def test_little_is_exposed(tmp_path: Path, name: str, most: float) -> None:
    assert exposure(tmp_path, name, text(name)) <= most


@needs_systemd
@pytest.mark.parametrize(
    "directive", ["User", "NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet"]
)
def test_each_of_these_counts(tmp_path: Path, directive: str) -> None:
    tight = text("firstlight.service")
    loose = re.sub(rf"(?m)^{directive}=.*\n", "", tight)
    [more, less] = [exposure(tmp_path, "firstlight.service", unit) for unit in (loose, tight)]
    assert more > less


def test_the_user_is_the_one_of_the_other_files() -> None:
    [user] = re.findall(r"(?m)^User=(.*)$", text("firstlight.service"))
    [made] = re.findall(r"(?m)^u (\S+)", text("firstlight.sysusers"))
    [policy] = ElementTree.fromstring(text("firstlight.dbus.conf")).findall("policy")
    [subject] = re.findall(r'subject\.user !== "(.*)"', text("firstlight.polkit.rules"))
    assert {user, made, policy.get("user"), subject} == {"firstlight"}


@pytest.mark.skipif(
    shutil.which("systemd-sysusers") is None, reason="needs systemd-sysusers: the package systemd"
)
def test_the_user_can_not_sign_in(tmp_path: Path) -> None:
    file = tmp_path / "etc/sysusers.d/firstlight.conf"
    file.parent.mkdir(parents=True)
    file.write_text(text("firstlight.sysusers"))
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], check=True, timeout=30)
    [line] = (tmp_path / "etc/passwd").read_text().splitlines()
    name, _, uid, _, _, home, shell = line.split(":")
    assert (name, home, shell) == ("firstlight", "/var/lib/firstlight", "/usr/sbin/nologin")
    assert 0 < int(uid) < 1000
