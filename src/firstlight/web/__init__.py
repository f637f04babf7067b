"""The device over HTTP: API, pages, event stream.

``create_app`` and ``WebSettings`` are for programs that serve the device themselves: see
docs/embedding.md. They are imported when they are asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstlight.web.app import create_app
    from firstlight.web.settings import WebSettings

__all__ = ["WebSettings", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from firstlight.web.app import create_app  # noqa: PLC0415  heavy

        return create_app
    if name == "WebSettings":
        from firstlight.web.settings import WebSettings  # noqa: PLC0415

        return WebSettings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
