"""Names, addresses and pages in the configuration: which are none."""

from pathlib import Path

import pytest
from tests.unit.config.loading import load, refusal

from firstlight.model.reach import ReachTarget


@pytest.mark.parametrize(
    "host",
    [
        "mqtt://broker.example",
        "broker.example:1883",
        "broker example",
        "brök.example",
        "300.1.2.3",
        "1.2.3",
        "fd00::1::2",
        "[fd00::1]",
        "..",
        "x" * 64,
        "broker\\n",
    ],
)
def test_a_broker_that_no_host_is(tmp_path: Path, host: str) -> None:
    refused = refusal(tmp_path, f'[mqtt]\nhost = "{host}"')
    assert refused.key == "mqtt.host"
    assert "allowed is a name like broker.example or an address like" in refused.message


@pytest.mark.parametrize("host", ["broker", "Broker.Example.", "192.168.7.1", "fd00::1", "b1.x2y"])
def test_a_broker(tmp_path: Path, host: str) -> None:
    assert load(tmp_path, f'[mqtt]\nhost = "{host}"').mqtt.host == host


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "http:///path",
        "http://",
        "example.org",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://example.org:port/",
        "http://user@example.org/",
        "http://[::1]/",
        "http://exämple.org/",
        f"http://{'x' * 64}.org/",
        f"http://{'x.' * 127}org/",
        "http://example..org/",
        "http://example.org/a b",
        "http://example.org/ä",
        "http://example.org/\\n",
    ],
)
def test_a_page_that_can_not_be_asked_for(tmp_path: Path, url: str) -> None:
    refused = refusal(tmp_path, f'[[reach.targets]]\nurl = "{url}"')
    assert refused.key == "reach.targets[0].url"
    assert "allowed is http://host/path" in refused.message


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://example.org/",
        "http://example.org:8080/a?b=c&d#e",
        "http://192.168.7.1/x",
        "http://lamp/",
    ],
)
def test_a_page_that_can_be_asked_for(tmp_path: Path, url: str) -> None:
    config = load(tmp_path, f'[[reach.targets]]\nurl = "{url}"')
    assert config.reach.targets == (ReachTarget(url=url),)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "*",
        "*.example",
        "a..example",
        ".example",
        "a.example:80",
        "a.example/",
        "a b",
        "exämple",
        "a.example\\n",
        "fd00::1",
        "x" * 64,
        "x." * 127 + "x",
    ],
)
def test_a_further_name_that_no_host_has(tmp_path: Path, name: str) -> None:
    refused = refusal(tmp_path, f'[web]\nhost_names = ["{name}"]')
    assert (refused.key, "xn--" in (refused.hint or "")) == ("web.host_names", True)


@pytest.mark.parametrize(
    "name", ["lamp", "Setup.Example", "a.example.", "xn--exmple-cua", "a_b-c.1"]
)
def test_a_further_name_of_the_device(tmp_path: Path, name: str) -> None:
    config = load(tmp_path, f'[web]\nhost_names = ["{name}"]')
    assert config.web.host_names == (name,)
