"""QR codes and labels, read by a reader that is not ours."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from firstlight.label.print import sticker_png
from firstlight.label.qr import png, svg, terminal, wifi_text
from firstlight.label.sticker import Sticker, layout, sticker_svg

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
STICKER = Sticker(
    brand="Aurora",
    ssid=b"Aurora-9F3A",
    password="ahf39v6m88bj",
    device_id="AUR-2026-7KQ4WX9C",
    address="http://192.168.4.1/",
)


def parsed(text: str) -> dict[str, str]:
    """A reader of the form of its own: fields split at bare semicolons, escapes taken away."""
    assert text.startswith("WIFI:")
    assert text.endswith(";;")
    fields = re.findall(r"([A-Z]):((?:\\.|[^\\;])*);", text[5:])
    found = {name: re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in fields}
    for name in ("S", "P"):
        value = found.get(name, "")
        raw = dict(fields).get(name, "")
        if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
            found[name] = value[1:-1]
    return found


def read(image: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    return found.text


@given(ssid=TEXT, password=TEXT)
def test_whatever_the_name_it_is_read_back(ssid: str, password: str) -> None:
    found = parsed(wifi_text(ssid.encode(), password))
    assert (found["S"], found["P"], found["T"]) == (ssid, password, "WPA")


@settings(max_examples=15, deadline=None)
@given(ssid=TEXT, password=TEXT)
@example(ssid="0", password="\xa1\xa1")
def test_and_a_camera_sees_the_same(ssid: str, password: str) -> None:
    text = wifi_text(ssid.encode(), password)
    assert read(png(text)) == text


@pytest.mark.parametrize("special", ["\\", ";", ",", ":", '"'])
def test_what_has_a_meaning_is_escaped(special: str) -> None:
    assert f"S:a\\{special}b;" in wifi_text(f"a{special}b".encode(), "x")


def test_hidden_open_and_what_looks_like_hexadecimal() -> None:
    assert wifi_text(b"Net", "", hidden=True) == "WIFI:S:Net;H:true;;"
    assert wifi_text(b"ABCD", "12345678") == 'WIFI:T:WPA;S:"ABCD";P:"12345678";;'
    assert parsed(wifi_text(b"caf\xe9", "x"))["S"] == "café"


def test_the_picture_has_no_style_that_a_policy_would_stop() -> None:
    drawn = ET.fromstring(svg("text"))
    assert drawn.get("viewBox")
    assert not [one for one in drawn.iter() if "style" in one.attrib]
    assert "█" in terminal("text") or "▄" in terminal("text")


def test_the_printed_label_is_read() -> None:
    assert read(sticker_png(STICKER)) == wifi_text(STICKER.ssid, STICKER.password)


@pytest.mark.parametrize(("width", "height"), [(40, 25), (62, 40), (62, 29), (150, 100)])
@pytest.mark.parametrize(
    "ssid",
    [b"W" * 32, "\u202eevil".encode(), b"<script>alert(1)</script>", b"\xff\xfe", "🦊".encode()],
)
def test_everything_fits_and_is_only_text(width: int, height: int, ssid: bytes) -> None:
    sticker = Sticker(
        brand="Aurora & <Sons>",
        ssid=ssid,
        password="p" * 63,
        device_id="AUR-2026-7KQ4WX9C",
        address="http://192.168.4.1/",
        width=width,
        height=height,
    )
    drawn = ET.fromstring(sticker_svg(sticker))
    assert not [one for one in drawn.iter() if one.tag.endswith("script")]
    assert "\u202e" not in "".join(drawn.itertext())
    for line in layout(sticker).lines:
        assert line.x + len(line.text) * 0.56 * line.size <= width + 0.5
        assert line.y <= height


def test_without_a_password_it_leads_to_the_page() -> None:
    sticker = Sticker(
        **{**{n: getattr(STICKER, n) for n in STICKER.__struct_fields__}, "password": ""}
    )
    assert read(sticker_png(sticker)) == "http://192.168.4.1/"
    assert "Password" not in sticker_svg(sticker).decode()
