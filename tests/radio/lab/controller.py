"""A controller of another make: a router with its SSID, and a few answers over HTTP."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.radio.lab.routers import Router, RouterSpec
from tests.radio.lab.system import log_of
from tests.radio.lab.world import World

SSID = b"FireFly-Provisioning"
SCRIPT = """\
import http.server, json, sys, time

answers = json.loads(sys.argv[1])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        print("asked", name, self.headers["mac-address"], self.headers["x-nonce"], flush=True)
        status, body = answers[name]
        if status == 0:
            time.sleep(60)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass

http.server.HTTPServer(("192.168.4.1", 80), Handler).serve_forever()
"""

Answers = Mapping[str, tuple[int, Any]]


@dataclass
class Controller:
    """One that is on the air; its radio is that of ``router``."""

    world: World
    router: Router

    @property
    def asked(self) -> list[list[str]]:
        """Every request: what for, MAC address, nonce."""
        text = self.world.inside.read(log_of(self._name))
        return [line.split()[1:] for line in text.splitlines() if line.startswith("asked")]

    @property
    def _name(self) -> str:
        return f"controller-{self.router.name}"

    def start(self, answers: Answers, *, channel: int = 1, psk: str = "") -> None:
        """Switch it on."""
        octets = bytes.fromhex(self.router.bssid.replace(":", ""))
        own = "".join(f"{octets[i] >> 4:X}{octets[5 - i] & 15:X}" for i in range(6))
        self.router.network = "192.168.4"
        self.router.start(RouterSpec(SSID, psk=psk or own, channel=channel))
        path = f"/run/lab/{self._name}.py"
        self.world.inside.write(path, SCRIPT)
        self.world.inside.remove(log_of(self._name))
        self.world.inside.spawn(
            self._name,
            sys.executable,
            path,
            json.dumps(answers),
            log=log_of(self._name),
            netns=self.router.name,
        )

    def stop(self) -> None:
        """Switch it off, and give the radio back."""
        self.world.inside.kill(self._name, "SIGKILL")
        self.router.stop()


@contextmanager
def on_the_air(world: World, name: str, answers: Answers, **options: Any) -> Iterator[Controller]:
    """A controller on the radio of that spare router."""
    router = world[name]
    network = router.network
    controller = Controller(world, router)
    controller.start(answers, **options)
    try:
        yield controller
    finally:
        controller.stop()
        world.inside.must("ip", "addr", "flush", "dev", router.interface, netns=name)
        router.network = network
