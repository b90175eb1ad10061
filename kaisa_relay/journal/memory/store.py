"""A store in memory: all ports over the same rows."""

from collections.abc import Callable
from typing import Self

from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.memory.archive import MemoryArchive
from kaisa_relay.journal.memory.boards import MemoryBoards
from kaisa_relay.journal.memory.commits import Commits, Fault
from kaisa_relay.journal.memory.directory import MemoryDirectory
from kaisa_relay.journal.memory.files import MemoryFiles
from kaisa_relay.journal.memory.following import MemoryFollowing
from kaisa_relay.journal.memory.inbox import MemoryInbox
from kaisa_relay.journal.memory.journal import MemoryJournal, MemorySends
from kaisa_relay.journal.memory.rows import Rows
from kaisa_relay.ports import Recorded
from kaisa_relay.runtime.clock import WallClock


@define(eq=False)
class MemoryStore:
    """Inbox, journal, outbox, directory and archive; tests look into `rows` and stir `commits`."""

    clock: WallClock
    new_id: Callable[[], int]
    rows: Rows = field(factory=Rows)
    commits: Commits = field(init=False)
    inbox: MemoryInbox = field(init=False)
    journal: MemoryJournal = field(init=False)
    sends: MemorySends = field(init=False)
    files: MemoryFiles = field(init=False)
    directory: MemoryDirectory = field(init=False)
    archive: MemoryArchive = field(init=False)
    following: MemoryFollowing = field(init=False)
    boards: MemoryBoards = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.commits = Commits(self.rows, self.clock, self.new_id)
        self.inbox = MemoryInbox(self.commits)
        self.journal = MemoryJournal(self.commits)
        self.sends = MemorySends(self.commits)
        self.files = MemoryFiles(self.commits)
        self.directory = MemoryDirectory(self.commits)
        self.archive = MemoryArchive(self.commits)
        self.boards = MemoryBoards(self.commits)
        self.following = MemoryFollowing(self.commits, self.archive)

    def fail_next(self, when: Fault | str = Fault.BEFORE, times: int = 1) -> None:
        """Have the next commits fail `before` or `after` they are durable."""
        self.commits.faults.extend([Fault(when)] * times)

    @property
    def away(self) -> bool:
        """Whether every call raises `StoreUnavailable`."""
        return self.commits.away

    @away.setter
    def away(self, away: bool) -> None:
        self.commits.away = away

    @property
    def latency(self) -> float:
        """Virtual seconds that every call takes."""
        return self.commits.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.commits.latency = seconds

    @property
    def fenced(self) -> set[WorkspaceId]:
        """The workspaces whose appends raise `Fenced`."""
        return self.commits.fenced

    def restart(self) -> Self:
        """Return a store over the same rows as a new process has it: no subscribers, no faults."""
        return type(self)(self.clock, self.new_id, self.rows)

    def events(self, workspace: WorkspaceId) -> list[Recorded]:
        """Return everything that happened in a workspace, by sequence number."""
        found = [
            recorded
            for (owner, _), history in self.rows.streams.items()
            if owner == workspace
            for recorded in history
        ]
        return sorted(found, key=lambda recorded: recorded.seq)
