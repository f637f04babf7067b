"""Firstlight for programs: the daemon on this machine, or one elsewhere, asked from Python.

::

    from firstlight.client import Client

    with Client() as device:  # the daemon on this machine
        print(device.status().runtime.summary)

    with Client("https://box.local", token="…", ca="box.pem") as device:
        job = device.connect("Lighthouse", password="…")
        for step in job:
            print(step.name)
        print(job.result().state)

``AsyncClient`` has the same methods, awaited. Both give the types of ``firstlight.model``, fields
that only a newer daemon knows left out, and raise the errors of ``firstlight.errors``.
``docs/python-api.md`` is the guide.
"""

from typing import TYPE_CHECKING

from firstlight.client.jobs import AsyncJob, Job
from firstlight.client.request import Answer, Request
from firstlight.client.sync import Answers, Client

if TYPE_CHECKING:
    from firstlight.client.aio import AsyncClient

__all__ = ["Answer", "Answers", "AsyncClient", "AsyncJob", "Client", "Job", "Request"]


def __getattr__(name: str) -> object:
    """What brings asyncio comes when it is asked for: a command does without."""
    if name == "AsyncClient":
        from firstlight.client.aio import AsyncClient

        return AsyncClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
