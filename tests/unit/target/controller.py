"""A controller in Provisioning Mode: what it answers, without a socket."""

import asyncio
import json
from collections.abc import Callable

from firstlight.model.claim import ClaimCause
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid
from firstlight.provisioning.protocol import Answer, Refusal, Request, fingerprint_of
from firstlight.provisioning.softap import passphrase_of
from firstlight.radio.simulated.description import AccessPointTable

BSSID = MacAddress("a1:b2:c3:d4:e5:f6")
NONCE = 3_405_691_582
PEM = "-----BEGIN CERTIFICATE-----\nRmlyc3RsaWdodA==\n-----END CERTIFICATE-----\n"
FINGERPRINT = fingerprint_of(PEM)
CLIENT = {
    "name": "Hallway",
    "id": "H1",
    "mac_address": "02:00:00:00:00:00",
    "mqtt": {"host": "broker.home.example", "username": "hallway", "password": "mqtt-secret"},
    "wifi": {"ssid": "home", "password": "correct-horse"},
}
UUIDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(300)]
BUNDLE = {
    "controllers": [{"uuid": UUIDS[0], "name": "Cellar", "mac_address": "02:00:00:00:00:00"}],
    "clients": [
        {"uuid": uuid, "name": f"Client {number}", "mac_address": f"02:aa:00:00:{number:02x}:00"}
        for number, uuid in enumerate(UUIDS[1:4])
    ],
}


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode())


GOOD: dict[str, Answer | Refusal] = {
    "nonce": answer({"nonce": NONCE}),
    "client": answer(CLIENT),
    "controller": answer(BUNDLE),
    "certs": answer({"fingerprint": FINGERPRINT, "pem": PEM}),
}
LOST = Refusal(ClaimCause.UNREACHABLE, "gone")


def on_air(bssid: MacAddress = BSSID, *, channel: int = 1, signal: int = 80) -> AccessPointTable:
    return AccessPointTable(
        ssid=Ssid(b"FireFly-Provisioning"),
        bssid=bssid,
        channel=channel,
        signal=signal,
        passphrase=passphrase_of(bssid),
    )


class FakeController:
    """Answers by the last part of the path; counts requests, and how many were at once."""

    def __init__(self, **answers: Answer | Refusal) -> None:
        self.answers = GOOD | answers
        self.asked: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self.before: Callable[[Request], None] = lambda _request: None

    async def ask(self, interface: str, request: Request) -> Answer | Refusal:
        assert interface == "wlan0"
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            self.before(request)
            await asyncio.sleep(0)
            return self.answers[request.path.rpartition("/")[2]]
        finally:
            self.at_once -= 1

    @property
    def paths(self) -> list[str]:
        return [request.path.rpartition("/")[2] for request in self.asked]
