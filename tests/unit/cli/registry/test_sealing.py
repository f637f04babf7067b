"""The encrypted export: what comes back, and that each of its rules stops an attack."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from firstlight.cli.registry import sealing
from firstlight.cli.registry.sealing import Cost, checked_passphrase, header_of, is_sealed, seal
from firstlight.errors import InvalidInput
from firstlight.model.wire import ExchangeForm

QUICK = Cost(log_n=10)
SECRET = "correct horse battery"
HEADER, SEALED_CHUNK = 36, sealing.CHUNK + sealing.TAG
PLAIN = bytes(range(256)) * 512 + b"the end"


def sealed(plain: bytes = PLAIN, secret: str = SECRET) -> bytes:
    return b"".join(seal([plain], secret, ExchangeForm.JSON, QUICK))


def opened(content: bytes, secret: str = SECRET) -> bytes:
    return b"".join(sealing.opened(content, secret))


def parts(content: bytes) -> tuple[bytes, list[bytes]]:
    body = content[HEADER:]
    return content[:HEADER], [
        body[start : start + SEALED_CHUNK] for start in range(0, len(body), SEALED_CHUNK)
    ]


@settings(max_examples=40, deadline=None)
@given(
    pieces=st.lists(st.one_of(st.binary(max_size=200), st.integers(0, 70_000).map(bytes))),
    form=st.sampled_from(ExchangeForm),
)
def test_what_goes_in_comes_out(pieces: list[bytes], form: ExchangeForm) -> None:
    content = b"".join(seal(pieces, SECRET, form, QUICK))
    assert is_sealed(content)
    assert header_of(content).form is form
    assert opened(content) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072])
def test_at_the_edges_of_a_chunk(size: int) -> None:
    assert opened(sealed(bytes(size))) == bytes(size)


def test_it_is_made_a_chunk_at_a_time() -> None:
    taken = 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for taken in range(1, 9):  # noqa: B007  how many were asked for
            yield bytes(sealing.CHUNK)

    made = seal(pieces(), SECRET, ExchangeForm.CSV, QUICK)
    next(made)
    next(made)
    assert taken == 2


def test_the_usual_cost_opens_and_two_files_differ() -> None:
    one, other = (b"".join(seal([b"x"], SECRET, ExchangeForm.CSV)) for _ in "ab")
    assert one != other
    assert header_of(one).cost == Cost(15, 8, 1)
    assert opened(one) == b"x"


def test_a_passphrase_counts_however_it_is_typed() -> None:
    assert opened(sealed(secret="K\u00fcche und Bad"), "Ku\u0308che und Bad") == PLAIN


def test_another_passphrase() -> None:
    with pytest.raises(InvalidInput, match="passphrase: does not open it"):
        opened(sealed(), "correct horse batterie")


def test_a_short_passphrase_is_refused() -> None:
    assert checked_passphrase("8 signs!") == "8 signs!"
    with pytest.raises(InvalidInput, match="at least 8 characters"):
        checked_passphrase("7 signs")


@pytest.mark.attack(
    "Changing an encrypted export",
    guard="every chunk is authenticated, header included",
)
@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_can_be_flipped(at: int, bit: int) -> None:
    content = bytearray(sealed(b"a few words"))
    content[at % len(content)] ^= 1 << bit
    if not is_sealed(bytes(content)):
        return
    with pytest.raises(InvalidInput):
        opened(bytes(content))


@pytest.mark.attack(
    "Cutting an encrypted export short",
    guard="the last chunk is marked",
)
@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_file_that_is_cut_at_a_chunk(chunks: int) -> None:
    with pytest.raises(InvalidInput, match="cut off"):
        opened(sealed()[: HEADER + chunks * SEALED_CHUNK])


def test_a_file_that_is_cut_within_a_chunk() -> None:
    content = sealed()
    for length in (3, HEADER, HEADER + SEALED_CHUNK + 5, len(content) - 1):
        with pytest.raises(InvalidInput, match="cut off"):
            opened(content[:length])


def test_something_behind_the_end() -> None:
    with pytest.raises(InvalidInput, match="changed or is cut off, 128 KiB"):
        opened(sealed() + b"more")
    whole = sealed(bytes(sealing.CHUNK))
    with pytest.raises(InvalidInput, match="something behind its end"):
        opened(whole + b"more")


def swapped(content: bytes) -> bytes:
    header, (first, second, *rest) = parts(content)
    return b"".join((header, second, first, *rest))


@pytest.mark.attack(
    "Putting an encrypted export into another order",
    guard="every chunk has its number in its nonce",
)
def test_chunks_in_another_order() -> None:
    with pytest.raises(InvalidInput, match="beginning of the file was changed"):
        opened(swapped(sealed()))


def other_form(content: bytes) -> bytes:
    return content[:9] + bytes([2]) + content[10:]


@pytest.mark.attack(
    "Passing an encrypted export off as one of another form",
    guard="the header is authenticated with every chunk",
)
def test_another_header() -> None:
    with pytest.raises(InvalidInput, match="beginning of the file was changed"):
        opened(other_form(sealed()))


@pytest.mark.attack(
    "An encrypted export that makes its reader take a terabyte",
    guard="bounds on scrypt's cost",
)
@pytest.mark.parametrize(
    ("at", "value", "words"),
    [(8, 2, "version 2"), (9, 7, "form 7"), (10, 30, r"n = 2\^30"), (11, 255, "r = 255"),
     (12, 200, "p = 200"), (12, 0, "p = 0"), (10, 1, r"n = 2\^1,")],
)  # fmt: skip
def test_a_header_that_asks_for_what_is_not_allowed(at: int, value: int, words: str) -> None:
    content = bytearray(sealed(b""))
    content[at] = value
    with pytest.raises(InvalidInput, match=words):
        opened(bytes(content))


class TestWithoutTheRule:
    """Each attack of above succeeds once its rule is gone."""

    @pytest.mark.unguarded("Cutting an encrypted export short")
    def test_without_the_mark_of_the_last_chunk_half_a_file_opens(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule = sealing._nonce
        monkeypatch.setattr(sealing, "_nonce", lambda prefix, n, _last: rule(prefix, n, False))
        assert opened(sealed()[: HEADER + SEALED_CHUNK]) == PLAIN[: sealing.CHUNK]

    @pytest.mark.unguarded("Putting an encrypted export into another order")
    def test_without_the_counter_chunks_change_places(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule = sealing._nonce
        monkeypatch.setattr(sealing, "_nonce", lambda prefix, _n, last: rule(prefix, 0, last))
        first, second = PLAIN[: sealing.CHUNK], PLAIN[sealing.CHUNK : 2 * sealing.CHUNK]
        assert opened(swapped(sealed())) == second + first + PLAIN[2 * sealing.CHUNK :]

    @pytest.mark.unguarded("Passing an encrypted export off as one of another form")
    def test_without_the_header_in_the_tag_it_passes_for_another_form(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Unheeding:
            def __init__(self, key: bytes) -> None:
                self.real = AESGCM(key)

            def encrypt(self, nonce: bytes, data: bytes, _associated: bytes) -> bytes:
                return self.real.encrypt(nonce, data, None)

            def decrypt(self, nonce: bytes, data: bytes, _associated: bytes) -> bytes:
                return self.real.decrypt(nonce, data, None)

        monkeypatch.setattr(sealing, "AESGCM", Unheeding)
        changed = other_form(sealed())
        assert header_of(changed).form is ExchangeForm.CSV
        assert opened(changed) == PLAIN

    @pytest.mark.unguarded("Changing an encrypted export")
    def test_without_the_tag_a_bit_flips(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Unauthenticated:
            def __init__(self, key: bytes) -> None:
                self.key = key

            def decrypt(self, nonce: bytes, data: bytes, _associated: bytes) -> bytes:
                # GCM's keystream begins with the counter 2 (NIST SP 800-38D, 7.1).
                mode = modes.CTR(nonce + (2).to_bytes(4, "big"))
                return Cipher(algorithms.AES(self.key), mode).decryptor().update(data[:-16])

        content = bytearray(sealed(b"pay 1"))
        content[HEADER + 4] ^= ord("1") ^ ord("9")
        monkeypatch.setattr(sealing, "AESGCM", Unauthenticated)
        assert opened(bytes(content)) == b"pay 9"

    @pytest.mark.unguarded("An encrypted export that makes its reader take a terabyte")
    def test_without_the_bounds_a_file_asks_for_a_terabyte(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = bytearray(sealed(b""))
        content[10] = 30
        asked: list[int] = []

        class Remembering:
            def __init__(self, *, n: int, r: int, **_: object) -> None:
                asked.append(128 * n * r)

            def derive(self, _secret: bytes) -> bytes:
                return bytes(32)

        monkeypatch.setattr(sealing, "Scrypt", Remembering)
        monkeypatch.setattr(sealing, "_MOST_LOG_N", 255)
        with pytest.raises(InvalidInput):
            opened(bytes(content))
        assert asked == [2**40]
