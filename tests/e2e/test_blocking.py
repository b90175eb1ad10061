"""Somebody is blocked and let back in, through real processes: phones, API and command line."""

import os
import sys
from pathlib import Path

import trio

from kaisa_relay.cli.demo.relay import Conversation
from tests.e2e.house import House, house
from tests.e2e.play import CREATE, Steps, begin, pairs, reserve
from tests.store.databases import sqlite_database


async def command(built: House, *arguments: str) -> str:
    """Run `kaisa-relay` beside the running serve; return what it prints."""
    settings = {"KAISA_DATABASE_URL": built.config.database_url}
    done = await trio.run_process(
        (sys.executable, "-m", "kaisa_relay", *arguments),
        capture_stdout=True,
        env={**os.environ, **settings},
    )
    return done.stdout.decode()


async def test_blocked_and_let_back_in(tmp_path: Path) -> None:
    """The agent is left in peace, also across a restart; the operator's word ends it."""
    with sqlite_database() as url:
        async with house(url, tmp_path) as built:
            (pair,) = pairs(1)
            chat = await begin(built, pair, Steps())
            headers = {"Authorization": f"Bearer {built.clients.key}"}
            await chat.agent.phone.write(chat.agent.channel, "/block")
            await chat.agent.phone.wait_for(lambda arrival: "is blocked" in arrival.text)
            await chat.visitor.phone.wait_for(lambda arrival: "has now ended" in arrival.text)
            heard = len(chat.agent.phone.arrivals), len(chat.visitor.phone.arrivals)
            await built.stop()
            await built.start()
            await chat.visitor.write(built, "you will hear from me")
            await chat.visitor.all_ticked(built)
            listed = (await built.clients.http.get("/blocks", headers=headers)).json()["items"]
            assert [each["conversation"] for each in listed] == [chat.conversation.id]
            form = {
                "visitor": {"name": pair.visitor.name, "phone": pair.visitor.number},
                "agents": [{"name": pair.agent.name, "phone": pair.agent.number}],
            }
            refused = await built.clients.http.post(CREATE, json=form, headers=headers)
            assert (refused.status_code, refused.json()["type"]) == (
                409,
                "/problems/visitor-blocked",
            )
            assert (len(chat.agent.phone.arrivals), len(chat.visitor.phone.arrivals)) == heard
            on = ("--workspace", "house")
            assert pair.visitor.number in await command(built, "block", "list", *on)
            await command(built, "block", "remove", *on, pair.visitor.number)
            assert await command(built, "block", "list", *on, "--json") == "[]\n"
            assert isinstance(await reserve(built, pair), Conversation)
