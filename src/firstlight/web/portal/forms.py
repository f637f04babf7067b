"""What a form sends."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from firstlight.errors import Code, InvalidInput
from firstlight.web.bodies import read_body
from firstlight.web.multipart import FilePart, Form
from firstlight.web.problems import Refusal

_MOST_FIELDS = 32
_KIND = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> Mapping[str, str]:
    """Its fields; the last of a name counts. Raises ``Refusal``, ``InvalidInput``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await read_body(request)
    if raw and kind != _KIND:
        raise Refusal(415, Code.INVALID_BODY, "This address takes what its own page sends.")
    try:
        text = raw.decode("ascii")
        return dict(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        )
    except ValueError as error:
        raise InvalidInput("", "The form can't be understood.", code=Code.INVALID_BODY) from error


def chosen_file(form: Form) -> FilePart:
    """The file of the field ``file``. A browser sends one without a name where none was chosen.

    Raises ``InvalidInput``.
    """
    part = form.files.get("file")
    if part is None or not part.name:
        raise InvalidInput("", "No file was chosen.")
    return part
