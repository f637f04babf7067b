"""What every registry does, over SQLite and over a PostgreSQL server of the tests' own."""

import itertools

import pytest
from tests.contract.registry_harness import (
    CLIENTS,
    CONTROLLERS,
    MAC,
    OTHER,
    OTHER_MAC,
    PEM,
    UUID,
    Harness,
    client,
    controller,
    mac_of,
    uuid_of,
)

from firstlight.errors import Code, Conflict, NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.registry import Certificate, CertificateEntry, Registered
from firstlight.store.registry.port import Registry

BOTH = ((CONTROLLERS, controller), (CLIENTS, client))

# The first one starts a database server.


def test_it_begins_empty(registry: Registry) -> None:
    assert registry.uuids(CLIENTS) == ()
    assert registry.entries(CLIENTS) == ()
    assert registry.certificates() == ()
    assert registry.find(CLIENTS, MacAddress(MAC)) is None
    assert registry.designated(CLIENTS) is None
    assert list(registry.each(CLIENTS)) == list(registry.macs()) == []


def test_a_record_comes_back_as_it_was_put(kept: Harness) -> None:
    entry = kept.open().put(CLIENTS, UUID, client())
    assert (entry.kind, entry.uuid, entry.record) == (CLIENTS, UUID, client())
    kept.close()
    again = kept.open()
    assert again.get(CLIENTS, UUID) == entry
    assert again.find(CLIENTS, MacAddress(MAC)) == entry
    assert again.uuids(CLIENTS) == (UUID,)
    assert again.uuids(CONTROLLERS) == ()


def test_kinds_know_nothing_of_one_another(registry: Registry) -> None:
    registry.put(CLIENTS, UUID, client())
    registry.put(CONTROLLERS, UUID, controller())
    assert registry.get(CLIENTS, UUID).record == client()
    assert registry.get(CONTROLLERS, UUID).record == controller()
    registry.delete(CLIENTS, UUID)
    assert registry.uuids(CONTROLLERS) == (UUID,)


def test_a_put_replaces_and_the_version_grows(registry: Registry) -> None:
    first = registry.put(CLIENTS, UUID, client("Hall"))
    second = registry.put(CLIENTS, UUID, client("Attic", OTHER_MAC))
    assert second.version > first.version
    assert registry.get(CLIENTS, UUID) == second
    assert registry.find(CLIENTS, MacAddress(MAC)) is None
    assert registry.find(CLIENTS, MacAddress(OTHER_MAC)) == second


def test_a_version_is_never_given_out_twice(registry: Registry) -> None:
    first = registry.put(CLIENTS, UUID, client())
    registry.delete(CLIENTS, UUID)
    again = registry.put(CLIENTS, UUID, client("Somebody else's"))
    assert again.version > first.version
    with pytest.raises(Conflict):
        registry.put(CLIENTS, UUID, client("Mine"), expected=first.version)


def test_who_saw_another_version_is_refused(registry: Registry) -> None:
    first = registry.put(CLIENTS, UUID, client(), expected=0)
    second = registry.put(CLIENTS, UUID, client("Attic"), expected=first.version)
    for stale in (0, first.version, second.version + 1):
        with pytest.raises(Conflict) as refused:
            registry.put(CLIENTS, UUID, client("Late"), expected=stale)
        assert refused.value.code is Code.VERSION_CONFLICT
    assert registry.get(CLIENTS, UUID) == second
    with pytest.raises(Conflict, match="not there any more"):
        registry.put(CLIENTS, OTHER, client("Gone", None), expected=3)


def test_a_mac_address_belongs_to_one_of_a_kind(registry: Registry) -> None:
    registry.put(CLIENTS, UUID, client())
    registry.put(CONTROLLERS, OTHER, controller())
    with pytest.raises(Conflict, match=UUID) as refused:
        registry.put(CLIENTS, OTHER, client("Another"))
    assert refused.value.code is Code.MAC_TAKEN
    assert registry.uuids(CLIENTS) == (UUID,)
    registry.put(CLIENTS, UUID, client(mac=None))
    registry.put(CLIENTS, OTHER, client("Another"))


