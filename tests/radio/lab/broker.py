"""A real Mosquitto with TLS on the far side of a router, at the internet's address."""

import json
from typing import Any

from tests.radio.lab.inside import Inside
from tests.radio.lab.routers import INTERNET
from tests.radio.lab.system import log_of
from tests.radio.lab.waiting import eventually

PORT = 8883
FOLDER = "/run/lab/broker"
NAME = "mosquitto"
CONFIGURATION = f"""\
listener {PORT} {INTERNET}
certfile {FOLDER}/broker.pem
keyfile {FOLDER}/broker.key
allow_anonymous false
password_file {FOLDER}/users
persistence false
log_dest stderr
user root
"""


class Broker:
    """``netns``: the router's. ``ca``, ``certificate`` and ``key`` are PEM texts."""

    def __init__(self, inside: Inside, netns: str, ca: str) -> None:
        self._inside = inside
        self._netns = netns
        self._ca = ca
        self._user = ("", "")

    def start(self, certificate: str, key: str, user: str, password: str) -> None:
        """Start it with one user, and wait until it takes connections."""
        self._user = (user, password)
        files = {
            "broker.conf": CONFIGURATION,
            "broker.pem": certificate,
            "broker.key": key,
            "ca.pem": self._ca,
            "users": f"{user}:{password}\n",
        }
        for name, text in files.items():
            self._inside.write(f"{FOLDER}/{name}", text, 0o600)
        self._inside.must("mosquitto_passwd", "-U", f"{FOLDER}/users")
        self._inside.spawn(
            NAME, "mosquitto", "-c", f"{FOLDER}/broker.conf", log=log_of(NAME), netns=self._netns
        )
        eventually(
            lambda: self._inside.reaches(INTERNET, PORT, netns=self._netns),
            what="the broker takes connections",
        )

    def stop(self) -> None:
        """End it; its messages are gone."""
        self._inside.kill(NAME, "SIGKILL")

    def retained(self, topic: str, *, within: int = 60) -> Any:
        """The retained message of that topic, as JSON, once there is one. Raises ``LabError``."""
        user, password = self._user
        told = self._inside.must(
            *("mosquitto_sub", "-V", "5", "-h", INTERNET, "-p", str(PORT)),
            *("--cafile", f"{FOLDER}/ca.pem", "-u", user, "-P", password),
            *("-t", topic, "-C", "1", "-W", str(within)),
            netns=self._netns,
            timeout=within + 20.0,
        )
        return json.loads(told)
