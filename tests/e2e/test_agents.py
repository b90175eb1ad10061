"""Agents who go and come back, through the real process and the simulator."""

from pathlib import Path
from typing import Any

import trio
from sqlalchemy import select

from kaisa_relay.store.tables import api_key
from tests.e2e.house import House, house
from tests.e2e.ledger import engine_of
from tests.e2e.play import Chat, Steps, begin, pairs
from tests.store.databases import sqlite_database


async def agent_of(built: House) -> dict[str, Any]:
    """Return the one agent as the API shows them."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    answer = await built.clients.http.get("/agents", headers=headers)
    (agent,) = answer.json()["items"]
    return dict(agent)


def last_used(url: str) -> object:
    """Return when the key was last used, as the database has it."""
    engine = engine_of(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(select(api_key.c.last_used_at))
    finally:
        engine.dispose()


async def told(chat: Chat, command: str, answer: str) -> None:
    """The agent types a command and reads the answer to it."""
    phone = chat.agent.phone
    seen = len(phone.arrivals)
    await phone.write(chat.conversation.channel.phone, command)
    with trio.fail_after(20):
        await phone.wait_for(lambda arrival: arrival.text.startswith(answer), seen)


async def test_an_agent_goes_off_and_the_chat_goes_on(tmp_path: Path) -> None:
    """Presence and load in the API, answers on the phone, and a restart in between."""
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            (pair,) = pairs(1)
            chat = await begin(built, pair, Steps())
            assert (await agent_of(built))["load"] == 1
            await told(chat, "/off", "You get no new chats until you send /on.")
            assert (await agent_of(built))["presence"] == "away"
            await built.stop()
            assert await trio.to_thread.run_sync(last_used, built.config.database_url) is not None
            await built.start()
            assert (await agent_of(built))["presence"] == "away"
            await chat.visitor.write(built, "still there")
            await chat.visitor.all_ticked(built)
            await told(chat, "/status", "Your open chats: 1")
            await told(chat, "/on", "Welcome back!")
            assert (await agent_of(built))["presence"] == "available"
