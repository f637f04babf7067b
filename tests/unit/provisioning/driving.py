"""A Provisioning Mode on a hand-driven clock."""

from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.records import RecordKind
from firstlight.model.registry import Registered
from firstlight.model.softap import SoftAp
from firstlight.provisioning import desk, messages
from firstlight.provisioning.allowlist import Allowlist
from firstlight.provisioning.phases import Phase
from firstlight.provisioning.session import step
from firstlight.provisioning.softap import passphrase_of
from firstlight.provisioning.state import Settings, State

BSSID = MacAddress("02:00:00:00:00:01")
LAMP = MacAddress("02:00:00:00:aa:01")
FAN = MacAddress("02:00:00:00:aa:02")
ROGUE = MacAddress("02:00:00:00:ff:ff")
KNOWN = (
    Registered(LAMP, RecordKind.CLIENT, "11111111-1111-4111-8111-111111111111", "Lamp"),
    Registered(FAN, RecordKind.CLIENT, "22222222-2222-4222-8222-222222222222", "Fan"),
)
SOFTAP = SoftAp(
    interface="wlan0",
    bssid=BSSID,
    passphrase=passphrase_of(BSSID),
    channel=1,
    tx_power_dbm=2.0,
)
START = 1000.0
PLAN = messages.Plan(beside=False, channel=1)


class Driven:
    """Takes events and requests; remembers every effect."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.state = State(settings=settings or Settings())
        self.monotonic = START
        self.done: list[messages.Effect] = []

    @property
    def now(self) -> Moment:
        return Moment(self.monotonic, 1_800_000_000.0 + self.monotonic)

    def take(self, event: messages.Event) -> tuple[messages.Effect, ...]:
        self.state, effects = step(self.state, event, self.now)
        self.done += effects
        return effects

    def judge(self, verdict: desk.Verdict) -> desk.Verdict:
        self.state = verdict.state
        self.done += verdict.effects
        return verdict

    def nonce(self, mac: MacAddress | None, value: int) -> desk.Verdict:
        return self.judge(desk.asks_nonce(self.state, mac, value, self.now))

    def record(
        self, mac: MacAddress | None, claimed: str | None, nonce: str | None
    ) -> desk.Verdict:
        return self.judge(desk.asks_record(self.state, mac, claimed, nonce, self.now))

    def certificate(self, mac: MacAddress | None, claimed: str | None) -> desk.Verdict:
        return self.judge(desk.asks_certificate(self.state, mac, claimed, self.now))

    def told(self) -> list[messages.News]:
        return [one.news for one in self.done if isinstance(one, messages.Tell)]


def active(settings: Settings | None = None) -> Driven:
    """A mode that is on, with a lamp and a fan registered."""
    driven = Driven(settings)
    driven.take(messages.Wished(PLAN))
    driven.take(messages.Loaded(driven.state.turn, Allowlist.of([LAMP, FAN]), KNOWN))
    driven.take(messages.Surveyed(driven.state.turn, ()))
    driven.take(messages.Raised(driven.state.turn, SOFTAP))
    assert driven.state.phase is Phase.ACTIVE
    return driven