def test_any_number_have_no_mac_address(registry: Registry) -> None:
    for number in range(3):
        registry.put(CLIENTS, uuid_of(number), client(mac=None))
    assert len(registry.uuids(CLIENTS)) == 3
    assert list(registry.macs()) == []


def test_what_is_not_there(registry: Registry) -> None:
    for action in (registry.get, registry.delete):
        with pytest.raises(NotFound) as missing:
            action(CLIENTS, UUID)
        assert missing.value.code is Code.UNKNOWN_RECORD
    with pytest.raises(NotFound) as missing:
        registry.certificate("ca.pem")
    assert missing.value.code is Code.UNKNOWN_CERTIFICATE
    with pytest.raises(NotFound):
        registry.delete_certificate("ca.pem")
    with pytest.raises(NotFound):
        registry.designate(CLIENTS, "ca.pem")


def test_uuids_are_in_the_order_of_being_added(registry: Registry) -> None:
    for number in (3, 1, 2):
        registry.put(CLIENTS, uuid_of(number), client(mac=None))
    registry.put(CLIENTS, uuid_of(3), client("Changed", None))
    assert registry.uuids(CLIENTS) == tuple(map(uuid_of, (3, 1, 2)))


def test_pages_have_everybody_once_whatever_happens_to_the_last_one_seen(
    registry: Registry,
) -> None:
    for number in (5, 3, 1, 2, 4):
        registry.put(CLIENTS, uuid_of(number), client(mac=None))
    registry.put(CONTROLLERS, uuid_of(9), controller())
    first = registry.entries(CLIENTS, count=2)
    assert [one.uuid for one in first] == [uuid_of(1), uuid_of(2)]
    registry.delete(CLIENTS, uuid_of(2))
    rest = registry.entries(CLIENTS, after=uuid_of(2))
    assert [one.uuid for one in rest] == [uuid_of(3), uuid_of(4), uuid_of(5)]
    assert registry.entries(CLIENTS, after=uuid_of(5)) == ()


def test_streams_are_of_one_moment_while_writes_go_on(registry: Registry) -> None:
    registry.put_all((CLIENTS, uuid_of(n), client(str(n), mac_of(n))) for n in range(200))
    stream, macs = registry.each(CLIENTS), registry.macs()
    seen = [next(stream)]
    known = [next(macs)]
    registry.put(CLIENTS, uuid_of(150), client("Changed", mac_of(150)))
    registry.put(CLIENTS, uuid_of(999), client("New", mac_of(999)))
    registry.delete(CLIENTS, uuid_of(160))
    seen += stream
    known += macs
    assert [one.record.name for one in seen] == [str(n) for n in range(200)]
    assert known == [
        Registered(MacAddress(mac_of(n)), CLIENTS, uuid_of(n), str(n)) for n in range(200)
    ]
    assert len(list(registry.each(CLIENTS))) == 200


def test_several_kinds_and_everything_are_of_one_moment(registry: Registry) -> None:
    registry.put_all(
        (kind, uuid_of(n), make(str(n), mac_of(n))) for kind, make in BOTH for n in range(100)
    )
    registry.put_all(
        [], [Certificate(file="ca.pem", pem=PEM, client=True), Certificate(file="b.pem", pem="b")]
    )
    stream, everything = registry.each(CONTROLLERS, CLIENTS), registry.everything()
    both, found = [next(stream)], [next(everything)]
    registry.delete(CLIENTS, uuid_of(50))
    registry.put(CLIENTS, uuid_of(999), client("New", mac_of(999)))
    registry.delete_certificate("ca.pem")
    both += stream
    found += everything
    expected = [(kind, str(n)) for kind in (CONTROLLERS, CLIENTS) for n in range(100)]
    assert [(one.kind, one.record.name) for one in both] == expected
    assert found[:200] == both
    assert found[200:] == [
        Certificate(file="b.pem", pem="b"),
        Certificate(file="ca.pem", pem=PEM, client=True),
    ]
    assert [one.uuid for one in registry.each(CLIENTS)][-1] == uuid_of(999)


