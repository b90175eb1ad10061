"""A command executed by this process itself, because no `serve` holds the database."""

import time
from typing import Final

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import PURPOSE, TokenCipher
from kaisa_relay.accounts.commands import Command, Inspect, Result
from kaisa_relay.accounts.transactions import open_alone
from kaisa_relay.runtime.id_source import IdSource
from kaisa_relay.settings import Settings

NODE: Final = 255
"""The node number in the ids that commands give, apart from any serve's."""


async def execute_alone(settings: Settings, command: Command) -> Result:
    """Open the database, execute, close. Raises what opening it raises, and `SettingsError`."""
    # Who only looks must not upgrade a database under the feet of an older version.
    upgrade = not isinstance(command, Inspect)
    async with open_alone(settings.database_url, upgrade) as transactions:
        administration = Administration(
            store=transactions,
            cipher=lambda: TokenCipher.of(*settings.derived_keys(PURPOSE)),
            new_id=IdSource(time.time, NODE),
        )
        return await administration.execute(command)
