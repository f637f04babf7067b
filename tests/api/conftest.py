from collections.abc import AsyncIterator

import httpx
import pytest
from tests.api.checked import checked_client
from tests.api.fake_service import FakeService

from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings(version="1.2.3", hostname="lamp", heartbeat_seconds=15)


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
async def client(service: FakeService, settings: WebSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with await checked_client(create_app(service, settings)) as client:
        yield client
