"""A small Debian in a folder, in which packages come and go."""

import os
import shutil
import subprocess
from pathlib import Path

PROGRAMS = ("debootstrap", "dpkg-buildpackage", "dh", "lintian", "unshare", "chroot")
RELEASE = Path("/etc/os-release")
# In namespaces of its own: what is mounted or started there ends with it.
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
# With nothing of this host's environment but its way to the packages.
ENTER = (
    'mount -t proc proc "$0/proc" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin'
    " LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive"
    ' ${http_proxy:+http_proxy="$http_proxy"} chroot "$0" sh -euc "$1"'
)
NO_SERVICES = "#!/bin/sh\nexit 101\n"


def unavailable() -> str | None:
    """What this host lacks, in one line; None when it has everything."""
    if os.geteuid() != 0:
        return "installing the package needs root, for a Debian in a folder"
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"installing the package needs {', '.join(missing)}: `make setup` installs them"
    return None


class Root:
    """The Debian that this host is, at its smallest, under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Lay it out, from where this host's own packages come from."""
        run("debootstrap", "--variant=minbase", _codename(), str(self.folder), _mirror(), limit=600)
        (self.folder / "etc/apt/sources.list").unlink()
        for part in ("sources.list.d", "apt.conf.d", "auth.conf.d", "keyrings"):
            shutil.copytree(f"/etc/apt/{part}", self.folder / "etc/apt" / part, dirs_exist_ok=True)
        policy = self.folder / "usr/sbin/policy-rc.d"
        policy.write_text(NO_SERVICES)
        policy.chmod(0o755)
        self.sh("apt-get update -qq", network=True)

    def sh(self, script: str, *, network: bool = False) -> str:
        """Run a script in there that may not fail; what it said. ``network``: this host's."""
        apart = APART if network else (*APART, "--net")
        return run(*apart, "sh", "-euc", ENTER, str(self.folder), script, limit=400)

    def fails(self, script: str) -> str:
        """Run a script in there that may fail; what it said on both outputs."""
        command = (*APART, "--net", "sh", "-euc", ENTER, str(self.folder), script)
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        return done.stdout + done.stderr

    def bring(self, file: Path) -> str:
        """Copy a file in; where it is then."""
        shutil.copy(file, self.folder / "root")
        return f"/root/{file.name}"

    def files(self) -> set[str]:
        """Every file in there, but what the package manager itself writes down."""
        found = run("find", str(self.folder), "-xdev", "!", "-type", "d", "-printf", "/%P\n")
        return {one for one in found.splitlines() if not one.startswith(OWN_NOTES)}


OWN_NOTES = (
    "/run/", "/var/lib/dpkg/", "/var/log/", "/var/cache/", "/root/", "/tmp/", "/var/lib/apt/",
    "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/.pwd.lock",
    "/var/lib/systemd/",
)  # fmt: skip


def run(*command: str, limit: float = 120) -> str:
    """Run a command that may not fail; its output. Raises ``AssertionError`` with what it said."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, f"{command}: {(done.stdout + done.stderr)[-4000:]}"
    return done.stdout


def _codename() -> str:
    lines = dict(line.split("=", 1) for line in RELEASE.read_text().splitlines() if "=" in line)
    return lines["VERSION_CODENAME"]


def _mirror() -> str:
    """Where this host's apt gets the base system from."""
    release = f"{_codename()}/main"
    for line in run("apt-cache", "policy", "base-files").splitlines():
        words = line.split()
        if len(words) > 2 and words[1].startswith("http") and words[2] == release:
            return words[1]
    raise AssertionError("apt does not say where its packages come from")
