"""Every refusal, in words that name the key, the value and what is allowed."""

import stat
from pathlib import Path

import pytest
from tests.unit.config.loading import at, load, refusal

from firstlight.config import load_config
from firstlight.errors import ConfigError


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
        (
            '[web]\ntls_certificate = "/etc/tls.pem"',
            "web.tls_key: is missing; web.tls_certificate is set, and TLS needs both",
        ),
        (
            '[web]\ntls_key = "/etc/tls.key"',
            "web.tls_certificate: is missing; web.tls_key is set, and TLS needs both",
        ),
        (
            '[web]\ntls_certificate = "/a"\ntls_key = "/b"\nport = 443\ntls_port = 443',
            "web.tls_port: is 443, as web.port is; they must be different",
        ),
        ('[brand]\ncolour = "red"', "brand.colour: is 'red'; allowed is like #a84a00"),
        ('[brand]\nlogo = "logo.svg"', "allowed is a path that begins with /"),
        ('[brand]\nsupport_url = "javascript:alert(1)"', "allowed is like https://"),
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
        ("recovery = 3", "recovery: is a single value; allowed is a section with enabled, failure"),
        ('[recovery]\nenabled = "yes"', "recovery.enabled: is 'yes'; allowed are true and false"),
        ('hooks = "/srv"', "hooks: is a single value; allowed is a section with folder, seconds"),
        ('[hooks]\nfolder = "hooks"', "hooks.folder: is 'hooks'; allowed is a path that begins"),
        ('[hooks]\nfolder = ""', "hooks.folder: is ''; allowed is a path that begins with /"),
        ('[hooks]\nfolder = "/a\\u0000b"', "allowed is a path that begins with /"),
        ("[hooks]\nfolder = 5", "hooks.folder: is 5; allowed is text in quotes"),
        ('[device]\nid_prefix = "A"', "device.id_prefix: is 'A'; allowed is text of 2 to 8"),
        (f'[device]\nid_prefix = "{"A" * 9}"', "allowed is text of 2 to 8 characters"),
        ('[device]\nid_prefix = "aur"', "is 'aur'; allowed are 2 to 8 capital letters A to Z and"),
        ('[device]\nid_prefix = "AU-R"', "is 'AU-R'; allowed are 2 to 8 capital letters"),
        ('[device]\nid_prefix = "ÄÖ"', "is 'ÄÖ'; allowed are 2 to 8 capital letters"),
        ('[device]\nid_prefix = "AUR\\n"', "allowed are 2 to 8 capital letters"),
        ("[device]\nid_prefix = 5", "device.id_prefix: is 5; allowed is text of 2 to 8"),
        (
            "[pairing]\nrequired_on_hotspot = 1",
            "pairing.required_on_hotspot: is 1; allowed are true and false",
        ),
        ('[mqtt]\nhost = ""', "mqtt.host: is ''; allowed is text of 1 to 253 characters"),
        ('[mqtt]\ntls = "yes"', "mqtt.tls: is 'yes'; allowed are auto, on and off"),
        ('[mqtt]\ntls = "off"\nca = "/ca.pem"', "mqtt.tls: is off; mqtt.ca is set"),
        ('[mqtt]\nca = "ca.pem"', "mqtt.ca: is 'ca.pem'; allowed is a path that begins with /"),
        ('[mqtt]\npassword_file = "x"', "mqtt.username: is missing; a password is set, and needs"),
        (
            '[mqtt]\nusername = "a"\npassword_file = "x"',
            "mqtt.password_file: is 'x'; allowed is a path that begins with /",
        ),
        (
            '[mqtt]\nusername = "a"\npassword_file = "/x"\npassword = "y"',
            "mqtt.password_file: is set; so is mqtt.password, and one is enough",
        ),
        ('[mqtt]\npassword = "y"', "mqtt.username: is missing; a password is set, and needs one"),
        ('[mqtt]\nusername = "a"\npassword = ""', "mqtt.password: is empty; leave the key out"),
        ('[mqtt]\nclient_id = "two words"', "mqtt.client_id: is 'two words'; allowed are ASCII"),
        ('[mqtt]\ncommands = ["format"]', "mqtt.commands[0]: is 'format'; allowed are recover,"),
        ('[mqtt]\ntopic_prefix = "a/+"', "mqtt.topic_prefix: is 'a/+'; allowed is the beginning"),
        ('[mqtt]\ntopic_prefix = "#"', "mqtt.topic_prefix: is '#'; allowed is the beginning"),
        ('[mqtt]\ntopic_prefix = "/a"', "no part of it empty"),
        ('[mqtt]\ntopic_prefix = "a//b"', "no part of it empty"),
        ('[mqtt]\ntopic_prefix = "$SYS/a"', "without + # and a leading $"),
        ('[mqtt]\ntopic_prefix = "a\\u0000"', "mqtt.topic_prefix: is 'a\\x00'"),
        (f'[mqtt]\ntopic_prefix = "{"ä" * 65}"', "at most 128 bytes"),
        ("[mqtt]\nhost = 5", "mqtt.host: is 5; allowed is text of 1 to 253 characters"),
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


