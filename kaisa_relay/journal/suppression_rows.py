"""What changes do to the suppression list."""

from typing import Final, assert_never

from kaisa_relay.domain.engagement.suppression import HEARSAY
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, first_wins
from kaisa_relay.ports.suppressing import Allow, Suppress
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros


def suppression_parts(unit: Unit, change: Suppress | Allow) -> list[Part]:
    """Return the rows of a change."""
    way, address = change.address.way.value, change.address.text
    match change:
        case Suppress(id=id, source=source, at=at):
            row = (unit.workspace, way, address, id, source.value, to_micros(at))
            return [Part(SUPPRESS, change, [row])]
        case Allow():
            return [Part(ALLOW, change, [(unit.workspace, way, address)])]
        case _:
            assert_never(change)


_HEARSAY: Final = ", ".join(f"'{each.value}'" for each in sorted(HEARSAY))

SUPPRESS: Final = Write(
    Bulk(
        f"""insert into suppression (workspace, way, address, id, source, at)
        select v.workspace, v.way, v.address, v.id, v.source, v.at from {{rows}} where true
        on conflict (workspace, way, address) do update set source = excluded.source
        where suppression.source in ({_HEARSAY}) and excluded.source not in ({_HEARSAY})""",
        workspace=int,
        way=str,
        address=str,
        id=int,
        source=str,
        at=int,
    ),
    squeeze=first_wins(3),
)

ALLOW: Final = Write(
    Bulk(
        """delete from suppression where (workspace, way, address) in
        (select v.workspace, v.way, v.address from {rows})""",
        workspace=int,
        way=str,
        address=str,
    )
)
