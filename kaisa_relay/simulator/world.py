"""Everything the simulated WhatsApp knows: channels, people, templates, windows, messages in
both directions.
"""

import base64
from collections import defaultdict
from itertools import count
from random import Random

from attrs import define, evolve, frozen

from .clock import Clock
from .config import ChannelConfig, PersonConfig, SimulatorConfig
from .feed import Feed
from .media.store import Media
from .people.chat import Chats
from .people.numbers import digits
from .people.person import SHARING_SECONDS, Identity, People, Person
from .pricing import Charge, Ledger
from .qr_codes import QrCodes
from .recent import Recent
from .sends.limits import Meters
from .standing import Account, Number, Portfolio
from .templates.registry import Registry

WINDOW_SECONDS = 24 * 3600.0
_MOST_MESSAGES = 200_000


@define
class Sent:
    """A message of a business.

    `addressed` is the number or BSUID it went to; `rank` is how far its status got; `at` is on
    the simulator's clock.
    """

    wamid: str
    channel: str
    person: Person | None
    addressed: str
    to_phone: bool
    kind: str
    category: str
    opaque: str | None
    at: float = 0.0
    voice: bool = False
    rank: int = 0
    charge: Charge | None = None
    delivered: bool = False


@frozen
class Heard:
    """A message of a person to a channel; `at` is on the simulator's clock."""

    wamid: str
    channel: str
    wa_id: str
    kind: str = "text"
    at: float = 0.0


class World:
    """The state of the simulation, and the look-ups everyone needs."""

    def __init__(self, config: SimulatorConfig, clock: Clock, rng: Random) -> None:
        self._config = config
        self._rng = rng
        self._numbers = count(1)
        self.clock = clock
        self.people = People()
        self.templates = Registry()
        self.chats = Chats()
        self.feed = Feed()
        self.media = Media(clock, Random(rng.getrandbits(64)), config.media_bytes)
        self.base_url: str | None = None
        self.restore()

    def restore(self) -> None:
        """Back to what the configuration says."""
        self.channels: dict[str, ChannelConfig] = {}
        self.windows: dict[tuple[str, str], float] = {}
        self.shared: dict[tuple[str, str], float] = {}
        self.meters = Meters()
        self.sent: Recent[Sent] = Recent(_MOST_MESSAGES)
        self.heard: Recent[Heard] = Recent(_MOST_MESSAGES)
        self.ledger = Ledger()
        self.qr_codes = QrCodes(self._rng)
        self.numbers: defaultdict[str, Number] = defaultdict(Number)
        self.accounts: defaultdict[str, Account] = defaultdict(Account)
        self.portfolios: defaultdict[str, Portfolio] = defaultdict(Portfolio)
        self.people.clear()
        self.templates.clear()
        self.chats.clear()
        self.media.clear()
        for channel in self._config.channels:
            self.put_channel(channel)
        for person in self._config.people:
            self.people.add(new_person(person))
        for template in self._config.templates:
            self.templates.configure(template)

    def put_channel(self, channel: ChannelConfig) -> None:
        """Add or replace a channel; its number is kept as digits."""
        self.channels[channel.phone_number_id] = evolve(channel, number=digits(channel.number))

    def channel(self, name: str) -> ChannelConfig | None:
        """The channel with this phone_number_id or number."""
        if name in self.channels:
            return self.channels[name]
        return next(
            (channel for channel in self.channels.values() if channel.number == digits(name)), None
        )

    def channels_of(self, waba: str) -> list[ChannelConfig]:
        """The channels of an account."""
        return [channel for channel in self.channels.values() if channel.waba == waba]

    def window_open(self, channel: ChannelConfig, person: Person) -> bool:
        """Whether the person wrote to the channel in the last 24 hours."""
        written = self.windows.get((channel.phone_number_id, person.wa_id))
        return written is not None and self.clock.time() - written < WINDOW_SECONDS

    def window_left(self, channel: ChannelConfig, person: Person) -> float:
        """Seconds until the window closes; 0 when it is closed."""
        written = self.windows.get((channel.phone_number_id, person.wa_id))
        return 0.0 if written is None else max(0.0, written + WINDOW_SECONDS - self.clock.time())

    def identity(self, channel: ChannelConfig, person: Person) -> Identity:
        """What the channel may learn about the person now."""
        shared = self.shared.get((channel.phone_number_id, person.wa_id))
        lately = shared is not None and self.clock.time() - shared < SHARING_SECONDS
        return person.seen_by(channel.portfolio, lately)

    def new_wamid(self, number: str) -> str:
        """A fresh message id; like a real one it is base64 with the number inside.

        No two are alike, not even those of two simulators one after the other: a relay that had
        one before drops the message as a repeat.
        """
        micros = round(self.clock.now().timestamp() * 1_000_000)
        inside = (
            b"\x1c\x18"
            + bytes([len(number)])
            + number.encode()
            + b"\x15\x02\x00"
            + micros.to_bytes(8, "big")
            + next(self._numbers).to_bytes(4, "big")
        )
        return "wamid." + base64.b64encode(inside).decode()

    def new_challenge(self) -> str:
        """What a callback has to repeat in the handshake."""
        return str(self._rng.randrange(10**9, 10**10))

    def new_trace_id(self) -> str:
        """An `fbtrace_id`."""
        return "A" + base64.urlsafe_b64encode(self._rng.randbytes(16)).decode().rstrip("=")


def new_person(config: PersonConfig) -> Person:
    """A person as configured, with an empty phone."""
    number = digits(config.number)
    return Person(
        wa_id=number,
        name=config.name or f"Person {number[-4:]}",
        user_id=config.user_id,
        username=config.username,
        online=config.online,
        auto_read=config.auto_read,
    )