# Every bounded number: a key, what is allowed, and what is not.
NO_NUMBER = ('"3"', "true", "[3]", "1979-05-27")
BOUNDED = {
    "recovery.failure_threshold": ("are 1 to 100", ("0", "-1", "1.5", "101", "9999999999999999")),
    "recovery.cooldown_ms": (
        "are 1000 to 3600000",
        ("0", "999", "-1000", "1000.5", "3600001", "31536000000"),  # the last is a year
    ),
    "recovery.check_seconds": ("are numbers from 1 to 20", ("0", "-5", "0.9", "20.5", "nan")),
    "hooks.seconds": ("are numbers above 0 and up to 300", ("0", "-1", "301", "inf", "nan")),
    "hooks.concurrency": ("are 1 to 16", ("0", "-1", "2.5", "17")),
    "mqtt.queue_size": ("are 10 to 10000", ("0", "9", "10001", "50.5")),
    "mqtt.port": ("are 1 to 65535", ("0", "-1", "1883.5", "65536")),
    "pairing.code_seconds": ("are numbers from 60 to 3600", ("0", "59.9", "-60", "3601", "nan")),
    "reach.interval_seconds": ("are numbers from 5 to 86400", ("0", "4.9", "-30", "86401", "inf")),
    "reach.internet_interval_seconds": (
        "are numbers from 5 to 86400",
        ("0", "4", "-1", "31536000", "nan"),
    ),
}


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, (_, values) in BOUNDED.items() for value in (*values, *NO_NUMBER)],
)
def test_a_number_out_of_its_range_is_refused_with_the_range(
    tmp_path: Path, key: str, value: str
) -> None:
    section, name = key.split(".")
    refused = refusal(tmp_path, f"[{section}]\n{name} = {value}")
    assert refused.key == key
    assert refused.message.endswith(f"; allowed {BOUNDED[key][0]}")
    if value not in NO_NUMBER:
        assert refused.message.startswith(f"{key}: is {value};")


@pytest.mark.parametrize(
    ("key", "ends"),
    [
        ("recovery.failure_threshold", (1, 100)),
        ("recovery.cooldown_ms", (1_000, 3_600_000)),
        ("recovery.check_seconds", (1, 20)),
        ("hooks.seconds", (0.1, 300)),
        ("hooks.concurrency", (1, 16)),
        ("mqtt.port", (1, 65535)),
        ("mqtt.queue_size", (10, 10_000)),
        ("pairing.code_seconds", (60, 3600)),
        ("reach.interval_seconds", (5, 86_400)),
        ("reach.internet_interval_seconds", (5, 86_400)),
    ],
)
def test_the_ends_of_a_range_are_inside(
    tmp_path: Path, key: str, ends: tuple[float, float]
) -> None:
    section, name = key.split(".")
    for end in ends:
        assert at(load(tmp_path, f"[{section}]\n{name} = {end}"), key) == end


@pytest.mark.parametrize(
    ("text", "key", "known"),
    [
        ("speed = 9", "speed", "enabled, allow_system_control, backend"),
        ("[web]\nprot = 9", "web.prot", "host, port, public, token, allowed_cidrs, host_names"),
        ("[wep]\nport = 9", "wep", "web"),
        ("[recovery]\nthreshold = 3", "recovery.threshold", "enabled, failure_threshold, cooldown"),
        ("[hooks]\ntimeout = 3", "hooks.timeout", "folder, seconds, concurrency"),
        ("[mqtt]\nuser = 3", "mqtt.user", "host, port, username, password, password_file, tls"),
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
