"""Configuration: every key, which source beats which, and every refusal in words."""

import stat
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

import firstlight.config
from firstlight.config import SYSTEM_STATE_DIR, Config, load_config
from firstlight.errors import Code, ConfigError
from firstlight.model.backend import Backend
from firstlight.model.reach import ReachTarget

SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def no_system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This machine's own file has no say here."""
    path = tmp_path / "system.toml"
    monkeypatch.setattr(firstlight.config, "SYSTEM_FILE", path)
    return path


def load(
    tmp_path: Path,
    text: str = "",
    environ: Mapping[str, str] | None = None,
    **flags: Any,
) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text)
    named = {key.replace("__", "."): value for key, value in flags.items()}
    return load_config(path, environ or {}, named)


def refusal(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, environ)
    assert caught.value.code is Code.INVALID_CONFIG
    assert caught.value.message.startswith(f"{caught.value.key}: ")
    return caught.value


EVERY_KEY = """
enabled = true
allow_system_control = true
backend = "simulated"
interface = "wlan1"
country = "DE"
state_dir = "/srv/state"
world = "/srv/world.toml"

[brand]
name = "Aurora"

[join]
require_gateway = false
require_internet = true

[hotspot]
ssid = "Aurora Hotspot"
password = "correct-horse"
profile = "aurora"
channel = 13
address = "10.0.0.1/16"
at_start = false

[reach]
targets = [{ url = "http://status.aurora.example/alive", status = 200, body = "alive" }]
seconds = 3

[web]
host = "::1"
port = 80
public = true
token = "correct-horse"
allowed_cidrs = ["10.0.0.0/8", "fd00::/8", "192.168.7.5"]
host_names = ["setup.aurora.example"]
"""


def test_without_anything(tmp_path: Path) -> None:
    config = load(tmp_path, "", {"XDG_STATE_HOME": "/x"}, state_dir="/s")
    assert config == Config(state_dir="/s")
    assert not config.enabled
    assert (config.web.host, config.web.port, config.web.public) == ("127.0.0.1", 8080, False)
    assert config.backend is Backend.AUTO


def test_every_key(tmp_path: Path) -> None:
    config = load(tmp_path, EVERY_KEY)
    told = msgspec.to_builtins(config)
    usual = msgspec.to_builtins(Config())
    for section, values in usual.items():
        if isinstance(values, dict):
            assert [key for key in values if told[section][key] == values[key]] == []
        else:
            assert told[section] != values, section
    assert config.backend is Backend.SIMULATED
    assert config.reach.targets == (
        ReachTarget(url="http://status.aurora.example/alive", status=200, body="alive"),
    )
    assert config.web.allowed_cidrs == ("10.0.0.0/8", "fd00::/8", "192.168.7.5")
    assert config.state_path == Path("/srv/state")
    assert config.socket_path == Path("/srv/state/control.sock")


def test_secrets_are_not_in_its_repr(tmp_path: Path) -> None:
    assert SECRET not in repr(load(tmp_path, EVERY_KEY))


VARIABLES = {
    "FIRSTLIGHT_PROVISIONING_ENABLED": ("enabled", "1", True),
    "MOONHUB_PROVISIONING_ENABLED": ("enabled", "1", True),
    "FIRSTLIGHT_ALLOW_SYSTEM_CONTROL": ("allow_system_control", "1", True),
    "MOONHUB_ALLOW_SYSTEM_CONTROL": ("allow_system_control", "1", True),
    "FIRSTLIGHT_PROVISIONING_TOKEN": ("web.token", SECRET, SECRET),
    "MOONHUB_PROVISIONING_TOKEN": ("web.token", SECRET, SECRET),
    "FIRSTLIGHT_ALLOWED_CIDRS": (
        "web.allowed_cidrs",
        "10.0.0.0/8, ,192.168.0.0/16,",
        ("10.0.0.0/8", "192.168.0.0/16"),
    ),
    "FIRSTLIGHT_INTERFACE": ("interface", "wlan7", "wlan7"),
    "FIRSTLIGHT_BACKEND": ("backend", "networkmanager", Backend.NETWORKMANAGER),
    "FIRSTLIGHT_STATE_DIR": ("state_dir", "/srv/other", "/srv/other"),
    "FIRSTLIGHT_HOST": ("web.host", "0.0.0.0", "0.0.0.0"),
    "FIRSTLIGHT_PORT": ("web.port", "9000", 9000),
}


