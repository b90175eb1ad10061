"""Account webhooks: what Meta tells a business about its templates, numbers and account."""

from typing import Any

from attrs import define

from ..config import ChannelConfig
from ..people.person import Person
from ..templates.registry import Template
from ..world import World
from .courier import Courier
from .payloads import Update, unix

Payload = dict[str, Any]


@define
class Notices:
    """Words and submits them; each is an entry of its own, with its time."""

    world: World
    courier: Courier

    def template_status(self, template: Template, event: str, reason: str) -> None:
        """A template has become something else."""
        value: Payload = {
            "event": event,
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            # Meta writes a hyphen here, where a send has an underscore.
            "message_template_language": template.language.replace("_", "-"),
            "reason": reason or "NONE",
            "message_template_category": template.category.upper(),
        }
        about = f"template {event} {template.name}"
        for waba in self._accounts_with(template):
            more = self._explained(event, reason)
            self._submit(waba, "message_template_status_update", value | more, about)

    def template_category(self, template: Template, old: str) -> None:
        """Meta has put a template into another category, which changes its price."""
        value = {
            "message_template_id": int(template.id),
            "message_template_name": template.name,
            "message_template_language": template.language.replace("_", "-"),
            "previous_category": old.upper(),
            "new_category": template.category.upper(),
        }
        for waba in self._accounts_with(template):
            self._submit(waba, "template_category_update", value, f"category {template.name}")

    def quality(self, channel: ChannelConfig, event: str) -> None:
        """The quality, the throughput or the limit of a number has changed."""
        tier = self.world.portfolios[channel.portfolio].tier
        value = {
            "display_phone_number": channel.number,
            "event": event,
            "max_daily_conversations_per_business": tier,
        }
        self._submit(channel.waba, "phone_number_quality_update", value, f"quality {event}")

    def account(self, waba: str, event: str, details: Payload) -> None:
        """Something has happened to an account."""
        self._submit(waba, "account_update", {"event": event} | details, f"account {event}")

    def preference(self, channel: ChannelConfig, person: Person, value: str) -> None:
        """A person no longer wants marketing messages, or wants them again."""
        who = self.world.identity(channel, person)
        known = {} if who.wa_id is None else {"wa_id": who.wa_id}
        entry = known | {
            "user_id": who.user_id,
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self.world.clock.now().timestamp()),
        }
        told = {"user_preferences": [entry]}
        self._submit(channel.waba, "user_preferences", told, f"preference {value}")

    def _accounts_with(self, template: Template) -> list[str]:
        if template.waba is not None:
            return [template.waba]
        return sorted({channel.waba for channel in self.world.channels.values()})

    def _explained(self, event: str, reason: str) -> Payload:
        match event:
            case "PAUSED":
                return {"other_info": {"title": "FIRST_PAUSE", "description": "Low quality"}}
            case "DISABLED":
                return {"disable_info": {"disable_date": unix(self.world.clock.now())}}
            case "REJECTED":
                advice = "Change the template and submit it again"
                return {"rejection_info": {"reason": reason, "recommendation": advice}}
            case _:
                return {}

    def _submit(self, waba: str, field: str, value: Payload, about: str) -> None:
        self.courier.submit(
            Update(
                waba=waba,
                phone_number_id="",
                kind=field,
                value=value,
                about=about,
                field=field,
                time=int(self.world.clock.now().timestamp()),
            )
        )
