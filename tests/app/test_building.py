"""The relay's parts, put together and asked at once."""

from pathlib import Path

import trio

from kaisa_relay.accounts.commands import AddChannel, AddWorkspace, WorkspaceFacts
from kaisa_relay.actors.desk import ActorsDesk
from kaisa_relay.app import relay
from kaisa_relay.domain.ids import WORKSPACE, WorkspaceId, from_text
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import FormPerson, NewConversation, Reservation
from kaisa_relay.settings import load
from tests.store.databases import sqlite_database

VISITOR = FormPerson("Vera Visitor", Phone("+46701740601"), "en")
AGENT = FormPerson("Anna Agent", Phone("+46701740602"), "en")


async def test_a_new_workspace_serves_from_the_moment_it_is_there(tmp_path: Path) -> None:
    """The actors of what an operator has just added are not waited for."""
    with sqlite_database() as url:
        given = {"KAISA_DATABASE_URL": url, "KAISA_FILES_DIR": str(tmp_path)}
        secrets = {"KAISA_APP_SECRET": "a", "KAISA_VERIFY_TOKEN": "v", "KAISA_SECRET_KEY": "k" * 32}
        async with relay(load(given | secrets, None)) as built, trio.open_nursery() as actors:
            await actors.start(built.actors.run)
            administration = built.administration()
            added = await administration.execute(AddWorkspace("acme"))
            assert isinstance(added, WorkspaceFacts)
            await administration.execute(AddChannel("acme", "1001", "+46701740603", "token"))
            workspace = WorkspaceId(from_text(WORKSPACE, added.id) or 0)
            desk = ActorsDesk(built.context)
            answer = await desk.reserve(workspace, NewConversation(VISITOR, (AGENT,)))
            assert isinstance(answer, Reservation)
            actors.cancel_scope.cancel()
