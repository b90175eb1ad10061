"""People who become somebody else to the business: a new number, a new user id."""

from attrs import define, evolve

from ..config import ChannelConfig
from ..world import World
from .handset import Handsets
from .person import Identity, Person


@define
class Identities:
    """Changes who a person is, and tells every channel that has a chat with them."""

    handsets: Handsets

    def change_number(self, person: Person, number: str) -> list[str]:
        """Move a person with their chats to another number (digits); the wamids of the notices."""
        world, old = self.handsets.world, person.wa_id
        before = self._seen(person)
        move_person(world, person, number)
        done = []
        for channel, was in before:
            now = world.identity(channel, person)
            system = {
                "body": f"{person.name} changed from {old} to {number}",
                "type": "user_changed_number",
                "wa_id": number if was.wa_id is not None else None,
                "user_id": now.user_id,
                "previous_user_id": was.user_id,
            }
            done.append(self._tell(channel, was, person, system))
        return done

    def change_user_id(self, person: Person, user_id: str | None) -> list[str]:
        """Give a person another BSUID (None: a derived one); the wamids of the notices."""
        before = self._seen(person)
        person.user_id = user_id
        person.generation += 1
        done = []
        for channel, was in before:
            system = {
                "body": f"{person.name} has a new user id",
                "type": "user_changed_user_id",
                "user_id": person.user_id_in(channel.portfolio),
                "previous_user_id": was.user_id,
            }
            nameless = Identity(was.name, None, None, None)
            done.append(self._tell(channel, nameless, person, system))
        return done

    def _seen(self, person: Person) -> list[tuple[ChannelConfig, Identity]]:
        world = self.handsets.world
        names = [name for name, _ in world.chats.with_person(person.wa_id)]
        channels = [world.channels[name] for name in names if name in world.channels]
        return [(channel, world.identity(channel, person)) for channel in channels]

    def _tell(
        self,
        channel: ChannelConfig,
        who: Identity,
        person: Person,
        system: dict[str, str | None],
    ) -> str:
        wamid = self.handsets.world.new_wamid(channel.number)
        known = {name: value for name, value in system.items() if value is not None}
        message = {"id": wamid, "type": "system", "system": known}
        self.handsets.announce(channel, who, message, (channel.phone_number_id, person.wa_id))
        return wamid


def move_person(world: World, person: Person, number: str) -> None:
    """Everything that goes by a person's number, under the new one."""
    old = person.wa_id
    world.people.renumber(person, number)
    for times in (world.windows, world.shared, world.meters.pairs, world.ledger.entries):
        for channel, wa_id in [key for key in times if key[1] == old]:
            times[channel, number] = times.pop((channel, wa_id))
    for wamid, heard in world.heard.items():
        if heard.wa_id == old:
            world.heard[wamid] = evolve(heard, wa_id=number)
    world.chats.move(old, number)
    world.feed.tell("number", old, number=number)
