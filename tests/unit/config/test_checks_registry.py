"""Where the registry may be kept."""

import pytest

from firstlight.config.checks import checked
from firstlight.config.shape import Config, Registry
from firstlight.errors import ConfigError


@pytest.mark.parametrize("url", ["postgresql://box/firstlight", "postgres:///x", None])
def test_urls_that_are_taken(url: str | None) -> None:
    config = Config(registry=Registry(url=url, key_file="/etc/firstlight/key"))
    assert checked(config) is config


def test_another_database_is_refused_without_repeating_its_password() -> None:
    with pytest.raises(ConfigError, match="postgresql://") as refused:
        checked(Config(registry=Registry(url="mysql://ada:s3cret@box/x")))
    assert refused.value.key == "registry.url"
    assert "s3cret" not in str(refused.value)


def test_a_key_file_has_a_whole_path() -> None:
    with pytest.raises(ConfigError, match=r"registry\.key_file"):
        checked(Config(registry=Registry(key_file="key")))
