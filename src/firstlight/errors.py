"""Every error that Firstlight raises on purpose.

::

    FirstlightError
    ├── InvalidInput        a value from outside does not validate; names the field
    ├── ConfigError         configuration refused at start; names the key
    ├── NotFound            the named thing does not exist
    ├── Busy                something is under way that excludes this
    ├── Conflict            what is stored already excludes this
    ├── RadioUnavailable    no NetworkManager, no WiFi device, radio blocked or unplugged
    ├── NotPermitted        NetworkManager or the system refuses this user
    ├── Unauthorized        the caller has not proven who they are
    ├── LockedOut           too many wrong codes; nothing is looked at for a while
    ├── RadioFailure        the radio was asked properly and failed
    ├── StoreFailure        a file can't be read or written
    ├── RestartFailed       the system refused to restart
    ├── BrokerFailure       there is no connection to the MQTT broker
    ├── BluetoothUnavailable  no BlueZ, no adapter, or one that refuses
    ├── NoDaemon            a client reaches no daemon, or gets no answer in time
    └── NotUnderstood       what answers a client is no daemon of its version

Each carries a ``Code`` for programs, a sentence for a person, and a hint that says what to do next.
Nothing ever needs to parse the sentence.
"""

from enum import StrEnum


class Code(StrEnum):
    """Machine-readable reasons; the ``code`` field of every HTTP error."""

    INVALID_BODY = "invalid_body"
    INVALID_FIELD = "invalid_field"
    INVALID_CONFIG = "invalid_config"
    BODY_TOO_LARGE = "body_too_large"
    NOT_ENABLED = "not_enabled"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    UNKNOWN_PROFILE = "unknown_profile"
    UNKNOWN_ATTEMPT = "unknown_attempt"
    UNKNOWN_SESSION = "unknown_session"
    UNKNOWN_RECORD = "unknown_record"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    ALREADY_EXISTS = "already_exists"
    MAC_TAKEN = "mac_taken"
    VERSION_CONFLICT = "version_conflict"
    NOT_A_CERTIFICATE = "not_a_certificate"
    PROVISIONING_INACTIVE = "provisioning_inactive"
    SOFTAP_ONLY = "softap_only"
    RADIO_IN_USE = "radio_in_use"
    ANOTHER_CONTROLLER = "another_controller"
    NO_FIREWALL = "no_firewall"
    KEY_LOST = "key_lost"
    LOCKED_OUT = "locked_out"
    RATE_LIMITED = "rate_limited"
    BUSY = "busy"
    COOLING_DOWN = "cooling_down"
    WRONG_MODE = "wrong_mode"
    NO_NETWORK_MANAGER = "no_network_manager"
    NO_WIFI_DEVICE = "no_wifi_device"
    UNKNOWN_INTERFACE = "unknown_interface"
    UNMANAGED = "unmanaged"
    RADIO_BLOCKED = "radio_blocked"
    RADIO_GONE = "radio_gone"
    NOT_PERMITTED = "not_permitted"
    SCAN_FAILED = "scan_failed"
    HOTSPOT_FAILED = "hotspot_failed"
    RADIO_FAILURE = "radio_failure"
    TIMEOUT = "timeout"
    STORE_FAILURE = "store_failure"
    RESTART_FAILED = "restart_failed"
    BROKER_FAILURE = "broker_failure"
    NO_BLUETOOTH = "no_bluetooth"
    NOT_ALLOWED = "not_allowed"
    INTERNAL = "internal"
    NO_DAEMON = "no_daemon"


UNTOLD = frozenset({Code.NO_BLUETOOTH, Code.NO_DAEMON})
"""Codes that stand in no answer of a daemon and in none of its events: they stay in its program, or
in a client's.
"""


class FirstlightError(Exception):
    """Root of the tree: ``code`` for programs, ``message`` and ``hint`` for people.

    ``retry_after``: seconds until it is worth asking again, where that is known. ``word``: the code
    as it was told, which is none of ``Code`` where a newer daemon told it.
    """

    default_code = Code.INTERNAL

    def __init__(
        self,
        message: str,
        *,
        code: Code | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.word: str = self.code
        self.hint = hint
        self.retry_after = retry_after


class InvalidInput(FirstlightError):
    """A value from outside does not validate. ``field`` is the name its sender used for it."""

    default_code = Code.INVALID_FIELD

    def __init__(
        self, field: str, message: str, *, code: Code | None = None, hint: str | None = None
    ) -> None:
        super().__init__(f"{field}: {message}" if field else message, code=code, hint=hint)
        self.field = field


class ConfigError(FirstlightError):
    """A configuration key is unknown or its value is not allowed. ``key`` names it."""

    default_code = Code.INVALID_CONFIG

    def __init__(self, key: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(f"{key}: {message}", hint=hint)
        self.key = key


class NotFound(FirstlightError):
    """The named thing does not exist."""

    default_code = Code.NOT_FOUND


class Busy(FirstlightError):
    """Something is under way that excludes this."""

    default_code = Code.BUSY


class Conflict(FirstlightError):
    """What is stored already excludes this: a name, a MAC address, or a newer version."""

    default_code = Code.VERSION_CONFLICT


class RadioUnavailable(FirstlightError):
    """There is no radio to ask: NetworkManager absent, no device, blocked, or unplugged."""

    default_code = Code.NO_WIFI_DEVICE


class NotPermitted(FirstlightError):
    """NetworkManager or the system refuses this user."""

    default_code = Code.NOT_PERMITTED


class Unauthorized(FirstlightError):
    """The caller has not proven who they are."""

    default_code = Code.UNAUTHORIZED


class LockedOut(FirstlightError):
    """Too many wrong codes: nothing is looked at for ``retry_after`` seconds."""

    default_code = Code.LOCKED_OUT


class RadioFailure(FirstlightError):
    """The radio was asked properly and failed."""

    default_code = Code.RADIO_FAILURE


class StoreFailure(FirstlightError):
    """A file of the state folder can't be read or written."""

    default_code = Code.STORE_FAILURE


class RestartFailed(FirstlightError):
    """The system was asked to restart, and refused."""

    default_code = Code.RESTART_FAILED


class BrokerFailure(FirstlightError):
    """There is no connection to the MQTT broker. ``cause``: a ``model.mqtt.BrokerCause``."""

    default_code = Code.BROKER_FAILURE

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class BluetoothUnavailable(FirstlightError):
    """There is no Bluetooth adapter to ask, or it refuses."""

    default_code = Code.NO_BLUETOOTH


class NoDaemon(FirstlightError):
    """A client reaches no daemon, or gets no answer in time: ``Code.TIMEOUT`` then."""

    default_code = Code.NO_DAEMON


class NotUnderstood(FirstlightError):
    """What answers a client is no daemon, or one of another version."""

    default_code = Code.INTERNAL
