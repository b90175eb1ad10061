"""Supervisors who sign in, in memory; what the API is tested against."""

from datetime import timedelta

from attrs import define, field

from kaisa_relay.ports.users import LockedOut, Role, Session, SignedIn, WrongSignIn
from tests.api.rows import EPOCH, OURS

PASSWORD = "correct horse battery"


@define
class MemoryUsers:
    """One account for each role, named like it; sessions are numbered."""

    sessions: dict[str, Session] = field(factory=dict)
    locked: float = 0.0
    begun: int = 0
    looked_up: int = 0

    async def sign_in(
        self, name: str, password: str, address: str, device: str | None = None
    ) -> SignedIn | WrongSignIn | LockedOut:
        """Begin a session."""
        if self.locked and device is None:
            return LockedOut(self.locked)
        if name not in set(Role) or password != PASSWORD:
            return WrongSignIn()
        self.begun += 1
        role = Role(name)
        session = Session(7, OURS, name, role, EPOCH + timedelta(hours=12))
        self.sessions[f"token-{self.begun}"] = session
        return SignedIn(session, f"token-{self.begun}", f"device-{self.begun}")

    async def session(self, token: str) -> Session | None:
        """Return the session of a token."""
        self.looked_up += 1
        return self.sessions.get(token)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        self.sessions.pop(token, None)