def at(config: Config, key: str) -> object:
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable(tmp_path: Path, variable: str) -> None:
    key, text, value = VARIABLES[variable]
    assert at(load(tmp_path, "", {variable: text}), key) == value


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    config = load(tmp_path, EVERY_KEY, dict.fromkeys(VARIABLES, ""))
    assert config == load(tmp_path, EVERY_KEY)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        *((text, True) for text in ("1", "true", " Yes ", "on")),
        *((text, False) for text in ("0", "false", "NO", "off")),
    ],
)
def test_switches(tmp_path: Path, text: str, *, on: bool) -> None:
    environ = {"FIRSTLIGHT_PROVISIONING_ENABLED": text}
    assert load(tmp_path, f"enabled = {str(not on).lower()}", environ).enabled is on


def test_environment_beats_file_and_flags_beat_environment(tmp_path: Path) -> None:
    text = 'interface = "file"\n[web]\nport = 1\nhost = "1.1.1.1"'
    environ = {"FIRSTLIGHT_INTERFACE": "environment", "FIRSTLIGHT_PORT": "2"}
    config = load(tmp_path, text, environ, web__port=3, interface=None)
    assert (config.interface, config.web.port, config.web.host) == ("environment", 3, "1.1.1.1")


def test_the_own_name_beats_the_family_name(tmp_path: Path) -> None:
    environ = {
        "FIRSTLIGHT_PROVISIONING_ENABLED": "0",
        "MOONHUB_PROVISIONING_ENABLED": "1",
        "FIRSTLIGHT_PROVISIONING_TOKEN": "own",
        "MOONHUB_PROVISIONING_TOKEN": "family",
    }
    config = load(tmp_path, "", environ)
    assert (config.enabled, config.web.token) == (False, "own")


def test_only_the_switches_and_the_token_have_a_family_name(tmp_path: Path) -> None:
    assert load(tmp_path, "", {"MOONHUB_PORT": "9"}).web.port == 8080


def test_which_file_is_read(tmp_path: Path, no_system_file: Path) -> None:
    assert load_config(None, {}, {}).interface == ""
    no_system_file.write_text('interface = "system"')
    assert load_config(None, {}, {}).interface == "system"
    named = tmp_path / "named.toml"
    named.write_text('interface = "variable"')
    environ = {"FIRSTLIGHT_CONFIG": str(named)}
    assert load_config(None, environ, {}).interface == "variable"
    assert load(tmp_path, 'interface = "flag"', environ).interface == "flag"


