"""Files out of a multipart body (RFC 7578) that is in memory already, and so bounded."""

from collections.abc import Callable
from typing import Any

import msgspec

from firstlight.errors import Code, InvalidInput
from firstlight.web.problems import Refusal

MEDIA = "multipart/form-data"
_MOST_PARTS = 16


class FilePart(msgspec.Struct, frozen=True):
    """One file: the name that its sender gave it, and what is in it."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"FilePart(name={self.name!r})"


class Form(msgspec.Struct, frozen=True):
    """Files and plain fields by their field names; the last of a name counts."""

    files: dict[str, FilePart]
    fields: dict[str, str]

    def file(self, name: str) -> FilePart:
        """That file. Raises ``InvalidInput`` where it was not sent."""
        if name not in self.files:
            raise InvalidInput(name, "is missing; send the file in a field of that name")
        return self.files[name]


def read_multipart(content_type: str, raw: bytes) -> Form:
    """Raises ``Refusal`` 415 for another media type, ``InvalidInput`` for what is no such form."""
    # A device that nobody sends files to does without.
    from python_multipart.exceptions import FormParserError  # noqa: PLC0415
    from python_multipart.multipart import MultipartParser, parse_options_header  # noqa: PLC0415

    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind.decode("latin-1").lower() != MEDIA:
        raise Refusal(
            415,
            Code.INVALID_BODY,
            "The body must be a form with a file.",
            hint=f"Send it as '{MEDIA}', the file in the field 'file'.",
        )
    reading = _Reading(parse_options_header)
    try:
        parser = MultipartParser(boundary, reading.callbacks(), max_size=max(1, len(raw)))
        parser.write(raw)
        parser.finalize()
        return reading.form()
    except (FormParserError, ValueError) as error:
        raise InvalidInput("", "The form can't be understood.", code=Code.INVALID_BODY) from error


class _Reading:
    """Takes what the parser finds."""

    def __init__(self, options: Callable[[bytes], tuple[bytes, dict[bytes, bytes]]]) -> None:
        self._options = options
        self._parts: list[tuple[dict[bytes, bytes], bytearray]] = []
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._complete = False

    def callbacks(self) -> Any:
        """By the parser's names for them."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._said,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def form(self) -> Form:
        """What came. Raises ``ValueError`` for a part without a name, or a body cut short."""
        if not self._complete:
            raise ValueError("the closing boundary is missing")
        form = Form({}, {})
        for options, content in self._parts:
            name = options[b"name"].decode() if b"name" in options else ""
            if not name:
                raise ValueError("a part has no name")
            if b"filename" in options:
                form.files[name] = FilePart(options[b"filename"].decode(), bytes(content))
            else:
                form.fields[name] = content.decode()
        return form

    def _begin(self) -> None:
        if len(self._parts) >= _MOST_PARTS:
            raise ValueError("too many parts")
        self._headers = {}

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _end_headers(self) -> None:
        _, options = self._options(self._headers.get(b"content-disposition", b""))
        self._parts.append((options, bytearray()))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._parts[-1][1].extend(data[start:end])

    def _end(self) -> None:
        self._complete = True
