import pytest
from starlette.datastructures import Headers

from firstlight.model.mac import MacAddress
from firstlight.web.encoding import takes_gzip, to_json


def test_text_with_a_type_of_its_own_is_text() -> None:
    assert to_json({"mac": MacAddress("A1B2C3D4E5F6")}) == b'{"mac":"a1:b2:c3:d4:e5:f6"}'


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="complex"):
        to_json({"value": 1j})


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("gzip;q=0", False),
        ("gzip ; q=0.000, br", False),
        ("x-gzip-not", False),
        ("*", False),
        ("", False),
    ],
)
def test_what_may_come_packed(offered: str, taken: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": offered})) is taken
