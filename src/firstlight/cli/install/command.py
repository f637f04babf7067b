"""The two commands."""

import os
import socket
import sys
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from firstlight.cli.confirming import confirm
from firstlight.cli.failures import reported
from firstlight.cli.install import disk, plan
from firstlight.config import Config, load_config
from firstlight.errors import Code, InvalidInput, NotPermitted

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", show_default=False, help="TOML file.")
]
Root = Annotated[
    Path, typer.Option(metavar="DIR", help="Write below this folder: for images, and to look.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")]
Tls = Annotated[
    bool, typer.Option("--tls", help="Make a certificate of the device's own, if there is none.")
]
WithClaim = Annotated[
    bool, typer.Option("--claim", help="Also the unit that claims configuration once at boot.")
]
NoUnit = Annotated[
    bool, typer.Option("--no-unit", help="No systemd unit and no user for it; your image has them.")
]


def install(
    config_file: ConfigFile = None,
    root: Root = Path("/"),
    *,
    tls: Tls = False,
    claim: WithClaim = False,
    no_unit: NoUnit = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Write what the system needs around the daemon; shows it first, and asks."""
    with reported(as_json=False):
        config = _config(config_file, root)
        if claim or not no_unit:
            _check_program(_program(), for_this_machine=root == Path("/") and not dry_run)
        files = _files(config, root, tls=tls, with_unit=not no_unit)
        if claim:
            files.append(plan.claim_unit(_program(), _packaged("firstlight-claim.service")))
        manifest = disk.read_manifest(root)
        states = {file.path: disk.state_of(root, file, manifest) for file in files}
        wanted = [file for file in files if states[file.path] is not disk.State.SAME]
        for file in wanted:
            _show(root, file, states[file.path])
        if not wanted:
            typer.echo("Everything is in place.")
            return
        foreign = [file for file in wanted if states[file.path] is disk.State.FOREIGN]
        if dry_run:
            typer.echo("Nothing was written (--dry-run).")
            return
        if foreign and yes:
            raise NotPermitted(
                f"{foreign[0].path} is there already, and firstlight did not write it.",
                code=Code.NOT_PERMITTED,
                hint="Move it away, or run without --yes and say that it may be replaced.",
            )
        confirm("Write this?", yes=yes)
        disk.write(root, wanted)
        _say_what_next(tls=tls and config.web.tls_certificate is None, with_unit=not no_unit)
        if claim:
            typer.echo("To claim at boot: systemctl enable firstlight-claim")


def uninstall(root: Root = Path("/"), *, yes: Yes = False) -> None:
    """Remove what install has written, as far as nobody has changed it since."""
    with reported(as_json=False):
        known = disk.read_manifest(root).files
        if not known:
            typer.echo("firstlight install has written nothing here.")
            return
        for path in known:
            typer.echo(f"  {path}")
        confirm("Remove these?", yes=yes)
        removed, kept = disk.remove(root)
        for path in removed:
            typer.echo(f"Removed {path}.")
        for path in kept:
            typer.echo(f"Kept {path}: it was changed since.", err=True)
        typer.echo("Then: systemctl daemon-reload; systemctl restart NetworkManager")


def _config(config_file: Path | None, root: Path) -> Config:
    own = root / "etc/firstlight/config.toml"
    named = config_file or (own if _is_there(own) else None)
    return load_config(named, {}, {})


def _is_there(path: Path) -> bool:
    """Also where nobody may look: reading it then says why not."""
    try:
        path.stat()  # before Python 3.14 `exists` raises where nobody may look, later it says no
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _files(config: Config, root: Path, *, tls: bool, with_unit: bool) -> list[plan.File]:
    files: list[plan.File] = []
    if tls:
        files += _certificate(config, root)
        config = _with_tls(config)
    files.append(plan.drop_in(config))
    if with_unit:
        files += [
            plan.user(_packaged("firstlight.sysusers")),
            plan.bus_policy(_packaged("firstlight.dbus.conf")),
            plan.polkit_rules(_packaged("firstlight.polkit.rules")),
            plan.unit(_program(), _packaged("firstlight.service")),
        ]
    return files


def _packaged(name: str) -> str:
    return (resources.files("firstlight") / "packaged" / name).read_text()


def _with_tls(config: Config) -> Config:
    """As it will be once the certificate is configured."""
    from msgspec.structs import replace

    if config.web.tls_certificate is not None:
        return config
    web = replace(config.web, tls_certificate=str(plan.CERTIFICATE), tls_key=str(plan.KEY))
    return replace(config, web=web)


def _certificate(config: Config, root: Path) -> list[plan.File]:
    if config.web.tls_certificate is not None:
        return []
    if all(disk.place(root, path).exists() for path in (plan.CERTIFICATE, plan.KEY)):
        return []
    from firstlight.cli.install.certificate import self_signed

    name = socket.gethostname()
    names = list(dict.fromkeys([f"{name.partition('.')[0]}.local", name, *config.web.host_names]))
    address = config.hotspot.address.partition("/")[0]
    made, key = self_signed(names, [address, "127.0.0.1"], datetime.now(UTC))
    return list(plan.certificate(made, key))


def _program() -> str:
    return str(Path(sys.argv[0]).absolute())


def _check_program(program: str, *, for_this_machine: bool) -> None:
    """For this machine it has to be one that the unit can start; for an image it is told.

    Raises ``InvalidInput``.
    """
    trouble = plan.program_trouble(program)
    if not trouble and for_this_machine and not os.access(program, os.X_OK):
        trouble = f"{program} is no program that systemd could start"
    if not trouble:
        return
    hint = "Install Firstlight into a folder like /opt/firstlight, and run its bin/firstlight."
    if for_this_machine:
        raise InvalidInput("", f"{trouble}.", hint=f"{hint} Or leave the unit out: --no-unit.")
    typer.echo(f"firstlight: {trouble}.\n  {hint}", err=True)


def _show(root: Path, file: plan.File, state: disk.State) -> None:
    typer.echo(f"{disk.place(root, file.path)}  ({state.value}; {file.why})")
    if state is disk.State.FOREIGN:
        typer.echo("  It is there already, and firstlight did not write it. It would be replaced.")
    lines = ["(a secret; not shown)"] if file.secret else file.content.decode().splitlines()
    for line in lines:
        typer.echo(f"    {line}")


def _say_what_next(*, tls: bool, with_unit: bool) -> None:
    typer.echo("Written.")
    if tls:
        typer.echo("Put this into /etc/firstlight/config.toml:")
        typer.echo(f'  [web]\n  tls_certificate = "{plan.CERTIFICATE}"\n  tls_key = "{plan.KEY}"')
    if with_unit:
        steps = ["systemd-sysusers", "systemctl daemon-reload", "systemctl reload dbus"]
        if tls:
            steps += [f"chgrp firstlight {plan.KEY}", f"chmod 640 {plan.KEY}"]
        typer.echo(f"Then: {'; '.join([*steps, 'systemctl enable --now firstlight'])}")
    typer.echo("The hotspot's DNS counts from the next time that the hotspot goes up.")