def test_the_state_folder_of_an_ordinary_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert load(tmp_path, "", {"XDG_STATE_HOME": "/x"}).state_dir == "/x/firstlight"
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert load(tmp_path).state_dir == "/home/me/.local/state/firstlight"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load(tmp_path).state_path == SYSTEM_STATE_DIR
    assert load(tmp_path, 'state_dir = ""').state_path == SYSTEM_STATE_DIR


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("enabled = 1", "enabled: is 1; allowed are true and false"),
        ('enabled = "yes"', "enabled: is 'yes'; allowed are true and false"),
        (
            'backend = "nmcli"',
            "backend: is 'nmcli'; allowed are auto, networkmanager and simulated",
        ),
        ("backend = 5", "backend: is 5; allowed are auto, networkmanager and simulated"),
        (
            'interface = "abcdefghijklmnop"',
            "interface: is 'abcdefghijklmnop'; allowed is text of 0 to 15 characters",
        ),
        ("interface = true", "interface: is true; allowed is text of 0 to 15 characters"),
        ("state_dir = 5", "state_dir: is 5; allowed is text in quotes"),
        ("country = 1979-05-27", "allowed is text in quotes"),
        ('country = "de"', "country: is 'de'; allowed are two capital letters (ISO 3166)"),
        ('country = "GER"', "country: is 'GER'; allowed are two capital letters (ISO 3166)"),
        ('brand = "Aurora"', "brand: is a single value; allowed is a section with name"),
        ('[brand]\nname = ""', "brand.name: is ''; allowed is text of 1 to 27 characters"),
        (f'[brand]\nname = "{"x" * 28}"', "allowed is text of 1 to 27 characters"),
        ("[join]\nrequire_internet = 0", "join.require_internet: is 0; allowed are true and false"),
        ("[hotspot]\nchannel = 14", "hotspot.channel: is 14; allowed are 1 to 13"),
        ("[hotspot]\nchannel = 0", "hotspot.channel: is 0; allowed are 1 to 13"),
        ('[hotspot]\nchannel = "6"', "hotspot.channel: is '6'; allowed are 1 to 13"),
        (
            "[hotspot]\nchannel = 13",
            "hotspot.channel: is 13; without a country that allows 12 and 13, allowed are 1 to 11",
        ),
        ('country = "US"\n[hotspot]\nchannel = 12', "allowed are 1 to 11"),
        ('[hotspot]\nssid = ""', "hotspot.ssid: is empty; a network name has 1 to 32 bytes"),
        (f'[hotspot]\nssid = "{"ü" * 17}"', "hotspot.ssid: has 34 bytes"),
        ("[hotspot]\nssid = 5", "hotspot.ssid: is 5; allowed is text in quotes"),
        ('[hotspot]\nprofile = ""', "allowed is text of 1 to 64 characters"),
        ('[hotspot]\naddress = "here"', "is 'here'; allowed is like 192.168.4.1/24"),
        ('[hotspot]\naddress = "fd00::1/64"', "allowed is like 192.168.4.1/24"),
        ('[hotspot]\naddress = "192.168.4.1"', "the prefix length is 8 to 29"),
        ('[hotspot]\naddress = "192.168.4.1/30"', "the prefix length is 8 to 29"),
        (
            '[hotspot]\naddress = "192.168.4.0/24"',
            "allowed is an address inside 192.168.4.0/24, not its first or last",
        ),
        ('[hotspot]\naddress = "192.168.4.255/24"', "not its first or last"),
        ('[hotspot]\naddress = "127.0.0.1/8"', "no host can have that address"),
        ('[hotspot]\naddress = "224.0.0.1/24"', "no host can have that address"),
        ("[reach]\nseconds = 0", "reach.seconds: is 0; allowed are numbers above 0 and up to 10"),
        ("[reach]\nseconds = 10.5", "is 10.5; allowed are numbers above 0 and up to 10"),
        ("[reach]\nseconds = nan", "is nan; allowed are numbers above 0 and up to 10"),
        ('[reach]\ntargets = "http://a/"', "reach.targets: is a single value; allowed is a list"),
        ("[reach]\ntargets = {}", "reach.targets: is a section; allowed is a list"),
        (
            '[reach]\ntargets = ["http://a/"]',
            "reach.targets[0]: is a single value; allowed is a section with url, status, body",
        ),
        ("[[reach.targets]]\nstatus = 200", "reach.targets[0].url: is missing"),
        (
            '[[reach.targets]]\nurl = "http://a/"\nstatus = 99999',
            "reach.targets[0].status: is 99999; allowed are 200 to 599",
        ),
        ("[web]\nport = 99999", "web.port: is 99999; allowed are 0 to 65535"),
        ("[web]\nport = -1", "web.port: is -1; allowed are 0 to 65535"),
        ('[web]\nport = "80"', "web.port: is '80'; allowed are 0 to 65535"),
        ("[web]\nport = true", "web.port: is true; allowed are 0 to 65535"),
        ("[web]\nport = 8.5", "web.port: is 8.5; allowed are 0 to 65535"),
        ('[web]\nallowed_cidrs = "10.0.0.0/8"', "web.allowed_cidrs: is a single value"),
        ("[web]\nallowed_cidrs = [8]", "web.allowed_cidrs[0]: is 8; allowed is text in quotes"),
        (
            '[web]\nallowed_cidrs = ["10.0.0.0/33"]',
            "web.allowed_cidrs: has '10.0.0.0/33'; allowed are networks like 192.168.4.0/24",
        ),
        ('[web]\nhost_names = "a.example"', "web.host_names: is a single value; allowed is a list"),
        ("[web]\nhost_names = [8]", "web.host_names[0]: is 8; allowed is text in quotes"),
        (
            '[web]\nhost_names = ["http://a.example"]',
            "web.host_names: has 'http://a.example'; allowed are names like setup.example, without",
        ),
    ],
)
def test_a_refusal_names_key_value_and_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in refusal(tmp_path, text).message


@pytest.mark.parametrize(
    ("text", "key", "known"),
    [
        ("speed = 9", "speed", "enabled, allow_system_control, backend"),
        ("[web]\nprot = 9", "web.prot", "host, port, public, token, allowed_cidrs, host_names"),
        ("[wep]\nport = 9", "wep", "web"),
        ('[hotspot.wpa]\nx = "y"', "hotspot.wpa", "ssid, password"),
        (
            '[[reach.targets]]\nurl = "http://a/"\n[[reach.targets]]\nurl = "http://a/"\nstat = 1',
            "reach.targets[1].stat",
            "url, status, body",
        ),
        ('"web.port" = 9', "web.port", "enabled"),
    ],
)
def test_an_unknown_key_is_refused_with_those_that_are_known(
    tmp_path: Path, text: str, key: str, known: str
) -> None:
    refused = refusal(tmp_path, text)
    assert refused.key == key
    assert refused.message == f"{key}: is not a known key"
    assert known in (refused.hint or "")


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
    ("environ", "message"),
    [
        (
            {"FIRSTLIGHT_PROVISIONING_ENABLED": "2"},
            "FIRSTLIGHT_PROVISIONING_ENABLED: is '2'; allowed are 1 and 0",
        ),
        (
            {"MOONHUB_ALLOW_SYSTEM_CONTROL": "maybe"},
            "MOONHUB_ALLOW_SYSTEM_CONTROL: is 'maybe'; allowed are 1 and 0",
        ),
        ({"FIRSTLIGHT_PORT": "http"}, "FIRSTLIGHT_PORT: is 'http'; it is a port number, 0 to"),
        ({"FIRSTLIGHT_PORT": "٣"}, "FIRSTLIGHT_PORT: is '٣'; it is a port number, 0 to 65535"),
        ({"FIRSTLIGHT_PORT": "-1"}, "FIRSTLIGHT_PORT: is '-1'; it is a port number, 0 to 65535"),
        ({"FIRSTLIGHT_PORT": "99999"}, "web.port: is 99999; allowed are 0 to 65535"),
        ({"FIRSTLIGHT_BACKEND": "x"}, "backend: is 'x'; allowed are auto, networkmanager and"),
        ({"FIRSTLIGHT_ALLOWED_CIDRS": "lan"}, "web.allowed_cidrs: has 'lan'; allowed are"),
    ],
)
def test_a_variable_that_is_refused(tmp_path: Path, environ: dict[str, str], message: str) -> None:
    assert refusal(tmp_path, "", environ).message.startswith(message)


