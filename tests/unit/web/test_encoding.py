import pytest

from firstlight.model.mac import MacAddress
from firstlight.web.encoding import to_json


def test_text_with_a_type_of_its_own_is_text() -> None:
    assert to_json({"mac": MacAddress("A1B2C3D4E5F6")}) == b'{"mac":"a1:b2:c3:d4:e5:f6"}'


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="complex"):
        to_json({"value": 1j})
