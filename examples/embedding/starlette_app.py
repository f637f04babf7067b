"""The same with Starlette alone: ``uvicorn starlette_app:app --port 8000``."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from firstlight.config import load_config
from firstlight.daemon.opening import open_device
from firstlight.daemon.page_settings import web_settings
from firstlight.web import create_app

DEFAULTS = {"FIRSTLIGHT_BACKEND": "simulated", "FIRSTLIGHT_STATE_DIR": ".run/embedded"}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the device before the first request, and leave it in peace after the last."""
    config = load_config(None, {**DEFAULTS, **os.environ}, {"enabled": True})
    async with open_device(config) as opened:
        app.router.routes.append(Mount("/wifi", create_app(opened.device, web_settings(config))))
        yield


app = Starlette(lifespan=lifespan)
