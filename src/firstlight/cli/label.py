"""``firstlight label``: the sticker for the box."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from firstlight.cli.options import StateDir, Token, Url
from firstlight.errors import InvalidInput
from firstlight.model.ssid import Ssid

if TYPE_CHECKING:
    from firstlight.label.sticker import Sticker

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        show_default=False,
        help="Where to: a name that ends in .svg or .png. Without it: SVG to standard output.",
    ),
]
Size = Annotated[str, typer.Option(metavar="WxH", help="Width and height in millimetres.")]
NoPassword = Annotated[
    bool,
    typer.Option(
        "--no-password", help="Print no password; the QR code then leads to the device's page."
    ),
]
Brand = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", show_default=False, help="What stands on top, if not the hotspot's."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print what stands on it, for programs; drawn with --output only."),
]


def label(
    output: Output = None,
    size: Size = "62x40",
    *,
    no_password: NoPassword = False,
    brand: Brand = None,
    force: Force = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Make the label: WiFi name, password, QR code and device ID, as SVG or PNG."""
    from firstlight.cli.dial import daemon
    from firstlight.label.sticker import Sticker, sticker_svg

    with daemon(url, token, state_dir, as_json=as_json) as client:
        width, height = _size(size)
        kind = _kind(output)
        hotspot = client.hotspot()
        sticker = Sticker(
            brand=brand if brand is not None else hotspot.ssid.rpartition("-")[0] or hotspot.ssid,
            ssid=bytes.fromhex(hotspot.ssid_hex),
            password="" if no_password else hotspot.password,
            device_id=client.code().device_id,
            address=f"http://{hotspot.address}/",
            width=width,
            height=height,
        )
        if as_json and output is None:
            typer.echo(_facts(sticker))
            return
        if kind == ".png":
            from firstlight.label.print import sticker_png

            content = sticker_png(sticker)
        else:
            content = sticker_svg(sticker)
        if output is None:
            typer.echo(content)
            return
        from firstlight.cli.writing import write_private

        write_private(output, [content], force=force)
        typer.echo(f"Wrote {output}.", err=True)
        if as_json:
            typer.echo(_facts(sticker))


def _facts(sticker: "Sticker") -> bytes:
    """What is read from it, or scanned. ``ssid`` as shown; its bytes are those of ``ssidHex``."""
    return msgspec.json.encode(
        {
            "brand": sticker.brand,
            "ssid": Ssid(sticker.ssid).text,
            "ssidHex": sticker.ssid.hex(),
            "password": sticker.password,
            "deviceId": sticker.device_id,
            "address": sticker.address,
        }
    )


def _kind(output: Path | None) -> str:
    kind = ".svg" if output is None else output.suffix.lower()
    if kind not in {".svg", ".png"}:
        raise InvalidInput("--output", "must end in .svg or .png")
    return kind


def _size(text: str) -> tuple[int, int]:
    from firstlight.label.sticker import HEIGHTS, WIDTHS

    wide, _, high = text.lower().partition("x")
    if wide.isascii() and wide.isdigit() and high.isascii() and high.isdigit():
        width, height = int(wide), int(high)
        if WIDTHS[0] <= width <= WIDTHS[1] and HEIGHTS[0] <= height <= HEIGHTS[1]:
            return width, height
    raise InvalidInput(
        "--size",
        f"is {text!r}; allowed is like 62x40: {WIDTHS[0]} to {WIDTHS[1]} mm wide, "
        f"{HEIGHTS[0]} to {HEIGHTS[1]} mm high",
    )
