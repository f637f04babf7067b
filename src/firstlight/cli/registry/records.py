"""``firstlight registry list|show|add|edit|rm``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import uuid4

import msgspec
import typer

from firstlight.cli.confirming import confirm
from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.cli.registry.kinds import KIND_OF, OnlyKind, Plural, Which, Word, Yes, kind_of
from firstlight.errors import Code, Conflict, InvalidInput
from firstlight.model.records import RecordKind
from firstlight.model.text import plain

if TYPE_CHECKING:
    from firstlight.client import Client

LARGEST_RECORD = 256 * 1024
"""Bytes of a file; the daemon has a limit of its own."""


def list_records(
    *,
    kind: Annotated[Plural | None, typer.Option("--kind", help="Only these.")] = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """List who is registered: kind, UUID, MAC address, ID, area and name.

    With --json: one record a line, without passwords.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        from firstlight.cli.registry.hiding import without_secrets
        from firstlight.cli.registry.views import records_table

        wanted = kind_of(kind)
        kinds = tuple(RecordKind) if wanted is None else (wanted,)
        entries = (entry for one in kinds for entry in client.records(one))
        if as_json:
            for entry in entries:
                typer.echo(msgspec.json.encode(without_secrets(msgspec.to_builtins(entry))))
            return
        from firstlight.cli.screen import console

        found = list(entries)
        if found:
            console().print(records_table(found))
        else:
            nobody = "Nobody" if wanted is None else f"No {wanted.value.removesuffix('s')}"
            typer.echo(f"{nobody} is registered. `firstlight registry add` registers the first.")


