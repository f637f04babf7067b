"""What a Debian box runs for WiFi: D-Bus, wpa_supplicant, NetworkManager. Its radio: ``wlan0``."""

import re
from dataclasses import dataclass
from importlib import resources

from tests.radio.lab.inside import Finished, Inside
from tests.radio.lab.vm import LOGS_INSIDE
from tests.radio.lab.waiting import eventually

DEVICE = "wlan0"
SUPPLICANT = "fi.w1.wpa_supplicant1"
DRAWER = "drawer"
PROFILES = "/etc/NetworkManager/system-connections"
STATE = "/var/lib/firstlight"
# What outlives a power cut, if it was synced in time.
KEPT = {
    "profiles": PROFILES,
    "networkmanager": "/var/lib/NetworkManager",
    "firstlight": STATE,
}
CONFIGURATION = """\
[main]
plugins=keyfile
dns=none
[keyfile]
unmanaged-devices=interface-name:eth*
[logging]
level=INFO
"""
BUS = "org.freedesktop.DBus"
OWNED = (BUS, "/org/freedesktop/DBus", BUS, "NameHasOwner", "s")
POLKIT = "/usr/lib/polkit-1/polkitd"
PACKAGED = resources.files("firstlight") / "packaged"
USERS = "/run/lab/users"
POLICIES = "/run/lab/policies"
# What a package would do; the files under /etc are the host's, and stay as they are.
LET_IN = f"""\
cp /etc/passwd /etc/group /etc/shadow /etc/gshadow {USERS}/etc
systemd-sysusers --root={USERS}
for file in passwd group shadow gshadow; do mount --bind {USERS}/etc/$file /etc/$file; done
cp /etc/dbus-1/system.d/* {POLICIES}
mount --bind {POLICIES} /etc/dbus-1/system.d
mount -t tmpfs -o mode=755 tmpfs /etc/polkit-1/rules.d
"""
CONNECTIVITY = "/etc/NetworkManager/conf.d/connectivity.conf"
SUPPLICANT_ACTIVATION = "/usr/share/dbus-1/system-services/fi.w1.wpa_supplicant1.service"


@dataclass(frozen=True)
class SavedProfile:
    """A profile, as `nmcli connection show` tells of it."""

    name: str
    uuid: str
    kind: str
    active: bool


def log_of(name: str) -> str:
    """Where a daemon's output is kept."""
    return f"{LOGS_INSIDE}/{name}.log"


def supplicant_service(log: str) -> str:
    """As Debian's own, except that it tells its log to a file."""
    return f"""\
[D-BUS Service]
Name=fi.w1.wpa_supplicant1
Exec=/sbin/wpa_supplicant -u -t -f {log}
User=root
"""


