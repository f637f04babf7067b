"""The Debian package: built, judged, installed, upgraded, removed and purged."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.packaging.root import Root, run, unavailable

PROJECT = Path(__file__).parents[2]
CHANGED = "/etc/NetworkManager/dnsmasq-shared.d/firstlight.conf"
SITE = "/usr/lib/firstlight/site"
NEXT = "99.0"

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        unavailable() is not None and os.environ.get("CI") != "true", reason=unavailable() or ""
    ),
]


@pytest.fixture(scope="module")
def package() -> Path:
    """The package, as `make deb` builds it."""
    return PROJECT / run(str(PROJECT / "tools/deb"), limit=600).strip().splitlines()[-1]


@pytest.fixture(scope="module")
def later(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same under a later version, with a drop-in that says something else."""
    folder = tmp_path_factory.mktemp("later")
    run("dpkg-deb", "--raw-extract", str(package), str(folder / "tree"))
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {NEXT}", control.read_text()))
    drop_in = folder / f"tree{CHANGED}"
    drop_in.write_text(drop_in.read_text() + "# A later thought.\n")
    built = folder / "later.deb"
    run("dpkg-deb", "--root-owner-group", "--build", str(folder / "tree"), str(built))
    return built


@pytest.fixture(scope="module")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """A Debian with all that the package needs, and without the package."""
    root = Root(tmp_path_factory.mktemp("debian") / "root")
    root.make()
    needed = run("dpkg-deb", "--field", str(package), "Depends").strip()
    root.sh(f"apt-get satisfy -y -qq --no-install-recommends '{needed}'", network=True)
    yield root
    run("rm", "-rf", str(root.folder))


def test_lintian_has_nothing_against_it(package: Path) -> None:
    said = run("lintian", "--allow-root", "--fail-on", "error,warning", str(package), limit=300)
    assert not re.search(r"(?m)^[EW]:", said)


@pytest.mark.lengthy
def test_its_life(root: Root, package: Path, later: Path) -> None:
    before = root.files()
    first, second = root.bring(package), root.bring(later)

    root.sh(f"dpkg --install {first}")
    assert root.sh("firstlight --version").startswith("firstlight ")
    user = root.sh("getent passwd firstlight").split(":")
    assert (user[5], user[6].strip()) == ("/var/lib/firstlight", "/usr/sbin/nologin")
    assert (
        root.fails("systemctl is-enabled firstlight firstlight-claim").split() == ["disabled"] * 2
    )
    verdict = root.fails("systemd-analyze verify --man=no firstlight.service")
    assert verdict == ""
    assert root.sh(f"find {SITE} -name '*.pyc' | head -1").strip()
    assert root.sh("find /usr /etc -xdev -user firstlight").strip() == ""
    assert "the state folder" in root.fails("firstlight doctor").lower()
    serves(root)
    completes(root)

    root.sh("mkdir -p /var/lib/firstlight; echo kept > /var/lib/firstlight/note")
    root.sh("echo '[brand]' > /etc/firstlight/config.toml; echo '# mine' >> " + CHANGED)
    root.sh(f"dpkg --force-confold --install {second}")
    assert root.sh("dpkg-query -W -f '${Version}' firstlight") == NEXT
    assert root.sh("cat /var/lib/firstlight/note /etc/firstlight/config.toml") == "kept\n[brand]\n"
    assert root.sh(f"tail -1 {CHANGED}") == "# mine\n"

    root.sh("dpkg --remove firstlight")
    assert not (root.folder / "usr/bin/firstlight").exists()
    assert not (root.folder / SITE[1:]).exists()
    assert root.sh(f"ls {Path(CHANGED).parent}") == f"{Path(CHANGED).name}~\n"
    assert root.sh("cat /var/lib/firstlight/note /etc/firstlight/config.toml") == "kept\n[brand]\n"

    root.sh(f"dpkg --force-confold --install {second}")
    assert root.sh(f"tail -1 {CHANGED}") == "# mine\n"

    root.sh("dpkg --purge firstlight")
    assert root.files() - before == set()
    assert before - root.files() == set()


def serves(root: Root) -> None:
    """The daemon starts, as its user, with what came along and nothing else."""
    said = root.sh(
        "mkdir -m 700 /tmp/state; chown firstlight: /tmp/state; cd /\n"
        "export FIRSTLIGHT_PROVISIONING_ENABLED=1\n"
        "setpriv --reuid=firstlight --regid=firstlight --clear-groups"
        " firstlight serve --backend simulated --state-dir /tmp/state &\n"
        "for try in $(seq 100); do [ -S /tmp/state/control.sock ] && break; sleep 0.1; done\n"
        "firstlight status --state-dir /tmp/state; kill $!; wait $!; rm -rf /tmp/state"
    )
    assert "\nHotspot " in said


def completes(root: Root) -> None:
    """A real bash finishes the word."""
    said = root.sh(
        "bash -c '. /usr/share/bash-completion/completions/firstlight; COMP_WORDS=(firstlight stat)"
        ' COMP_CWORD=1; _firstlight_completion firstlight; echo "${COMPREPLY[@]}"\''
    )
    assert said.split() == ["status"]


@pytest.mark.parametrize(
    "path",
    [
        "./usr/bin/firstlight",
        "./lib/systemd/system/firstlight.service",
        "./lib/systemd/system/firstlight-claim.service",
        "./usr/lib/sysusers.d/firstlight.conf",
        "./usr/share/dbus-1/system.d/org.firstlight.conf",
        "./usr/share/polkit-1/rules.d/50-firstlight.rules",
        f".{CHANGED}",
        "./etc/firstlight/hooks/",
        "./usr/share/man/man1/firstlight-connect.1.gz",
        "./usr/share/man/man5/firstlight.toml.5.gz",
        "./usr/share/zsh/vendor-completions/_firstlight",
        "./usr/share/fish/vendor_completions.d/firstlight.fish",
        f".{SITE}/firstlight/web/portal/static/",
    ],
)
def test_it_brings(package: Path, path: str) -> None:
    listed = run("dpkg-deb", "--contents", str(package)).splitlines()
    assert any(line.split(maxsplit=5)[-1].split(" -> ")[0] == path for line in listed)