def show(
    record: Which,
    *,
    kind: OnlyKind = None,
    secrets: Annotated[bool, typer.Option("--secrets", help="Show passwords, too.")] = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Show one record, all of it but its passwords."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        from firstlight.cli.registry.finding import record_of
        from firstlight.cli.registry.hiding import without_secrets
        from firstlight.cli.registry.views import record_lines

        found = record_of(client, record, kind_of(kind))
        fields = found.fields if secrets else without_secrets(found.fields)
        if as_json:
            typer.echo(msgspec.json.encode({"kind": found.kind, "uuid": found.uuid, **fields}))
            return
        from firstlight.cli.screen import console

        console().print(record_lines(found.kind, found.uuid, fields))


def add(
    kind: Annotated[Word, typer.Argument(metavar="KIND", help="client or controller.")],
    *,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="At most 20 characters.")] = None,
    mac: Annotated[
        str | None, typer.Option(metavar="MAC", help="Lets it in, in Provisioning Mode.")
    ] = None,
    short_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Of a client: at most 8 characters.")
    ] = None,
    area: Annotated[str | None, typer.Option(metavar="TEXT", help="Where it is.")] = None,
    ssid: Annotated[
        str | None, typer.Option(metavar="SSID", help="The network that a client joins.")
    ] = None,
    wifi_password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="Its password; - is standard input."),
    ] = None,
    mqtt_host: Annotated[str | None, typer.Option(metavar="HOST", help="The MQTT broker.")] = None,
    mqtt_port: Annotated[int | None, typer.Option(metavar="PORT", help="If not 1883.")] = None,
    mqtt_username: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Who it is there.")
    ] = None,
    mqtt_password_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="The password for it; - as above."),
    ] = None,
    ota_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where it finds firmware.")
    ] = None,
    uuid: Annotated[
        str | None, typer.Option(metavar="UUID", help="Its own; a new one without it.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="The record as JSON; - as above."),
    ] = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Register a client or a controller.

    A terminal asks for the passwords that are missing: for that of the network where --ssid is
    given, and of the broker where --mqtt-username is.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        given = {
            "name": name,
            "mac_address": mac,
            "id": short_id,
            "area": area,
            "ota": _without_none({"url": ota_url}),
        }
        mqtt = {"host": mqtt_host, "port": mqtt_port, "username": mqtt_username}
        networks = {"wifi": {"ssid": ssid}, "mqtt": mqtt}
        files = {"wifi": wifi_password_file, "mqtt": mqtt_password_file}
        if file is None:
            fields = _without_none(given | _with_passwords(networks, files))
        else:
            _refuse_both(_without_none(given | networks | files))
            fields = _record_in(file, KIND_OF[kind])
        own = fields.pop("uuid", None)
        chosen = uuid or (own if isinstance(own, str) and own else str(uuid4()))
        _register(client, KIND_OF[kind], chosen, fields)
        if as_json:
            typer.echo(msgspec.json.encode({"kind": KIND_OF[kind], "uuid": chosen.lower()}))
        else:
            typer.echo(f"Registered {plain(str(fields['name']))} as {chosen.lower()}.")


def edit(
    record: Which,
    *,
    kind: OnlyKind = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", readable=False, help="Take it from there; - is stdin."),
    ] = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Change one record, as JSON in your editor ($VISUAL, $EDITOR, vi) or from a file.

    What was changed by somebody else meanwhile is not overwritten, and what you wrote is kept.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        from firstlight.cli.registry.finding import record_of

        found = record_of(client, record, kind_of(kind))
        if file is None:
            from firstlight.cli.registry.editing import edit as opened

            changed = opened(client, found)
        else:
            from firstlight.cli.registry.asking import put

            fields = _record_in(file, found.kind)
            fields.pop("uuid", None)
            put(client, found, msgspec.json.encode(fields))
            changed = True
        typer.echo("Changed." if changed else "Nothing was changed.")


def remove(
    record: Which,
    *,
    kind: OnlyKind = None,
    yes: Yes = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Remove one record. In a terminal it asks first; a program has to say --yes."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        from firstlight.cli.registry.finding import record_of

        found = record_of(client, record, kind_of(kind))
        name = plain(str(found.fields["name"]))
        confirm(f"Remove {name} ({found.uuid})?", yes=yes)
        client.answers.delete_record(found.kind, found.uuid)
        typer.echo(f"Removed {name}.")


def _register(client: "Client", kind: RecordKind, uuid: str, fields: dict[str, Any]) -> None:
    """As a new one: no version of it may be there."""
    try:
        client.answers.put_record(kind, uuid, fields, seen=0)
    except Conflict as error:
        if error.code is not Code.VERSION_CONFLICT:
            raise
        raise Conflict(
            f"There is a record {plain(uuid)} already.",
            code=Code.ALREADY_EXISTS,
            hint="`firstlight registry edit` changes it.",
        ) from error


def _with_passwords(
    networks: dict[str, dict[str, Any]], files: dict[str, Path | None]
) -> dict[str, Any]:
    """WiFi and MQTT with their passwords; a terminal asks for one that belongs there."""
    from firstlight.cli.registry.passphrases import password

    whose = {"wifi": networks["wifi"]["ssid"], "mqtt": networks["mqtt"]["username"]}
    found: dict[str, Any] = {}
    for name, fields in networks.items():
        within = _without_none(fields)
        if whose[name] is not None or files[name] is not None:
            asked = f"Password for {plain(whose[name] or name)}"
            if secret := password(files[name], f"--{name}-password-file", asked):
                within["password"] = secret
        found[name] = within
    return found


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what was not given, and without what then holds nothing."""
    kept = {
        name: _without_none(cast("dict[str, Any]", value)) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    return {name: value for name, value in kept.items() if value is not None and value != {}}


def _refuse_both(given: dict[str, Any]) -> None:
    if given:
        named = ", ".join(given)
        raise InvalidInput("--file", f"holds the whole record; leave the rest out ({named})")


def _record_in(file: Path, kind: RecordKind) -> dict[str, Any]:
    """A JSON object from a file, also as ``show --json`` tells it. Raises ``InvalidInput``."""
    from firstlight.cli.registry.hiding import refuse_hidden
    from firstlight.cli.registry.reading import content_of

    try:
        fields = msgspec.json.decode(
            content_of(file, "--file", LARGEST_RECORD), type=dict[str, Any]
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(
            "--file", f'{file} holds no JSON object like {{"name": "Reading lamp"}}'
        ) from error
    told = fields.pop("kind", kind)
    if told != kind:
        raise InvalidInput("--file", f"{file} holds one of {plain(str(told))}, not of {kind}")
    refuse_hidden(fields, "--file")
    return fields
