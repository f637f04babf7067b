"""The contract between Firstlight and an MQTT broker: one connection at a time."""

from typing import Protocol

from firstlight.model.mqtt import Incoming, MqttSettings, Outgoing


class Broker(Protocol):
    """One connection. Everything raises ``BrokerFailure`` once it is lost.

    Nothing waits without a deadline but ``received``, which ends when the connection does.
    """

    @property
    def denied(self) -> int:
        """How many messages the broker has refused to take from this client."""
        ...

    async def open(self, settings: MqttSettings, client_id: str, will: Outgoing) -> None:
        """Connect; ``will`` is what the broker publishes when the client vanishes.

        The session begins empty and ends with the connection: what is asked of the device while it
        is away is not asked of it later.
        """
        ...

    async def subscribe(self, topics: str) -> None:
        """Receive from that filter, without what the broker has retained."""
        ...

    async def publish(self, message: Outgoing) -> None:
        """Returns once the broker has it (QoS 1)."""
        ...

    async def received(self) -> Incoming:
        """The next message. Few are queued; what comes while there is no room is lost."""
        ...

    async def close(self) -> None:
        """Say goodbye, so that the will is not published; fine if there is no connection."""
        ...
