"""What was found on this machine."""

import msgspec

from firstlight.model.regulation import Switch
from firstlight.model.wire import HealthAnswer, Problem


class Process(msgspec.Struct, frozen=True):
    """A running program. ``parent`` is the name of the one that started it, if known."""

    name: str
    pid: int
    parent: str = ""


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A socket that waits on ``port``. ``process`` is ``None`` when only root may know."""

    port: int
    protocol: str
    address: str
    process: Process | None = None


class StateFolder(msgspec.Struct, frozen=True, kw_only=True):
    """The state folder; while it is missing, ``writable`` tells of the nearest folder above it.

    ``open_files`` are names of files in it that others than their owner may read.
    """

    path: str
    exists: bool
    folder: bool = True
    writable: bool
    mode: int = 0o700
    open_files: tuple[str, ...] = ()


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """The installed service. ``user``: whom it runs as, and whether there is such a user.

    ``bus_policy`` and ``polkit_rules``: whether what lets that user in is there; ``None`` where
    whoever looks may not know.
    """

    user: str
    exists: bool
    bus_policy: bool
    polkit_rules: bool | None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the checks look at.

    ``processes`` are names of running programs; ``sees_processes`` is false where the system hides
    other users' programs. ``programs`` are the installed ones among those that matter.
    ``network_manager_folder``: its run-time folder is there, which outlives it. ``country`` is the
    kernel's regulatory domain, ``None`` without its WiFi part. ``configured_*`` are Firstlight's
    settings; ``configuration_error`` says why there are none. ``service``: the one of the system's
    manager, if it is installed. ``silence`` says why the ``daemon``
    gave no answer.
    """

    system: str
    root: bool
    processes: frozenset[str] = frozenset()
    sees_processes: bool = True
    programs: frozenset[str] = frozenset()
    bus_socket: bool = False
    network_manager_folder: bool = False
    wifi_devices: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    listeners: tuple[Listener, ...] = ()
    country: str | None = None
    configuration_error: str = ""
    configured_interface: str = ""
    configured_country: str | None = None
    hotspot_address: str = ""
    simulated: bool = False
    enabled: bool = False
    state: StateFolder
    service: Service | None = None
    daemon: HealthAnswer | None = None
    silence: Problem | None = None
