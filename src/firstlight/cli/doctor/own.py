"""Checks of Firstlight itself: configuration, switch, daemon, state folder."""

from firstlight.cli.doctor.facts import Facts, StateFolder
from firstlight.cli.doctor.findings import Finding, ok, problem, warning

_GROUP_AND_OTHERS = 0o077


def configuration(facts: Facts) -> Finding:
    """Whether the configuration is accepted."""
    if facts.configuration_error:
        return problem(
            "configuration",
            f"The configuration is refused: {facts.configuration_error}",
            "Correct that key; docs/configuration.md lists what is allowed.",
        )
    return ok("configuration", "The configuration is accepted.")


def enabled(facts: Facts) -> Finding:
    """Firstlight does nothing before it is enabled."""
    check, advice = (
        "enabled",
        "Set FIRSTLIGHT_PROVISIONING_ENABLED=1 for the daemon and restart it.",
    )
    if facts.daemon is not None:
        if facts.daemon.enabled:
            return ok(check, "The daemon is enabled.")
        return problem(check, "The daemon is not enabled, so it does nothing.", advice)
    if facts.enabled:
        return ok(check, "Provisioning is enabled.")
    return warning(check, "Provisioning is not enabled here; a daemon would do nothing.", advice)


def daemon(facts: Facts) -> Finding | None:
    """Whether the daemon answers."""
    if facts.daemon is not None:
        return ok("daemon", f"The daemon answers; version {facts.daemon.version}.")
    if facts.silence is None:
        return None
    return warning("daemon", facts.silence.message, facts.silence.hint or "")


def service(facts: Facts) -> Finding | None:
    """Whether the user that the service runs as is there, and let in by the others."""
    installed, check = facts.service, "service"
    if installed is None or installed.user == "root":
        return None
    user, advice = installed.user, "Install the package again, or run: sudo firstlight install"
    if not installed.exists:
        return problem(
            check,
            f"The service runs as the user {user}, whom this machine does not have.",
            "Run: sudo systemd-sysusers",
        )
    if not installed.bus_policy:
        return problem(
            check, f"No D-Bus policy lets {user} talk to NetworkManager and wpa_supplicant.", advice
        )
    if installed.polkit_rules is False:
        return problem(check, f"No polkit rule lets {user} change the network.", advice)
    return ok(check, f"The service runs as {user}, who is let in by D-Bus and polkit.")


def state_folder(facts: Facts) -> Finding:
    """Whether the state folder can be written, and by nobody else read."""
    state = facts.state
    check = "state-folder"
    if not state.folder:
        return problem(
            check, f"{state.path} is not a folder.", "Move it away, or give another --state-dir."
        )
    if not state.writable:
        verb = "written" if state.exists else "made"
        return problem(
            check,
            f"The state folder {state.path} can't be {verb} by this user.",
            "Run as its owner, or give another --state-dir.",
        )
    return _privacy(check, state)


def _privacy(check: str, state: StateFolder) -> Finding:
    if state.open_files:
        files = " ".join(f"{state.path}/{name}" for name in state.open_files)
        return problem(
            check,
            f"Other users can read secrets: {', '.join(state.open_files)}.",
            f"Close them: chmod 600 {files}",
        )
    if not state.exists:
        return ok(check, f"The state folder {state.path} will be made.")
    if state.mode & _GROUP_AND_OTHERS:
        return warning(
            check,
            f"The state folder {state.path} is open to other users (mode {state.mode:03o}).",
            f"Close it: chmod 700 {state.path}",
        )
    return ok(check, f"The state folder {state.path} can be written.")
