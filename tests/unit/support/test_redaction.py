"""No secret gets through, and the rest of the text does."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.support.redaction import REMOVED, SHORTEST, Redactor, masked

SECRET = 'horse "battery" staple/ü&+'
SPELT = {
    "as it is": SECRET,
    "JSON": json.dumps({"it": SECRET}),
    "JSON with its own letters": json.dumps({"it": SECRET}, ensure_ascii=False),
    "Python": repr({"it": SECRET}),
    "HTML": html.escape(f"<p>{SECRET}</p>"),
    "a path": quote(SECRET, safe=""),
    "a query": quote_plus(SECRET),
    "small letters in a query": re.sub("%..", lambda one: one[0].lower(), quote_plus(SECRET)),
    "hexadecimal digits": SECRET.encode().hex(),
    "capital hexadecimal digits": SECRET.encode().hex().upper(),
    "octets with colons": SECRET.encode().hex(":"),
    **{
        f"Base64 after {before}": base64.b64encode(before + SECRET.encode() + b"z").decode()
        for before in (b"", b"x", b"xx", b"xxx")
    },
    "Base64 for URLs": base64.urlsafe_b64encode(SECRET.encode()).decode(),
}  # fmt: skip


@pytest.mark.parametrize("how", SPELT)
def test_a_known_secret_is_found_however_it_is_spelt(how: str) -> None:
    told = Redactor([SECRET]).clean(f"before {SPELT[how]} after")
    assert REMOVED in told
    assert told.startswith("before ")
    assert told.endswith(" after")
    assert "battery" not in told
    assert SPELT[how] not in told


@pytest.mark.unguarded("A secret in the support file, in any spelling")
@pytest.mark.parametrize("how", SPELT)
def test_nothing_of_that_is_found_by_its_look(how: str) -> None:
    assert Redactor().clean(f"before {SPELT[how]} after") == f"before {SPELT[how]} after"


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30)


@pytest.mark.attack(
    "A secret in the support file, in any spelling",
    guard="known secrets are looked for in everything",
)
@given(texts, st.text(st.characters(codec="utf-8"), min_size=SHORTEST, max_size=63), texts)
def test_no_known_secret_survives(before: str, secret: str, after: str) -> None:
    told = Redactor([secret]).clean(f"{before}{secret}{after}")
    assert secret not in told or secret in REMOVED


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("psk=correct horse\nssid=Home", f"psk={REMOVED}\nssid=Home"),
        ('{"password":"a\\"b, c","port":1}', f'{{"password":"{REMOVED}","port":1}}'),
        ('{"password": null, "port": 1}', '{"password": null, "port": 1}'),
        ("psk='a b' and more", f"psk='{REMOVED}' and more"),
        ("mqtt_password: s3cret, host: b", f"mqtt_password: {REMOVED}, host: b"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: {REMOVED} {REMOVED}"),
        ("sent Bearer abcdef0123456789", f"sent Bearer {REMOVED}"),
        ("postgresql://fl:pw@db/fl", f"postgresql://{REMOVED}@db/fl"),
        ("x-nonce: 305419896", f"x-nonce: {REMOVED}"),
        ("type 123456 within 5 min", f"type {REMOVED} within 5 min"),
        ("the code is 123-456.", f"the code is {REMOVED}."),
        ("key " + "0f" * 32, f"key {REMOVED}"),
        (
            "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nnext",
            f"-----BEGIN EC PRIVATE KEY----- {REMOVED} -----END EC PRIVATE KEY-----\nnext",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMHc, cut here", f"-----BEGIN PRIVATE KEY----- {REMOVED} "),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN CERTIFICATE-----\nMIIB"),
        ("password_file = /etc/firstlight/mqtt", "password_file = /etc/firstlight/mqtt"),
        ("passwords, keys and tokens were taken out", "passwords, keys and tokens were taken out"),
        ("at 12:30:45 http://192.168.4.1:8080/", "at 12:30:45 http://192.168.4.1:8080/"),
        ("wlan0 02:00:00:00:01:00 channel 6", "wlan0 02:00:00:00:01:00 channel 6"),
    ],
)
def test_what_looks_like_a_secret_goes_and_the_rest_stays(said: str, told: str) -> None:
    assert Redactor().clean(said) == told


def test_short_ones_are_left_to_their_looks() -> None:
    assert Redactor(["a", "", "abc"]).clean("abc of a cab") == "abc of a cab"


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert Redactor(["hunter2", "hunter2-and-more"]).clean("hunter2-and-more") == REMOVED


def test_a_tree_shows_whether_a_secret_is_set() -> None:
    tree = {"web": {"token": "t", "port": 1}, "mqtt": [{"password": None}, {"password": "p"}]}
    assert masked(tree) == {
        "web": {"token": REMOVED, "port": 1},
        "mqtt": [{"password": None}, {"password": REMOVED}],
    }
