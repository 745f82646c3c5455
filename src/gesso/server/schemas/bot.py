"""What is sent and answered about bots. Persona, connection and notes are those of `gesso.bots`."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field

from gesso.bots.bot import Bot, Connection, NetworkName, State, connection_of
from gesso.bots.bots import Changes, KeyStatus, Status
from gesso.bots.keys import Source
from gesso.bots.manners import Reason
from gesso.bots.networks.kinds import Kind
from gesso.bots.notes import Kind as NoteKind
from gesso.bots.notes import Note
from gesso.bots.persona import Persona, persona_of
from gesso.bots.rehearsal import Manner
from gesso.server.schemas.problem import Problem
from gesso.server.schemas.strict import Strict

_Word = Annotated[str, Field(min_length=1, max_length=200)]


def _read_persona(given: Any) -> Any:
    """Read a persona as its file is read, so that both say the same of what is wrong."""
    return persona_of(given) if isinstance(given, dict) else given


def _read_connection(given: Any) -> Any:
    return connection_of(given) if isinstance(given, dict) else given


GivenPersona: TypeAlias = Annotated[Persona, BeforeValidator(_read_persona)]
"""A persona as somebody sends it."""
GivenConnection: TypeAlias = Annotated[Connection, BeforeValidator(_read_connection)]
"""A connection as somebody sends it."""


class NewBot(Strict):
    """A bot to make. It is off, and needs its keys before it can be switched on."""

    name: _Word
    network: NetworkName = "rehearsal"
    persona: GivenPersona
    connection: GivenConnection = Field(default_factory=Connection)

    def bot(self) -> Bot:
        """Return it as the house has it."""
        return Bot(name=self.name, network=self.network, persona=self.persona, connection=self.connection)


class BotChange(Strict):
    """What is to hold from now on; what is left out stays. A persona is replaced as a whole."""

    network: NetworkName | None = None
    persona: GivenPersona | None = None
    connection: GivenConnection | None = None

    def changes(self) -> Changes:
        """Return them as the house has them."""
        return Changes(network=self.network, persona=self.persona, connection=self.connection)


class BotKeyShown(BaseModel):
    """A key of a bot: what the network calls it, where to find it, and where it comes from now. Never itself.

    `source` "" says that there is none. `variable` is the environment variable that says it instead of the keyring.
    `is_made`: Gesso gets it itself.
    """

    name: str
    title: str
    help: str
    begin: str
    is_needed: bool
    is_made: bool
    source: Source
    variable: str

    @classmethod
    def of(cls, status: KeyStatus) -> BotKeyShown:
        """Describe a key."""
        return cls(
            name=status.key.name,
            title=status.key.title,
            help=status.key.help,
            begin=status.key.begin,
            is_needed=status.is_needed,
            is_made=status.key.is_made,
            source=status.source,
            variable=status.variable,
        )


class BotStatus(BaseModel):
    """How a bot stands. `account` is what the network calls it; `problem` says why it waits or has failed."""

    state: State
    account: str
    problem: Problem | None

    @classmethod
    def of(cls, status: Status) -> BotStatus:
        """Describe how it stands."""
        problem = Problem.of(status.error) if status.error else None
        return cls(state=status.state, account=status.account, problem=problem)


class BotShown(BaseModel):
    """A bot. `is_on`: it runs whenever Gesso serves. `events_path` is where Slack is to send its events, if it does."""

    name: str
    network: NetworkName
    persona: Persona
    connection: Connection
    is_on: bool
    created_at: str
    status: BotStatus
    keys: list[BotKeyShown]
    events_path: str | None

    @classmethod
    def of(cls, bot: Bot, status: Status, *, keys: list[KeyStatus]) -> BotShown:
        """Describe a bot."""
        is_events = bot.network == "slack" and bot.connection.is_events
        return cls(
            name=bot.name,
            network=bot.network,
            persona=bot.persona,
            connection=bot.connection,
            is_on=bot.is_on,
            created_at=bot.created_at,
            status=BotStatus.of(status),
            keys=[BotKeyShown.of(key) for key in keys],
            events_path=f"/bots/{bot.name}/slack" if is_events else None,
        )


class BotList(BaseModel):
    """All bots by name."""

    bots: list[BotShown]


class BotNetworkKey(BaseModel):
    """A key that a network gives out: what it calls it, and where it stands there."""

    name: str
    title: str
    help: str
    begin: str
    is_made: bool
    is_optional: bool


class BotNetwork(BaseModel):
    """A network that a bot can speak on. `url` is the page where one makes a bot there."""

    name: NetworkName
    title: str
    url: str
    most_characters: int
    keys: list[BotNetworkKey]

    @classmethod
    def of(cls, kind: Kind) -> BotNetwork:
        """Describe a network."""
        keys = [
            BotNetworkKey(
                name=key.name,
                title=key.title,
                help=key.help,
                begin=key.begin,
                is_made=key.is_made,
                is_optional=key.is_optional,
            )
            for key in kind.keys
        ]
        return cls(name=kind.name, title=kind.title, url=kind.url, most_characters=kind.most_characters, keys=keys)


class BotNetworkList(BaseModel):
    """All networks."""

    networks: list[BotNetwork]


class BotKey(Strict):
    """A key to keep in the system's keyring."""

    value: str = Field(min_length=1, max_length=5000)


class RehearsalLine(Strict):
    """Something that is said to a bot in rehearsal. `channel` keeps talks apart that go on side by side."""

    text: str = Field(max_length=20_000)
    author: _Word = "you"
    manner: Manner = "direct"
    channel: _Word = "rehearsal"


class BotNote(BaseModel):
    """Something that has happened in a conversation of a bot.

    heard: a message. waking: its model wakes, `text` is what it says of that. part: a piece of an answer that is being
    made. said: an answer. silent: there is none, `reason` says why. failed: `text` says what went wrong. state: how the
    bot stands now is in `reason`.
    """

    number: int
    at: str
    kind: NoteKind
    channel: str
    channel_name: str
    author: str
    text: str
    reason: Reason | str

    @classmethod
    def of(cls, note: Note) -> BotNote:
        """Describe a note."""
        return cls(
            number=note.number,
            at=note.at,
            kind=note.kind,
            channel=note.channel,
            channel_name=note.channel_name,
            author=note.author,
            text=note.text,
            reason=note.reason,
        )
