"""The contract between Firstlight and an MQTT broker: one connection at a time."""

from typing import Protocol

from firstlight.model.mqtt import Incoming, MqttSettings, Outgoing


class Broker(Protocol):
    """One connection. Everything raises ``BrokerFailure`` once it is lost.

    Nothing waits without a deadline but ``received``, which ends when the connection does.
    """

    async def open(self, settings: MqttSettings, client_id: str, will: Outgoing) -> None:
        """Connect; ``will`` is what the broker publishes when the client vanishes.

        The session begins empty and ends with the connection: what is asked of the device while it
        is away is not asked of it later.
        """
        ...

    async def subscribe(self, topics: str) -> bool:
        """Receive from that filter, without what the broker has retained.

        Returns whether the broker lets this client.
        """
        ...

    async def publish(self, message: Outgoing) -> bool:
        """Returns once the broker has acknowledged it (QoS 1): whether it has taken it.

        One that lets this client not publish there acknowledges, too (MQTT 5.0, 3.4.2.1).
        """
        ...

    async def received(self) -> Incoming:
        """The next message. Few are queued; what comes while there is no room is lost."""
        ...

    async def close(self) -> None:
        """Say goodbye, so that the will is not published; fine if there is no connection."""
        ...
