"""Checks of what a radio needs: NetworkManager and its parts, a device, and leave to send."""

from firstlight.cli.doctor.facts import Facts
from firstlight.cli.doctor.findings import Finding, ok, problem, warning
from firstlight.model.regulation import is_country

_NETWORK_MANAGER = "NetworkManager"
_SUPPLICANT = "wpa_supplicant"


def bus(facts: Facts) -> Finding:
    """NetworkManager is asked over D-Bus."""
    if facts.bus_socket:
        return ok("bus", "The D-Bus system bus is there.")
    return problem(
        "bus",
        "The D-Bus system bus is not there, so NetworkManager can't be asked.",
        "Install dbus and start it: systemctl start dbus",
    )


def network_manager(facts: Facts) -> Finding:
    """Whether NetworkManager runs."""
    check = "network-manager"
    if _NETWORK_MANAGER in facts.processes:
        return ok(check, "NetworkManager is running.")
    if not facts.sees_processes and facts.network_manager_folder:
        return ok(check, "NetworkManager has left its mark; whether it runs, only root can see.")
    if _NETWORK_MANAGER in facts.programs:
        return problem(
            check,
            "NetworkManager is installed but not running.",
            "Start it: systemctl enable --now NetworkManager",
        )
    return problem(
        check,
        "NetworkManager is not installed.",
        "Install it: apt-get install network-manager",
    )


def supplicant(facts: Facts) -> Finding:
    """wpa_supplicant; NetworkManager starts it once there is a WiFi device."""
    check = "wpa-supplicant"
    if _SUPPLICANT in facts.processes:
        return ok(check, "wpa_supplicant is running.")
    if "iwd" in facts.processes:
        return warning(
            check,
            "iwd is running instead of wpa_supplicant.",
            "Firstlight needs wpa_supplicant; remove wifi.backend=iwd from NetworkManager.conf.",
        )
    if _SUPPLICANT not in facts.programs:
        return problem(
            check, "wpa_supplicant is not installed.", "Install it: apt-get install wpasupplicant"
        )
    if not facts.sees_processes:
        return ok(check, "wpa_supplicant is installed; whether it runs, only root can see.")
    return warning(
        check,
        "wpa_supplicant is not running. NetworkManager starts it when there is a WiFi device.",
        "If there is one, look why: journalctl -u wpa_supplicant",
    )


def device(facts: Facts) -> Finding:
    """Whether there is a WiFi device, and the configured one."""
    check, found = "wifi-device", ", ".join(facts.wifi_devices)
    if not found:
        return problem(
            check,
            "There is no WiFi device.",
            "Plug one in. If it is plugged in, look for its driver: dmesg | grep -i firmware",
        )
    wanted = facts.configured_interface
    if wanted and wanted not in facts.wifi_devices:
        return problem(
            check,
            f"There is no WiFi device {wanted}; there is {found}.",
            "Set interface to one of these, or leave it empty for the first.",
        )
    return ok(check, f"WiFi device: {found}.")


def switches(facts: Facts) -> Finding | None:
    """Whether a radio is switched off (rfkill)."""
    check = "rfkill"
    if hard := [switch.name for switch in facts.switches if switch.hard_blocked]:
        return problem(
            check,
            f"The WiFi radio {', '.join(hard)} is switched off by hardware.",
            "Use the switch or the key on the case, or allow the radio in the firmware's setup.",
        )
    if soft := [switch.name for switch in facts.switches if switch.soft_blocked]:
        return problem(
            check,
            f"The WiFi radio {', '.join(soft)} is switched off by software.",
            "Switch it on: rfkill unblock wifi",
        )
    return ok(check, "No WiFi radio is switched off.") if facts.switches else None


def country(facts: Facts) -> Finding | None:
    """Whether the kernel knows in which country it sends."""
    if facts.country is None:
        return None
    if facts.configured_country:
        return ok("country", f"The configured country is {facts.configured_country}.")
    if is_country(facts.country):
        return ok("country", f"The kernel's country is {facts.country}.")
    return warning(
        "country",
        f"The kernel has no country ({facts.country or 'none'}), so some channels stay closed.",
        'Set it in Firstlight\'s configuration, for example country = "DE".',
    )


def lease_server(facts: Facts) -> Finding:
    """NetworkManager's shared mode needs dnsmasq."""
    if "dnsmasq" in facts.programs:
        return ok("dnsmasq", "dnsmasq is installed.")
    return problem(
        "dnsmasq",
        "dnsmasq is missing; without it the hotspot gives no addresses.",
        "Install it: apt-get install dnsmasq-base",
    )


def firewall(facts: Facts) -> Finding:
    """NetworkManager's shared mode needs iptables or nft; that it leads nowhere needs nft."""
    if "nft" in facts.programs:
        return ok("firewall", "nft is installed.")
    hint = "Install it: apt-get install nftables"
    if "iptables" in facts.programs:
        return warning(
            "firewall",
            "nft is missing: who joins the hotspot reaches the networks behind this device, and "
            "no configuration can be handed out over the air.",
            hint,
        )
    return problem(
        "firewall",
        "Neither nft nor iptables is installed; NetworkManager needs one of them for the hotspot.",
        hint,
    )


def wireless_tool(facts: Facts) -> Finding:
    """What NetworkManager does not know of a radio is asked of iw."""
    if "iw" in facts.programs:
        return ok("iw", "iw is installed.")
    return warning(
        "iw",
        "iw is missing: what the radio can do beside its hotspot stays unknown, and its transmit "
        "power can't be limited.",
        "Install it: apt-get install iw",
    )


def permission(facts: Facts) -> Finding | None:
    """Whether NetworkManager lets this user change networks; a running daemon has its own."""
    if facts.daemon is not None:
        return None
    if facts.root:
        return ok("permission", "Root may change networks.")
    return warning(
        "permission",
        "NetworkManager may refuse this user; polkit decides.",
        "Run the daemon as root, or allow its user NetworkManager's actions in polkit's rules.",
    )
