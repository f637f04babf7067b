"""Which of the configuration's words must not be told."""

import pytest

from firstlight.config import Config, Registry
from firstlight.daemon.support.secrets import configured


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("postgresql://u:p%5Bx@h/db", ["p%5Bx", "p[x"]),
        ("postgresql://u:p[x@h/db", ["postgresql://u:p[x@h/db"]),
        ("postgresql://u@h/db?password=se%2Fcret", ["se/cret"]),
        ("postgresql://h/db", []),
    ],
)
def test_the_databases_password(url: str, hidden: list[str]) -> None:
    assert list(configured(Config(registry=Registry(url=url)))) == hidden