class System:
    """The device's own network software, as its distribution starts it."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def prepare(self) -> None:
        """Give NetworkManager a memory of its own, empty at the first boot, and start D-Bus."""
        self._inside.shell(
            "for folder in /etc/NetworkManager /etc/firstlight /var/lib/misc; do"
            " mkdir -p $folder; mount -t tmpfs tmpfs $folder; done\n"
            "modprobe -a virtio_blk ext4; mkdir -p /run/dbus /run/lab/disk\n"
            "mount -t ext4 /dev/vda /run/lab/disk\n"
            + "".join(
                f"mkdir -p {folder} /run/lab/disk/{name};"
                f" mount --bind /run/lab/disk/{name} {folder}\n"
                for name, folder in KEPT.items()
            ),
            timeout=90,
        )
        self._let_in()
        self.start_bus(log_of("wpa_supplicant"))

    def _let_in(self) -> None:
        """Make Firstlight's user, with what the packaged files allow it."""
        user = (PACKAGED / "firstlight.sysusers").read_text()
        policy = (PACKAGED / "firstlight.dbus.conf").read_text()
        rules = (PACKAGED / "firstlight.polkit.rules").read_text()
        self._inside.write(f"{USERS}/etc/sysusers.d/firstlight.conf", user)
        self._inside.write(f"{POLICIES}/firstlight.conf", policy)
        self._inside.shell(LET_IN)
        self._inside.write("/etc/polkit-1/rules.d/50-firstlight.rules", rules)

    def start_bus(self, supplicant_log: str) -> None:
        """Start D-Bus, which starts wpa_supplicant when it is asked for, and polkit."""
        service = "/run/dbus/supplicant.service"
        self._inside.write("/etc/NetworkManager/NetworkManager.conf", CONFIGURATION)
        self._inside.write(service, supplicant_service(supplicant_log))
        self._inside.must("mount", "--bind", service, SUPPLICANT_ACTIVATION)
        self._inside.spawn(
            "dbus", "dbus-daemon", "--system", "--nofork", "--nopidfile", log=log_of("dbus")
        )
        eventually(lambda: self._inside.run("busctl", "list").rc == 0, what="D-Bus answers")
        # NetworkManager asks it about everybody but root.
        self._inside.spawn("polkit", POLKIT, log=log_of("polkit"))
        eventually(
            lambda: self._inside.must("busctl", "call", *OWNED, "org.freedesktop.PolicyKit1"),
            lambda said: "true" in said,
            what="polkit is there",
        )

    def start_networkmanager(self) -> None:
        """Start NetworkManager and wait until it has taken the radio."""
        if not self._inside.alive("NetworkManager"):
            self._inside.spawn(
                # Without --debug it forks, and what it says afterwards is lost.
                "NetworkManager", "NetworkManager", "--debug", log=log_of("NetworkManager")
            )  # fmt: skip
        self.wait_for_radio()

    def wait_for_radio(self) -> None:
        """Wait until NetworkManager could use the radio."""
        eventually(
            self.radio_state,
            lambda state: state not in ("", "unmanaged", "unavailable"),
            what="NetworkManager has taken the radio",
            within=60,
        )

    def sees_interface(self, name: str) -> None:
        """Wait until NetworkManager has taken up another interface."""
        eventually(
            lambda: self.nmcli("-g", "GENERAL.STATE", "device", "show", name).out,
            lambda state: "connected" in state,
            what=f"NetworkManager has taken up {name}",
        )

    def forget_what_was_heard(self) -> None:
        """Empty wpa_supplicant's list, and so NetworkManager's: what a case stopped may linger."""
        self._inside.must(
            *("busctl", "--system", "call", SUPPLICANT, self._supplicant_path()),
            *(f"{SUPPLICANT}.Interface", "FlushBSS", "u", "0"),
        )

    def forget_softap(self) -> None:
        """Take away what a SoftAP leaves behind that nobody took down."""
        self._inside.shell(
            "nft delete table inet firstlight 2>/dev/null || true\n"
            "iw dev fl-softap del 2>/dev/null || true\n"
            f"iw dev {DEVICE} set txpower auto\n"
        )
        self._inside.must(
            *("busctl", "--system", "set-property", SUPPLICANT, self._supplicant_path()),
            *(f"{SUPPLICANT}.Interface", "MaxNumSta", "s", "128"),
        )

    def most_stations(self) -> str:
        """How many stations wpa_supplicant would let on an access point."""
        said = self._inside.must(
            *("busctl", "--system", "get-property", SUPPLICANT, self._supplicant_path()),
            *(f"{SUPPLICANT}.Interface", "MaxNumSta"),
        )
        return said.split('"')[1]

    def _supplicant_path(self) -> str:
        found = self._inside.must(
            *("busctl", "--system", "call", SUPPLICANT, f"/{SUPPLICANT.replace('.', '/')}"),
            *(SUPPLICANT, "GetInterface", "s", DEVICE),
        )
        return found.split('"')[1]

    def stop_networkmanager(self, signal_name: str = "SIGTERM") -> None:
        """End NetworkManager."""
        self._inside.kill("NetworkManager", signal_name)

    def check_connectivity(self, url: str | None) -> None:
        """Have NetworkManager itself ask that URL, which answers 204; ``None``: ask nobody."""
        if url is None:
            self._inside.remove(CONNECTIVITY)
        else:
            self._inside.write(CONNECTIVITY, f"[connectivity]\nuri={url}\nresponse=\ninterval=20\n")
        self._inside.must("nmcli", "general", "reload", "conf")

    def supplicant(self) -> int | None:
        """The PID of wpa_supplicant; None while it doesn't run."""
        owner = self._inside.run(
            *("busctl", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus"),
            *("org.freedesktop.DBus", "GetConnectionUnixProcessID", "s", "fi.w1.wpa_supplicant1"),
        )
        return int(owner.out.split()[1]) if owner.rc == 0 else None

    def kill_supplicant(self) -> None:
        """Kill wpa_supplicant. D-Bus starts it again as soon as NetworkManager asks for it."""
        self._inside.must("kill", "-KILL", str(self.supplicant()))

    def nmcli(self, *arguments: str, wait: int = 60) -> Finished:
        """Run nmcli, terse; ``wait`` in seconds."""
        return self._inside.run("nmcli", "-w", str(wait), "-t", *arguments, timeout=wait + 15.0)

    def radio_state(self) -> str:
        """NetworkManager's word for the radio's state; empty when it doesn't answer."""
        fields = self.nmcli("-f", "DEVICE,STATE", "device").out.splitlines()
        return next((line.split(":")[1] for line in fields if line.startswith(DEVICE + ":")), "")

    def profiles(self) -> list[SavedProfile]:
        """All WiFi profiles.

        nmcli gives an activation a line of its own: two for a profile that is just being activated
        anew, the old activation and the new one.
        """
        listed = self.nmcli("-f", "NAME,UUID,TYPE,ACTIVE", "connection", "show").out
        found: dict[str, SavedProfile] = {}
        for line in listed.splitlines():
            name, uuid, kind, active = re.split(r"(?<!\\):", line)
            name = re.sub(r"\\(.)", r"\1", name)
            is_active = active == "yes" or (uuid in found and found[uuid].active)
            found[uuid] = SavedProfile(name, uuid, kind, is_active)
        return [profile for profile in found.values() if profile.kind == "802-11-wireless"]

    def forget_everything(self) -> None:
        """Delete all checkpoints and WiFi profiles, the hotspot's with them."""
        self._inside.run(
            *(
                "busctl",
                "call",
                "org.freedesktop.NetworkManager",
                "/org/freedesktop/NetworkManager",
            ),
            *("org.freedesktop.NetworkManager", "CheckpointDestroy", "o", "/"),
        )
        if uuids := [profile.uuid for profile in self.profiles()]:
            self.nmcli("connection", "delete", *uuids)
        eventually(
            self.radio_state,
            lambda state: state in ("disconnected", "unavailable"),
            what="the radio has left every network",
        )

    def active_profile(self) -> str | None:
        """The name of the profile on the radio."""
        shown = self.nmcli("-f", "NAME,DEVICE", "connection", "show", "--active").out
        names = [line.rpartition(":") for line in shown.splitlines()]
        return next((name for name, _, device in names if device == DEVICE), None)

    def setting(self, profile: str, name: str, *, secrets: bool = False) -> str:
        """One setting of a profile, as nmcli shows it."""
        shown = ["--show-secrets"] if secrets else []
        return self.nmcli(*shown, "-g", name, "connection", "show", profile).out.strip()

    def addresses(self) -> list[str]:
        """The radio's IPv4 addresses, with prefix length."""
        shown = self._inside.must("ip", "-4", "-o", "addr", "show", "dev", DEVICE)
        return re.findall(r"inet (\S+)", shown)

    def gateway(self) -> str | None:
        """The default route's gateway through the radio."""
        shown = self._inside.must("ip", "-4", "route", "show", "default", "dev", DEVICE)
        found = re.search(r"via (\S+)", shown)
        return found.group(1) if found else None

    def linked_to(self) -> str | None:
        """The BSSID that the radio is associated with, from the kernel."""
        found = re.search(r"Connected to (\S+)", self._inside.must("iw", "dev", DEVICE, "link"))
        return found.group(1) if found else None

    def mode(self) -> str:
        """The radio's mode, from the kernel: "managed" or "AP"."""
        found = re.search(r"type (\S+)", self._inside.must("iw", "dev", DEVICE, "info"))
        return found.group(1) if found else ""

    def block_radio(self, blocked: bool) -> None:
        """Move the radio's rfkill switch."""
        self._inside.shell(
            f"echo {int(blocked)} > $(echo /sys/class/net/{DEVICE}/phy80211/rfkill*/soft)"
        )

    def unplug_radio(self) -> None:
        """Take the radio away, as when a USB stick is pulled."""
        self._inside.shell(
            f"ip netns add {DRAWER}; iw phy $(cat /sys/class/net/{DEVICE}/phy80211/name)"
            f" set netns name {DRAWER}; udevadm settle -t 30"
        )

    def plug_radio(self) -> None:
        """Bring it back."""
        self._inside.must(
            "sh", "-euc",
            f"iw phy $(cat /sys/class/net/{DEVICE}/phy80211/name) set netns 1",
            netns=DRAWER,
        )  # fmt: skip
        self._inside.shell(
            f"ip netns del {DRAWER}\n"
            # A move between namespaces is not announced as reliably as a stick in a port.
            f"udevadm trigger -c add /sys/class/net/{DEVICE}; udevadm settle -t 30\n"
        )
