"""The page, and the files it is made of."""

from starlette.routing import BaseRoute

from firstlight.web.settings import WebSettings


def page_routes(settings: WebSettings, *, enabled: bool) -> list[BaseRoute]:
    return []
