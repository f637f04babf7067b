"""What tells a machine from others, read from files as Linux lays them out."""

from pathlib import Path

import pytest

from firstlight.core.pairing.device_id import Identity
from firstlight.daemon.machine_identity import read_identity


def put(root: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)


def radio(name: str, mac: str) -> dict[str, str]:
    return {f"sys/class/net/{name}/phy80211/macaddress": f"{mac}\n"}


def test_a_machine_that_says_nothing(tmp_path: Path) -> None:
    assert read_identity(tmp_path) == Identity()
    assert read_identity(tmp_path / "nowhere", "wlan0") == Identity()


def test_a_board(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "proc/device-tree/serial-number": "10000000a1b2c3d4\0",
            "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
            **radio("wlan0", "b8:27:eb:12:34:56"),
        },
    )
    assert read_identity(tmp_path) == Identity(
        serials=(("device-tree", "10000000a1b2c3d4"),),
        mac="b8:27:eb:12:34:56",
        machine_id="0123456789abcdef0123456789abcdef",
    )


def test_a_computer(tmp_path: Path) -> None:
    dmi = "sys/class/dmi/id"
    put(
        tmp_path,
        {
            f"{dmi}/product_uuid": "4c4c4544-0051-3610-8052-b4c04f4e3732\n",
            f"{dmi}/product_serial": "5Q6R7N2\n",
            f"{dmi}/board_serial": "\n",
        },
    )
    assert read_identity(tmp_path).serials == (
        ("product-uuid", "4c4c4544-0051-3610-8052-b4c04f4e3732"),
        ("product-serial", "5Q6R7N2"),
    )


def test_of_several_radios_the_wanted_one_or_always_the_same(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            **radio("wlan1", "b8:27:eb:00:00:01"),
            **radio("wlan0", "b8:27:eb:00:00:02"),
            "sys/class/net/eth0/address": "b8:27:eb:00:00:00\n",
        },
    )
    assert read_identity(tmp_path).mac == "b8:27:eb:00:00:01"
    assert read_identity(tmp_path, "wlan0").mac == "b8:27:eb:00:00:02"
    assert read_identity(tmp_path, "wlan7").mac == "b8:27:eb:00:00:01"


def test_what_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sys/class/dmi/id/product_uuid").mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/machine-id").write_bytes(b"\xff" * 10_000)
    found = read_identity(tmp_path)
    assert found.serials == ()
    assert len(found.machine_id) == 256


@pytest.mark.parametrize("interface", ["", "lo"])
def test_this_machine_can_be_read(interface: str) -> None:
    assert isinstance(read_identity(interface=interface), Identity)
