"""The Python client, from its signatures and docstrings."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

from drawing.text import table, ticked

from firstlight import errors as tree
from firstlight.client import Client
from firstlight.client.access import AccessOperations
from firstlight.client.device import DeviceOperations
from firstlight.client.problems import CLASS_OF
from firstlight.client.provisioning import ProvisioningOperations
from firstlight.client.registry import RegistryOperations
from firstlight.client.undertakings import Undertakings
from firstlight.errors import Code, FirstlightError

_PARTS: dict[str, type] = {
    "Begun and followed": Undertakings,
    "The device": DeviceOperations,
    "Pairing and sessions": AccessOperations,
    "Provisioning Mode and claiming": ProvisioningOperations,
    "The registry": RegistryOperations,
}
_ITERATED = ("events", "recent_events", "records", "exporting")
_ITSELF = ("ask", "close")


def methods() -> Iterator[str]:
    """Every method, by what it is about."""
    yield from ["", "### Opening it", ""]
    yield from _method("Client", Client.__init__, "")
    for heading, part in _PARTS.items():
        yield from [f"### {heading}", ""]
        for name, found in vars(part).items():
            if not name.startswith("_"):
                described = found.__wrapped__
                yield from _method(name, described, _result(described))
    yield from ["### Iterated over", ""]
    for name in _ITERATED:
        yield from _told(name)
    yield from ["### The client itself", ""]
    for name in _ITSELF:
        yield from _told(name)


def errors() -> Iterator[str]:
    """Every class, with the codes that it is raised for."""
    yield ""
    rows: list[list[str]] = []
    for kind in vars(tree).values():
        if isinstance(kind, type) and issubclass(kind, FirstlightError):
            codes = ", ".join(f"`{code.value}`" for code in Code if CLASS_OF[code] is kind)
            rows.append([f"`{kind.__name__}`", _sentence(kind.__doc__ or ""), codes])
    yield from table(["Class", "What", "Codes"], *rows)
    yield ""


def _told(name: str) -> Iterator[str]:
    opened = getattr(Client, name)
    found = inspect.unwrap(opened)
    result = _short(inspect.signature(found).return_annotation)
    if found is not opened:  # contextlib's
        result = result.replace("Generator", "AbstractContextManager", 1)
    yield from _method(name, found, result)


def _method(name: str, found: Callable[..., Any], result: str) -> Iterator[str]:
    """Its signature, then what it says of itself."""
    parameters = list(inspect.signature(found).parameters.values())[1:]
    plain = inspect.Signature(parameters)
    arrow = f" → {result}" if result else ""
    yield f"**`{_short(f'{name}{plain}')}{arrow}`**"
    yield ""
    yield ticked(inspect.cleandoc(found.__doc__ or ""))
    yield ""


def _result(described: Callable[..., Any]) -> str:
    """What a caller gets for what is described."""
    told = get_args(inspect.signature(described).return_annotation)
    if len(told) == 1:
        return _short(told[0])
    _, result, step = told
    return f"Job[{_short(result)}, {_short(step)}]"


def _short(annotation: Any) -> str:
    """Without the modules that its types are from."""
    if annotation is None or annotation is type(None):
        return "None"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"<(RestartScope)\.(\w+): '\w+'>", r"\1.\2", text)
    text = re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", text)
    return re.sub(r"'(\w+)'", r"\1", text)


def _sentence(text: str) -> str:
    first = inspect.cleandoc(text).partition("\n\n")[0].replace("\n", " ")
    return ticked(first)
