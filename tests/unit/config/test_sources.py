"""Every key, and which source beats which."""

from pathlib import Path

import msgspec
import pytest
from tests.unit.config.loading import SECRET, at, load

from firstlight.config import SYSTEM_STATE_DIR, Config, load_config
from firstlight.model.backend import Backend
from firstlight.model.reach import ReachTarget

EVERY_KEY = """
enabled = true
allow_system_control = true
backend = "simulated"
interface = "wlan1"
country = "DE"
state_dir = "/srv/state"
world = "/srv/world.toml"
demo = true

[brand]
name = "Aurora"

colour = "#a84a00"
logo = "/srv/logo.svg"
support_url = "https://aurora.example/help"
ssid_prefix = "Aura"

[device]
id_prefix = "AURORA7"

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
portal_port = 8088
share_internet = true

[reach]
targets = [{ url = "http://status.aurora.example/alive", status = 200, body = "alive" }]
seconds = 3
interval_seconds = 60
internet_interval_seconds = 600.5

[recovery]
enabled = false
failure_threshold = 5
cooldown_ms = 60000
check_seconds = 2.5

[hooks]
folder = "/srv/hooks"
seconds = 3
concurrency = 4

[mqtt]
host = "broker.aurora.example"
port = 18883
username = "lamp"
password = "correct-horse"
tls = "on"
ca = "/etc/firstlight/broker-ca.pem"
publish = false
client_id = "lamp-7"
topic_prefix = "fleet/lamp-7"
home_assistant = true
commands = ["recover", "diagnose"]
queue_size = 50

[pairing]
required_on_hotspot = true
code_seconds = 600

[registry]
url = "postgresql://db.aurora.example/firstlight"
key_file = "/srv/key"

[provisioning]
ttl_seconds = 600
channel = 6
tx_power_dbm = 5
port = 8081

[claim]
at_boot = true
role = "controller"
wired_mac = "eth0"
after_failure = "drop"

[improv]
enabled = true
adapter = "hci1"
authorization = "none"
authorization_seconds = 90

[mdns]
enabled = false

[web]
host = "::1"
port = 80
public = true
token = "correct-horse"
allowed_cidrs = ["10.0.0.0/8", "fd00::/8", "192.168.7.5"]
host_names = ["setup.aurora.example"]
trust_local = false
tls_certificate = "/srv/tls.pem"
tls_key = "/srv/tls.key"
tls_port = 443
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
            same = [key for key in values if told[section][key] == values[key]]
            assert same == (["password_file"] if section == "mqtt" else [])
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
