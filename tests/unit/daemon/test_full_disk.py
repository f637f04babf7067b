"""A disk without space is a warning and not the end; what it did not take is on it later."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from tests.unit.daemon.counter import PHONE, Counter
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.waited import until

from firstlight.errors import LockedOut, StoreFailure
from firstlight.model.attempt import AttemptState
from firstlight.model.status import Health, Mode
from firstlight.store.provisioning import ProvisioningStore


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def refused(_path: object, _content: object = None) -> None:
    raise StoreFailure("it can't be written: No space left on device")


async def test_a_full_disk_is_a_warning_and_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        ended = await lamp.joined(wish(b"home"))
        assert ended.state is AttemptState.SUCCEEDED
        status = lamp.status
        assert status.mode is Mode.ONBOARDING
        [warning] = status.runtime.warnings
        assert "No space left on device" in warning
        assert status.runtime.health is Health.WARNING
    before, _ = ProvisioningStore(tmp_path).load()
    assert before.mode is Mode.PROVISIONING
    await lamp.do(lamp.device.forget("home"))
    assert lamp.status.runtime.warnings == ()
    after, _ = ProvisioningStore(tmp_path).load()
    assert after == lamp.memory.kept


async def test_a_pairing_that_a_full_disk_did_not_take_is_on_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()

    kept = tmp_path / "sessions.json"
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        shown = await lamp.do(lamp.device.pairing.code())
        await lamp.do(lamp.device.pairing.pair(shown.code, "phone", "192.168.4.7"))
        assert not kept.exists()
    await lamp.clock.advance(10)
    await until(kept.exists)
    assert "phone" in kept.read_text()


async def test_a_full_disk_keeps_nobody_out_but_an_undone_revocation_is_told(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("firstlight.store.sessions.write_atomically", refused)
        patch.setattr("firstlight.store.sessions.remove_durably", refused)
        patch.setattr("firstlight.store.notes.write_atomically", refused)
        patch.setattr("firstlight.store.notes.remove_durably", refused)
        first = await counter.pairing.pair(await counter.code(), "phone", PHONE)
        second = await counter.pairing.pair(await counter.code(), "tablet", PHONE)
        assert counter.pairing.authorize_bearer(first.token)
        with pytest.raises(StoreFailure, match="signed out, but a restart may undo that"):
            await counter.pairing.revoke(first.session_id)
        assert counter.pairing.authorize_bearer(first.token) is None
        with pytest.raises(StoreFailure):
            await counter.pairing.revoke_all()
        with pytest.raises(StoreFailure):
            await counter.pairing.forget()
        assert isinstance(await counter.lock(), LockedOut)
        assert counter.pairing.authorize_bearer(second.token) is None
        said = [one.message for one in caplog.records if "No space" in one.message]
        assert len(said) == 2  # for each of two files once


async def test_what_a_full_disk_did_not_take_is_on_it_later_even_after_a_crash(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a session that was revoked meanwhile would be good again, and guessing go on at once."""
    space = asyncio.Event()

    async def until_there_is_space(_seconds: float) -> None:
        await space.wait()

    monkeypatch.setattr(counter.clock, "sleep", until_there_is_space)
    paired = await counter.pairing.pair(await counter.code(), "phone", PHONE)
    trying = asyncio.create_task(counter.pairing.keep_trying())
    with monkeypatch.context() as patch:
        patch.setattr("firstlight.store.sessions.remove_durably", refused)
        patch.setattr("firstlight.store.notes.write_atomically", refused)
        with pytest.raises(StoreFailure):
            await counter.pairing.revoke(paired.session_id)
        await counter.lock()
        assert (counter.folder / "sessions.json").exists()
        assert not (counter.folder / "pairing.json").exists()
    space.set()
    await until(lambda: not (counter.folder / "sessions.json").exists())
    await until((counter.folder / "pairing.json").exists)
    trying.cancel()
