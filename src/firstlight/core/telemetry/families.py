"""The metrics there are: names, meanings, labels. ``docs/telemetry.md`` lists the same.

Labels are words of ours, never a network's name, an address or a text that somebody else has
chosen: what has no word here is ``other``. So there is a bound on how many series there can be.
"""

from enum import StrEnum

import msgspec

from firstlight.model.attempt import Cause
from firstlight.model.mqtt import BrokerCause, Command
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.model.status import Health, Mode

OTHER = "other"


class Kind(StrEnum):
    """As Prometheus has them."""

    COUNTER = "counter"
    GAUGE = "gauge"


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """One metric. ``label``: its label and all values that it can have; counters begin at 0."""

    name: str
    kind: Kind
    help: str
    label: str = ""
    values: tuple[str, ...] = ()


def _words(kind: type[StrEnum], *more: str) -> tuple[str, ...]:
    return (*(one.value for one in kind), *more)


RESULTS = ("completed", "failed")
REFUSALS = (
    "inactive",
    "stranger",
    "unregistered",
    "no_mac",
    "other_mac",
    "bad_nonce",
    "no_record",
    "rogue_station",
    OTHER,
)
"""Why a device is turned away in Provisioning Mode; another word counts as ``other``."""

LINKS = ("connected", "hotspot", "down")

ATTEMPTS = Family(
    name="firstlight_join_attempts_total",
    kind=Kind.COUNTER,
    help="Attempts to join a network that ended, by cause; the cause of a success is none.",
    label="cause",
    values=("none", *_words(Cause, OTHER)),
)
RECOVERIES = Family(
    name="firstlight_recoveries_total",
    kind=Kind.COUNTER,
    help="Recoveries that ended, by result.",
    label="result",
    values=RESULTS,
)
CLAIMS = Family(
    name="firstlight_claims_total",
    kind=Kind.COUNTER,
    help="Claims of a configuration from a controller that ended, by result.",
    label="result",
    values=RESULTS,
)
CONFIGURED = Family(
    name="firstlight_provisioning_configured_total",
    kind=Kind.COUNTER,
    help="Devices that were handed their configuration in Provisioning Mode.",
)
REFUSED = Family(
    name="firstlight_provisioning_refusals_total",
    kind=Kind.COUNTER,
    help="Devices refused in Provisioning Mode, by reason.",
    label="reason",
    values=REFUSALS,
)
SESSIONS = Family(
    name="firstlight_provisioning_sessions_total",
    kind=Kind.COUNTER,
    help="Sessions of Provisioning Mode that ended or could not begin, by reason.",
    label="reason",
    values=_words(ModeEnd, OTHER),
)
RESTARTS = Family(
    name="firstlight_restarts_asked_total",
    kind=Kind.COUNTER,
    help="Restarts that somebody asked for.",
)
MODE_SECONDS = Family(
    name="firstlight_mode_seconds_total",
    kind=Kind.COUNTER,
    help="Seconds spent in each mode since the daemon started.",
    label="mode",
    values=_words(Mode),
)
MODE = Family(
    name="firstlight_mode",
    kind=Kind.GAUGE,
    help="1 for the mode that the device is in.",
    label="mode",
    values=_words(Mode),
)
HEALTH = Family(
    name="firstlight_health",
    kind=Kind.GAUGE,
    help="1 for the device's health.",
    label="health",
    values=_words(Health),
)
LINK = Family(
    name="firstlight_radio_link",
    kind=Kind.GAUGE,
    help="1 for what the radio does.",
    label="link",
    values=LINKS,
)
INTERNET = Family(
    name="firstlight_internet_reachable",
    kind=Kind.GAUGE,
    help="Whether the internet was reachable when last looked.",
)
STREAMS = Family(
    name="firstlight_stream_subscribers",
    kind=Kind.GAUGE,
    help="Open event streams.",
)
MQTT_CONNECTED = Family(
    name="firstlight_mqtt_connected",
    kind=Kind.GAUGE,
    help="Whether the MQTT broker is connected; absent without one.",
)
MQTT_FAILURES = Family(
    name="firstlight_mqtt_connection_failures_total",
    kind=Kind.COUNTER,
    help="Connections to the broker that failed or were lost, by cause.",
    label="cause",
    values=_words(BrokerCause),
)
MQTT_PUBLISHED = Family(
    name="firstlight_mqtt_published_total",
    kind=Kind.COUNTER,
    help="Messages that the broker has taken.",
)
MQTT_DENIED = Family(
    name="firstlight_mqtt_denied_total",
    kind=Kind.COUNTER,
    help="Messages that the broker does not let this device publish.",
)
MQTT_DROPPED = Family(
    name="firstlight_mqtt_events_dropped_total",
    kind=Kind.COUNTER,
    help="Events that there was no room for while the broker was away.",
)
MQTT_WAITING = Family(
    name="firstlight_mqtt_events_waiting",
    kind=Kind.GAUGE,
    help="Events that wait for the broker.",
)
MQTT_COMMANDS = Family(
    name="firstlight_mqtt_commands_total",
    kind=Kind.COUNTER,
    help="Commands that came over MQTT and were carried out.",
    label="command",
    values=_words(Command),
)
MQTT_REFUSED = Family(
    name="firstlight_mqtt_commands_refused_total",
    kind=Kind.COUNTER,
    help="Commands that came over MQTT and were refused.",
)
UP_SINCE = Family(
    name="firstlight_start_time_seconds",
    kind=Kind.GAUGE,
    help="When the daemon started, in Unix time.",
)

FAMILIES = (
    ATTEMPTS,
    RECOVERIES,
    CLAIMS,
    CONFIGURED,
    REFUSED,
    SESSIONS,
    RESTARTS,
    MODE_SECONDS,
    MODE,
    HEALTH,
    LINK,
    INTERNET,
    STREAMS,
    MQTT_CONNECTED,
    MQTT_FAILURES,
    MQTT_PUBLISHED,
    MQTT_DENIED,
    MQTT_DROPPED,
    MQTT_WAITING,
    MQTT_COMMANDS,
    MQTT_REFUSED,
    UP_SINCE,
)
BUILD_INFO = "firstlight_build_info"
"""A gauge of 1 whose labels are ``version`` and ``python``."""