def test_a_stream_may_be_left_in_the_middle(registry: Registry) -> None:
    registry.put_all((CLIENTS, uuid_of(n), client(mac=None)) for n in range(100))
    stream = registry.each(CLIENTS)
    assert len(list(itertools.islice(stream, 3))) == 3
    stream.close()  # type: ignore[attr-defined]
    registry.put(CLIENTS, UUID, client())


def test_all_or_none(registry: Registry) -> None:
    registry.put(CLIENTS, UUID, client())
    wanted = [
        (CLIENTS, OTHER, client("New", OTHER_MAC)),
        (CONTROLLERS, OTHER, controller()),
        (CLIENTS, uuid_of(3), client("Thief", MAC)),
    ]
    with pytest.raises(Conflict) as refused:
        registry.put_all(wanted)
    assert refused.value.code is Code.MAC_TAKEN
    assert (registry.uuids(CLIENTS), registry.uuids(CONTROLLERS)) == ((UUID,), ())
    registry.put_all(wanted[:2])
    assert registry.uuids(CLIENTS) == (UUID, OTHER)


def test_mac_addresses_may_change_hands_within_an_import(registry: Registry) -> None:
    registry.put(CLIENTS, UUID, client("One", MAC))
    registry.put(CLIENTS, OTHER, client("Two", OTHER_MAC))
    registry.put_all(
        [
            (CLIENTS, UUID, client("One", OTHER_MAC)),
            (CLIENTS, OTHER, client("Two", MAC)),
        ]
    )
    found = registry.find(CLIENTS, MacAddress(MAC))
    assert found is not None
    assert found.uuid == OTHER
    with pytest.raises(Conflict):
        registry.put_all(
            [
                (CLIENTS, uuid_of(3), client("Three", OTHER_MAC)),
                (CLIENTS, uuid_of(4), client("Four", OTHER_MAC)),
            ]
        )


def test_certificates(kept: Harness) -> None:
    registry = kept.open()
    registry.add_certificate("b.pem", PEM)
    registry.add_certificate("a.pem", "é")
    with pytest.raises(Conflict) as refused:
        registry.add_certificate("b.pem", "other")
    assert refused.value.code is Code.ALREADY_EXISTS
    registry.designate(CLIENTS, "a.pem")
    registry.designate(CLIENTS, "b.pem")
    registry.designate(CONTROLLERS, "b.pem")
    kept.close()
    again = kept.open()
    assert again.certificates() == (
        CertificateEntry(file="a.pem", size=2, controller=False, client=False),
        CertificateEntry(file="b.pem", size=len(PEM), controller=True, client=True),
    )
    assert again.certificate("b.pem") == PEM
    assert again.designated(CLIENTS) == again.certificates()[1]
    again.delete_certificate("b.pem")
    assert again.designated(CLIENTS) is again.designated(CONTROLLERS) is None
    assert [one.file for one in again.certificates()] == ["a.pem"]


def test_certificates_of_an_import(registry: Registry) -> None:
    ours = Certificate(file="ca.pem", pem=PEM, client=True)
    registry.put_all([], [ours])
    registry.put_all([(CLIENTS, UUID, client())], [ours])
    assert registry.designated(CLIENTS) == registry.certificates()[0]
    with pytest.raises(Conflict):
        registry.put_all(
            [(CLIENTS, OTHER, client(mac=None))], [Certificate(file="ca.pem", pem="other")]
        )
    assert registry.uuids(CLIENTS) == (UUID,)


def test_names_are_never_statements(registry: Registry) -> None:
    evil = "x'; DROP TABLE registry_records; --"
    registry.put(CLIENTS, evil, client("'; DELETE --", None))
    registry.add_certificate(evil, PEM)
    assert registry.get(CLIENTS, evil).record.name == "'; DELETE --"
    assert registry.certificate(evil) == PEM
    assert registry.entries(CLIENTS, after="' OR 1=1 --") == registry.entries(CLIENTS)
    registry.delete_certificate(evil)
    registry.delete(CLIENTS, evil)
    assert registry.uuids(CLIENTS) == ()
