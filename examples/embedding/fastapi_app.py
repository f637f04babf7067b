"""The device's pages and API under /wifi of your own FastAPI application.

    pip install firstlight fastapi uvicorn
    uvicorn fastapi_app:app --port 8000

The radio is simulated unless FIRSTLIGHT_BACKEND says otherwise.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from firstlight.config import load_config
from firstlight.daemon.opening import open_device
from firstlight.daemon.page_settings import web_settings
from firstlight.web import create_app

DEFAULTS = {"FIRSTLIGHT_BACKEND": "simulated", "FIRSTLIGHT_STATE_DIR": ".run/embedded"}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the device before the first request, and leave it in peace after the last."""
    config = load_config(None, {**DEFAULTS, **os.environ}, {"enabled": True})
    async with open_device(config) as opened:
        app.mount("/wifi", create_app(opened.device, web_settings(config)))
        app.state.device = opened.device
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def front() -> dict[str, object]:
    """Your own application may ask the device, too."""
    status = app.state.device.status()
    return {"connected": status.network.connected, "setup": "/wifi/"}
