"""Who may join."""

from hypothesis import given
from hypothesis import strategies as st

from firstlight.model.mac import MacAddress
from firstlight.provisioning.allowlist import Allowlist

MACS = st.binary(min_size=6, max_size=6).map(MacAddress.from_bytes)


@given(st.lists(MACS), MACS)
def test_it_is_a_set(macs: list[MacAddress], other: MacAddress) -> None:
    allowlist = Allowlist.of(macs)
    assert all(mac in allowlist for mac in macs)
    assert (other in allowlist) == (other in macs)
    assert len(allowlist) == len(set(macs))


def test_only_mac_addresses_are_in_it() -> None:
    assert "02:00:00:00:00:01" not in Allowlist.of([MacAddress("02:00:00:00:00:01")])


def test_equal_ones_are_equal() -> None:
    one, two = (MacAddress(f"02:00:00:00:00:0{n}") for n in (1, 2))
    assert Allowlist.of([one, two, one]) == Allowlist.of([two, one])
    assert hash(Allowlist.of([one])) == hash(Allowlist.of([one]))
    assert Allowlist.of([one]) != {one}


def test_it_does_not_show_whom_it_holds() -> None:
    assert repr(Allowlist.of([MacAddress("02:00:00:00:00:01")])) == "Allowlist(1)"
