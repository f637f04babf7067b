"""What a target asks of a controller, and what it makes of the answers.

Everything here is a value: requests to be sent as they stand, answers as they came, and either what
they say or a ``Refusal``. ``docs/protocol`` is the page to it, with vectors for firmware in any
language.
"""

import base64
import binascii
import hashlib
import re
from enum import StrEnum
from typing import Any

import msgspec

from firstlight.errors import InvalidInput
from firstlight.model.claim import ClaimCause, Role
from firstlight.model.claimed import GivenClient
from firstlight.model.known import known_part
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import Bundle, NonceAnswer
from firstlight.model.records import Client, Controller, Record, RecordKind
from firstlight.model.registry import ClientCa
from firstlight.model.validation import converted, decoded
from firstlight.provisioning.softap import ADDRESS

HOST = ADDRESS.partition("/")[0]
PORT = 80
LARGEST_NONCE = 2**32 - 1

_OK = 200
_NOT_FOUND = 404
_BY_STATUS = {
    401: ClaimCause.UNAUTHORIZED,
    403: ClaimCause.FORBIDDEN,
    409: ClaimCause.INACTIVE,
}
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PEM = re.compile(
    r"\s*-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*"
)


class Asked(StrEnum):
    """The three requests, in their order."""

    NONCE = "nonce"
    CONFIGURATION = "configuration"
    CERTIFICATE = "certificate"


SMALL_ANSWER = 64 * 1024
BUNDLE = 8 * 1024 * 1024
"""The largest answers that are taken, in bytes without their head. A bundle may hold thousands of
records."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request. ``limit``: of its answer, in bytes."""

    asked: Asked
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    limit: int

    def encoded(self) -> bytes:
        """As it goes over the wire (RFC 9112)."""
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


class Refusal(msgspec.Struct, frozen=True):
    """An answer that is of no use. ``detail``: a sentence on what is wrong, without a secret."""

    cause: ClaimCause
    detail: str


class ClientContent(msgspec.Struct, frozen=True):
    """A client's record, as it came."""

    record: bytes

    def __repr__(self) -> str:
        return "ClientContent(…)"


class ControllerContent(msgspec.Struct, frozen=True):
    """Every record of the bundle: kind, UUID, record."""

    records: tuple[tuple[RecordKind, str, Record], ...]

    def __repr__(self) -> str:
        return f"ControllerContent({len(self.records)} records)"


Content = ClientContent | ControllerContent


def nonce_request() -> Request:
    """Ask for a nonce."""
    return _request(Asked.NONCE, "nonce")


def configuration_request(role: Role, mac: MacAddress, nonce: int) -> Request:
    """Ask for what is meant for this device."""
    return _request(
        Asked.CONFIGURATION,
        role.value,
        ("mac-address", mac),
        ("x-nonce", str(nonce)),
        limit=BUNDLE if role is Role.CONTROLLER else SMALL_ANSWER,
    )


def certificate_request(mac: MacAddress) -> Request:
    """Ask for the CA that the broker's certificate is signed by."""
    return _request(Asked.CERTIFICATE, "certs", ("mac-address", mac))


def read_nonce(answer: Answer) -> int | Refusal:
    """The nonce."""
    if refused := _refused(answer):
        return refused
    nonce = _decoded(answer.body, NonceAnswer)
    if isinstance(nonce, Refusal):
        return nonce
    if not 0 <= nonce.nonce <= LARGEST_NONCE:
        return _bad("nonce is not a number of 32 bits")
    return nonce.nonce


def read_configuration(role: Role, answer: Answer) -> Content | Refusal:
    """The configuration for that role, checked field by field."""
    if answer.status == _NOT_FOUND:
        return Refusal(ClaimCause.NOT_REGISTERED, "status 404")
    if refused := _refused(answer):
        return refused
    if role is Role.CONTROLLER:
        return _bundle(answer.body)
    client = _decoded(answer.body, GivenClient)
    return client if isinstance(client, Refusal) else ClientContent(answer.body)


def read_certificate(answer: Answer) -> ClientCa | Refusal | None:
    """The CA; ``None`` where the controller has none. Its fingerprint must be its own."""
    if answer.status == _NOT_FOUND:
        return None
    if refused := _refused(answer):
        return refused
    told = _decoded(answer.body, ClientCa)
    if isinstance(told, Refusal):
        return told
    found = fingerprint_of(told.pem)
    if found is None:
        return _bad("pem is not one certificate")
    if found != told.fingerprint.upper():
        return Refusal(
            ClaimCause.FINGERPRINT_MISMATCH,
            f"the certificate's is {found}, not {told.fingerprint[:95]!r}",
        )
    return ClientCa(fingerprint=found, pem=told.pem)


def fingerprint_of(pem: str) -> str | None:
    """SHA-256 of the DER form, upper-case pairs with colons; ``None`` for no certificate or two.

    RFC 7468, 3: what stands between the two lines is the DER form in base64.
    """
    found = _PEM.fullmatch(pem)
    if found is None:
        return None
    try:
        der = base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error:
        return None
    return hashlib.sha256(der).digest().hex(":").upper()


def _request(
    asked: Asked, name: str, *headers: tuple[str, str], limit: int = SMALL_ANSWER
) -> Request:
    return Request(
        asked=asked,
        method="GET",
        path=f"/api/provisioning/{name}",
        headers=(
            ("Host", HOST),
            *headers,
            ("Accept", "application/json"),
            ("Connection", "close"),
        ),
        limit=limit,
    )


def _bundle(body: bytes) -> ControllerContent | Refusal:
    bundle = _decoded(body, Bundle)
    if isinstance(bundle, Refusal):
        bundle = _known_part(body, Bundle) or bundle
    if isinstance(bundle, Refusal):
        return bundle
    records: list[tuple[RecordKind, str, Record]] = []
    seen: set[tuple[RecordKind, str]] = set()
    for kind, given in (
        (RecordKind.CONTROLLER, bundle.controllers),
        (RecordKind.CLIENT, bundle.clients),
    ):
        for number, one in enumerate(given):
            key = (kind, one.uuid.lower())
            if not _UUID.fullmatch(one.uuid) or key in seen:
                return _bad(f"{kind.value}[{number}].uuid is no UUID, or there twice")
            seen.add(key)
            records.append((*key, _without_uuid(one)))
    return ControllerContent(tuple(records))


def _without_uuid(one: Controller | Client) -> Record:
    kind = Controller if isinstance(one, Controller) else Client
    return kind(**{name: getattr(one, name) for name in kind.__struct_fields__})


def _refused(answer: Answer) -> Refusal | None:
    if answer.status == _OK:
        return None
    cause = _BY_STATUS.get(answer.status, ClaimCause.BAD_ANSWER)
    return Refusal(cause, f"status {answer.status}")


def _decoded(body: bytes, kind: type[Any]) -> Any:
    """A value of that type, or a ``Refusal`` that names the field; never what the field holds."""
    try:
        return decoded(body, kind)
    except InvalidInput as error:
        return _bad(error.message)


def _known_part(body: bytes, kind: type[Any]) -> Any:
    """As ``_decoded``, without fields that are new to this version; ``None`` for no JSON."""
    try:
        given: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    try:
        return converted(known_part(given, kind), kind)
    except InvalidInput as error:
        return _bad(error.message)


def _bad(detail: str) -> Refusal:
    return Refusal(ClaimCause.BAD_ANSWER, detail)
