"""The rules as text, and as the kernel's own parser takes them where it is there."""

import os
import shutil
import subprocess

import pytest
from tests.dbus.fake_nft import FakeNft

from firstlight.errors import Code, RadioFailure
from firstlight.radio.nm.firewall import Firewall, hotspot_rules, softap_rules

SOFTAP = """\
add table inet firstlight
add chain inet firstlight softap_input { type filter hook input priority -20; policy accept; }
flush chain inet firstlight softap_input
add chain inet firstlight softap_forward { type filter hook forward priority -20; policy accept; }
flush chain inet firstlight softap_forward
add rule inet firstlight softap_input iifname "wlan0" meta nfproto ipv4 udp dport 67 accept
add rule inet firstlight softap_input iifname "wlan0" ip daddr 192.168.4.1 tcp dport 80 accept
add rule inet firstlight softap_input iifname "wlan0" drop
add rule inet firstlight softap_forward iifname "wlan0" drop
add rule inet firstlight softap_forward oifname "wlan0" drop
"""


def test_a_softap_is_for_addresses_and_one_port() -> None:
    assert softap_rules("wlan0", "192.168.4.1/24", 80) == SOFTAP


def test_a_hotspot_is_left_open_to_the_device_itself() -> None:
    text = hotspot_rules("wlan0")
    assert "input" not in text
    assert 'hotspot_forward iifname "wlan0" drop' in text
    assert 'hotspot_forward oifname "wlan0" drop' in text


@pytest.mark.parametrize("name", ["", "wlan*", 'wlan" accept', "wlan0\nflush", "x" * 16, "wlän"])
def test_a_name_that_means_something_else_to_nft_is_refused(name: str) -> None:
    with pytest.raises(RadioFailure) as caught:
        softap_rules(name, "192.168.4.1/24", 80)
    assert caught.value.code is Code.NO_FIREWALL


async def test_both_stand_side_by_side() -> None:
    nft = FakeNft()
    firewall = Firewall(nft)
    await firewall.fence("wlan0")
    await firewall.confine("wlan1", "10.0.0.1/24", 8000)
    assert await firewall.confines()
    assert await firewall.fences()
    await firewall.confine("wlan2", "10.0.0.1/24", 8000)
    assert nft.chains["softap_input"][-1] == 'iifname "wlan2" drop'
    await firewall.release()
    await firewall.release()
    assert set(nft.chains) == {"hotspot_forward"}
    await firewall.unfence()
    assert nft.chains == {}
    assert not await firewall.fences()


async def test_without_nft_it_says_what_to_install() -> None:
    nft = FakeNft()
    nft.missing = True
    with pytest.raises(RadioFailure) as caught:
        await Firewall(nft).confine("wlan0", "192.168.4.1/24", 80)
    assert caught.value.code is Code.NO_FIREWALL
    assert "apt-get install nftables" in str(caught.value.hint)
    assert not await Firewall(nft).confines()


@pytest.mark.skipif(
    shutil.which("nft") is None or os.geteuid() != 0, reason="needs nft and root, to check its text"
)
def test_nft_itself_takes_them() -> None:
    """Nothing is changed: the kernel only checks, in a network namespace of its own."""
    rules = softap_rules("fl-softap", "192.168.4.1/24", 80) + hotspot_rules("wlan0")
    checked = subprocess.run(
        ["unshare", "--net", "nft", "--check", "-f", "-"],
        input=rules,
        capture_output=True,
        text=True,
        check=False,
    )
    if "Operation not permitted" in checked.stderr:
        pytest.skip("this machine gives out no network namespaces")
    assert checked.returncode == 0, checked.stderr
