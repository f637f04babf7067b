from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import ConfigError
from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Abilities
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.description import (
    AccessPointTable,
    Description,
    Durations,
    RadioTable,
    SavedTable,
)
from firstlight.radio.simulated.faults import Dhcp, Outage, PskChanged, Upstream
from firstlight.radio.simulated.parsing import parse
from firstlight.radio.simulated.world import load_world

AP = '[[access_points]]\nssid = "net"\npassphrase = "correct-horse"\n'
OPEN = '[[access_points]]\nssid = "net"\n'
STATION = '[[stations]]\nmac = "02:f0:00:00:00:01"\n'
SAVED = '[[saved]]\nssid = "net"\n'
FAULT = '[[faults]]\nkind = "outage"\nssid = "net"\n'

# (text, key, part of what is said)
BAD = [
    ("]", "world", "is not TOML"),
    ("colour = 1", "colour", "known are radio, durations, access_points"),
    ("radio = 1", "radio", "has to be a table, not a whole number"),
    ("access_points = 1", "access_points", "has to be a list, not a whole number"),
    ("[radio]\nmacc = 1", "radio.macc", "known are interface, mac, driver"),
    ('[radio]\ninterface = ""', "radio.interface", "length >= 1"),
    ('[radio]\ninterface = "wlan0123456789ab"', "radio.interface", "length <= 15"),
    ('[radio]\nmac = "02:00"', "radio.mac", "write it like a1:b2:c3:d4:e5:f6"),
    ("[radio]\nmac = 7", "radio.mac", "has to be text"),
    ("[radio]\njoin_while_hotspot = 1", "radio.join_while_hotspot", "has to be true or false"),
    (SAVED + "priority = 1000", "saved[0].priority", "<= 999"),
    ('[radio]\nscan_while_hotspot = "no"', "radio.scan_while_hotspot", "has to be true or false"),
    ("[durations]\nscann = 1", "durations.scann", "known are scan,"),
    ("[durations]\nscan = -1", "durations.scan", ">= 0"),
    ("[durations]\nscan = nan", "durations.scan", ">= 0"),
    ("[durations]\nscan = inf", "durations.scan", "<= 1000000000"),
    ('[durations]\nscan = "2"', "durations.scan", "has to be a number, not text"),
    ("[[access_points]]", "access_points[0].ssid", "is missing"),
    (AP + "sinal = 1", "access_points[0].sinal", "known are ssid, bssid"),
    (AP + AP + "x = 1", "access_points[1].x", "is not known"),
    (AP + "signal = 101", "access_points[0].signal", "<= 100"),
    (AP + "signal = -1", "access_points[0].signal", ">= 0"),
    (AP + "channel = 15", "access_points[0].channel", "<= 14"),
    (AP + "channel = 1\nfrequency = 2412", "access_points[0]", "give one of them"),
    (AP + "frequency = 2413", "access_points[0]", "2413 MHz is no WiFi channel"),
    (AP + 'bssid = "nobody"', "access_points[0].bssid", "not a MAC address"),
    (AP + 'security = "wpa4"', "access_points[0].security", "'wpa4'; allowed are open, owe, wep"),
    (AP + 'security = "open"', "access_points[0]", "open takes no passphrase"),
    (AP + 'security = "wpa2-enterprise"', "access_points[0]", "takes no passphrase"),
    (OPEN + 'security = "wpa3"', "access_points[0]", "wpa3 needs a passphrase"),
    (OPEN + 'passphrase = "short"', "access_points[0].passphrase", "too short"),
    (OPEN + "passphrase = 12345678", "access_points[0].passphrase", "has to be text"),
    (AP + 'dhcp = "loud"', "access_points[0].dhcp", "'loud'; allowed are normal, slow"),
    (AP + "internet = true", "access_points[0].internet", "has to be text, not true or false"),
    (AP + "hidden = 1", "access_points[0].hidden", "has to be true or false"),
    ('[[access_points]]\nssid = ""', "access_points[0].ssid", "is empty"),
    (f'[[access_points]]\nssid = "{"é" * 17}"', "access_points[0].ssid", "34 bytes"),
    ('[[access_points]]\nssid = { hex = "6" }', "access_points[0].ssid", "hexadecimal"),
    ('[[access_points]]\nssid = { hexx = "66" }', "access_points[0].ssid", "hex"),
    ('[[access_points]]\nssid = { hex = "66", a = 1 }', "access_points[0].ssid", "hex"),
    ("[[access_points]]\nssid = 7", "access_points[0].ssid", "has to be text, or bytes"),
    (
        AP + 'bssid = "02:f1:00:00:00:09"\n' + OPEN + 'bssid = "02-F1-00-00-00-09"',
        "access_points[1].bssid",
        "taken",
    ),
    ("[[stations]]", "stations[0].mac", "is missing"),
    (STATION + "name = 1", "stations[0].name", "known are mac, after, stays"),
    (STATION + "after = -1", "stations[0].after", ">= 0"),
    (STATION + 'stays = "long"', "stations[0].stays", "has to be a number"),
    (STATION + STATION, "stations[1].mac", "taken"),
    ("[[saved]]", "saved[0].ssid", "is missing"),
    (SAVED + 'password = "x"', "saved[0].password", "known are ssid, passphrase"),
    (SAVED + 'passphrase = "1234567"', "saved[0].passphrase", "too short"),
    ("[[faults]]\nat = 1", "faults[0].kind", "is missing"),
    ('[[faults]]\nkind = "flood"', "faults[0].kind", "'flood'; allowed are outage, psk_changed"),
    (AP + FAULT + "from = 1", "faults[0].from", "known are kind, at, until, ssid"),
    (AP + FAULT + "at = -1", "faults[0].at", ">= 0"),
    (AP + FAULT + "at = 9\nuntil = 9", "faults[0]", "has to end after it begins"),
    (FAULT, "faults[0].ssid", "no access point is named net"),
    (AP + FAULT + FAULT.replace("net", "gone"), "faults[1].ssid", "gone"),
    (AP + '[[faults]]\nkind = "psk_changed"\nssid = "net"', "faults[0].passphrase", "is missing"),
    (
        OPEN + '[[faults]]\nkind = "psk_changed"\nssid = "net"\npassphrase = "12345678"',
        "faults[0].ssid",
        "has no passphrase",
    ),
    ('[[faults]]\nkind = "unplugged"\nssid = "net"', "faults[0].ssid", "known are kind, at, until"),
]


