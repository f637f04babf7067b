"""Which port of a controller a client belongs to."""

from msgspec import UNSET
from msgspec.structs import replace

from firstlight.model.records import Client, Controller


def with_client(controller: Controller, client: Client, uuid: str) -> Controller | None:
    """The controller with that client's UUID on every port of the client's ``id``.

    One wide device may be on two ports. ``None``: it has no such port, or knew already.
    """
    if client.id is UNSET or controller.ports is UNSET:
        return None
    ports = {
        number: replace(port, clientUUID=uuid) if port.id == client.id else port
        for number, port in controller.ports.items()
    }
    return replace(controller, ports=ports) if ports != controller.ports else None
