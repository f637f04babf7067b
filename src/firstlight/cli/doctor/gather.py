"""Facts from the machine, the configuration and the daemon, put together."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from firstlight.cli.dial import dial
from firstlight.cli.doctor.facts import Facts
from firstlight.cli.doctor.machine import Machine
from firstlight.cli.doctor.ports import WATCHED
from firstlight.cli.failures import problem_of
from firstlight.config import SYSTEM_STATE_DIR, Config, load_config
from firstlight.errors import ConfigError, FirstlightError
from firstlight.model.backend import Backend
from firstlight.model.wire import HealthAnswer, Problem

PROGRAMS = ("NetworkManager", "wpa_supplicant", "dnsmasq", "iptables", "nft", "iw")

_ANSWER_SECONDS = 3.0


def gather(machine: Machine, environ: Mapping[str, str], state_dir: Path | None) -> Facts:
    """Look at everything once. Never fails: what can't be known is left out."""
    config, refused = _configuration(environ, state_dir)
    folder = config.state_path
    answer, silence = _health(folder, config.web.port)
    return Facts(
        system=platform.system(),
        root=os.geteuid() == 0,
        processes=machine.processes(),
        sees_processes=machine.sees_processes(),
        programs=machine.programs(PROGRAMS),
        bus_socket=machine.bus_socket(),
        network_manager_folder=machine.network_manager_folder(),
        wifi_devices=machine.wifi_devices(),
        switches=machine.switches(),
        listeners=machine.listeners(WATCHED),
        country=machine.country(),
        configuration_error=refused,
        configured_interface=config.interface,
        configured_country=config.country,
        hotspot_address=config.hotspot.address.partition("/")[0],
        simulated=config.backend is Backend.SIMULATED,
        enabled=config.enabled,
        state=machine.state_folder(folder),
        service=machine.service(),
        daemon=answer,
        silence=silence,
    )


def _configuration(environ: Mapping[str, str], state_dir: Path | None) -> tuple[Config, str]:
    """The configuration; the built-in one and a sentence when it is refused."""
    try:
        return load_config(None, environ, {"state_dir": state_dir and str(state_dir)}), ""
    except ConfigError as error:
        return Config(state_dir=str(state_dir or SYSTEM_STATE_DIR)), error.message


def _health(state_dir: Path, port: int) -> tuple[HealthAnswer | None, Problem | None]:
    """Ask over the socket, else over HTTP: a daemon that is not enabled has no socket."""
    try:
        return _asked(None, state_dir), None
    except FirstlightError as error:
        silence = problem_of(error)
    try:
        return _asked(f"http://127.0.0.1:{port}", None), None
    except FirstlightError:
        return None, silence


def _asked(url: str | None, state_dir: Path | None) -> HealthAnswer:
    with dial(url, None, state_dir, seconds=_ANSWER_SECONDS) as client:
        return client.health()