@pytest.mark.parametrize(("text", "key", "said"), BAD)
def test_a_bad_world_is_refused_by_key(text: str, key: str, said: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        parse(text)
    assert refusal.value.key == key
    assert said in refusal.value.message
    assert "$" not in refusal.value.message


def test_a_refusal_never_shows_a_passphrase() -> None:
    with pytest.raises(ConfigError) as refusal:
        parse(OPEN + 'passphrase = "s3cret"')
    assert "s3cret" not in str(refusal.value)


def test_an_empty_file_is_an_empty_world() -> None:
    assert parse("") == Description()


def test_everything_in_one_file() -> None:
    described = parse(
        AP
        + 'security = "wpa2-wpa3"\nfrequency = 5180\nsignal = 7\nhidden = true\n'
        + 'dhcp = "slow"\ninternet = "no_names"\nbssid = "02-F1-00-00-00-09"\n'
        + '[[access_points]]\nssid = { hex = "636166e9" }\n'
        + '[radio]\ninterface = "wlan7"\nmac = "A1B2C3D4E5F6"\ndriver = "ath9k"\n'
        + "scan_while_hotspot = true\njoin_while_hotspot = true\none_channel = false\n"
        + "[durations]\nscan = 5\n"
        + STATION
        + "after = 1\nstays = 2.5\n"
        + SAVED
        + 'passphrase = "correct-horse"\nhidden = true\nautoconnect = false\npriority = -7\n'
        + FAULT
        + "at = 1\nuntil = 2\n"
        + '[[faults]]\nkind = "psk_changed"\nssid = "net"\npassphrase = "12345678"\n'
    )
    first, second = described.access_points
    assert (first.ssid, first.security, first.dhcp, first.internet) == (
        Ssid(b"net"),
        Security.WPA2_WPA3,
        Dhcp.SLOW,
        Upstream.NO_NAMES,
    )
    assert first.bssid == MacAddress("02:f1:00:00:00:09")
    assert second.ssid == b"caf\xe9"
    assert second.guarded is Security.OPEN
    assert described.radio.mac == "a1:b2:c3:d4:e5:f6"
    assert described.radio.abilities == Abilities(
        scan_as_hotspot=True, join_as_hotspot=True, one_channel=False
    )
    assert described.saved[0].priority == -7
    assert described.durations.scan == 5
    assert described.durations.dhcp == Description().durations.dhcp
    assert described.faults == (
        Outage(ssid=Ssid(b"net"), at=1, until=2),
        PskChanged(ssid=Ssid(b"net"), passphrase=Passphrase("12345678")),
    )


def test_what_an_access_point_leaves_out_is_filled_in() -> None:
    first = AccessPointTable(ssid=Ssid(b"a"), passphrase=Passphrase("12345678")).on_air(0)
    second = AccessPointTable(ssid=Ssid(b"a")).on_air(1)
    assert (first.security, second.security) == (Security.WPA2, Security.OPEN)
    assert first.bssid != second.bssid
    assert first.subnet != second.subnet
    assert (first.frequency, second.frequency) == (2412, 2437)


@given(st.binary(min_size=1, max_size=32))
def test_any_ssid_can_be_written_as_hex(raw: bytes) -> None:
    described = parse(f'[[access_points]]\nssid = {{ hex = "{raw.hex()}" }}')
    assert described.access_points[0].ssid == raw


FORMS = [
    "{key} = {value}",
    "[radio]\n{key} = {value}",
    "[durations]\n{key} = {value}",
    AP + "{key} = {value}",
    STATION + "{key} = {value}",
    SAVED + "{key} = {value}",
    AP + FAULT + "{key} = {value}",
    "[[faults]]\nkind = {value}",
    "access_points = [{value}]",
    "faults = [{value}]",
]
KEYS = sorted(
    {"odd", '""', "a.b"}
    | {
        name
        for table in (Description, RadioTable, Durations, AccessPointTable, SavedTable, Outage)
        for name in table.__struct_fields__
    }
)
VALUES = [
    *('""', '"x"', '"blocked"', '"correct-horse"', '"\\u0000"', '"\\u202e"'),
    *("0", "-1", "7", "2.5", "1e300", "nan", "inf", "true", "1979-05-27"),
    *("[]", "[{}]", "{}", "{ hex = 'zz' }", "{ hex = 'ff' }"),
    *("{ kind = 7 }", "{ kind = 'outage' }", "{ ssid = 'a' }"),
]


@given(st.sampled_from(FORMS), st.sampled_from(KEYS), st.sampled_from(VALUES))
def test_any_odd_value_is_taken_or_refused_by_name(form: str, key: str, value: str) -> None:
    text = form.replace("{key}", key).replace("{value}", value)
    refusal: ConfigError | None = None
    try:
        parse(text)
    except ConfigError as error:
        refusal = error
    assert refusal is None or (refusal.key and "$" not in refusal.message)


@given(st.text(max_size=200))
def test_noise_is_refused_by_name(noise: str) -> None:
    with pytest.raises(ConfigError, match=r"^world: is not TOML"):
        parse("= " + noise)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml can't be read: No such file"):
        load_world(tmp_path / "nowhere.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"world\.toml is not UTF-8"):
        load_world(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text('[radio]\ninterface = "wlan5"\n' + AP)
    world = load_world(path)
    assert world.radio.interface == "wlan5"
    assert [ap.ssid for ap in world.air.heard()] == [b"net"]