def test_a_flag_that_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"web\.port: is 99999; allowed are 0 to 65535"):
        load(tmp_path, web__port=99999)
    with pytest.raises(ConfigError, match="web: is a value; allowed is a section"):
        load(tmp_path, 'web = "here"', web__port=9)


LEAKS = [
    f'[hotspot]\npassword = ["{SECRET}"]',
    f'[hotspot]\npassword = {{ text = "{SECRET}" }}',
    f'[[hotspot]]\npassword = "{SECRET}"',
    f'hotspot = "{SECRET}"',
    f'hotspot = ["{SECRET}"]',
    f'[hotspot]\npassword = "{SECRET}\\u0000"',
    f'[hotspot]\npassword = "{SECRET * 6}"',
    f'[hotspot]\npasword = "{SECRET}"',
    f'[[web]]\ntoken = "{SECRET}"',
    f'[web]\ntoken = ["{SECRET}"]',
    f'[web]\ntoken = "{SECRET} and more"',
    f'token = "{SECRET}"',
    f'[web]\ntoken = "{SECRET}"\nport = -1',
    f'[web]\ntoken = "{SECRET}" oops',
    f'[web]\ntoken = "{SECRET}\n',
]


@pytest.mark.parametrize("text", LEAKS)
def test_no_refusal_shows_a_secret(tmp_path: Path, text: str) -> None:
    refused = refusal(tmp_path, text)
    assert SECRET not in f"{refused.message} {refused.hint}"
    causes = traceback.format_exception(refused, chain=True)
    said = [line for line in causes if not line.lstrip().startswith("File ")]
    assert SECRET not in "".join(said)


@pytest.mark.parametrize("secret", [7_777_777, 1.5, "true", "1979-05-27"])
def test_a_secret_of_the_wrong_type_is_not_shown(tmp_path: Path, secret: object) -> None:
    for text, key in (("[web]\ntoken", "web.token"), ("[hotspot]\npassword", "hotspot.password")):
        refused = refusal(tmp_path, f"{text} = {secret}")
        assert refused.message == f"{key}: is not text; allowed is text in quotes"


@pytest.mark.parametrize("token", ["", " ", "two words", "tab\\t", "ünicode", "caf\\u0000"])
def test_a_token_that_no_header_can_carry(tmp_path: Path, token: str) -> None:
    refused = refusal(tmp_path, f'[web]\ntoken = "{token}"')
    wrong = "has a space or a character that is not ASCII" if token else "is empty"
    assert refused.message.startswith(f"web.token: {wrong}; allowed are ASCII letters, digits and")
    assert "openssl" in (refused.hint or "")


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


@pytest.mark.parametrize("password", ["seven77", "x" * 64, "caf\\u0007e-horse"])
def test_a_password_that_no_hotspot_can_have(tmp_path: Path, password: str) -> None:
    refused = refusal(tmp_path, f'[hotspot]\npassword = "{password}"')
    assert refused.message.startswith("hotspot.password: ")
    assert "8 to 63 characters" in refused.message
    assert password not in refused.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[web\n", "is not valid TOML"),
        (b"a = 1\na = 2\n", "is not valid TOML"),
        (b'name = "caf\xe9"', "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message) as caught:
        load_config(path, {}, {})
    assert str(path) in caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(ConfigError, match=f"config: there is no file {missing}"):
        load_config(missing, {}, {})
    with pytest.raises(ConfigError, match="there is no file"):
        load_config(None, {"FIRSTLIGHT_CONFIG": str(missing)}, {})


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    assert stat.S_ISDIR(tmp_path.stat().st_mode)
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load_config(tmp_path, {}, {})
