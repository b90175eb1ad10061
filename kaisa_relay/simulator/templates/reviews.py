"""Meta's review of templates, and what becomes of a template later."""

from functools import partial

from attrs import define, evolve

from ..agenda import Agenda
from ..config import Timing
from ..faults import Faults
from ..webhooks.notices import Notices
from ..world import World
from .registry import Template


@define
class Reviews:
    """Decides about templates by itself or by hand, and has the business told."""

    world: World
    agenda: Agenda
    faults: Faults
    notices: Notices
    timing: Timing

    def submit(self, template: Template) -> None:
        """Take a new template up; the switch `review` says what comes of it."""
        verdict = {"approve": "approved", "reject": "rejected"}.get(self.faults.switches.review)
        if verdict is not None:
            reason = "" if verdict == "approved" else "INVALID_FORMAT"
            later = partial(self._decide, template, verdict, reason)
            self.agenda.after(self.timing.review_after, later)

    def _decide(self, template: Template, verdict: str, reason: str) -> None:
        current = self.world.templates.get(template.key)
        if current is not None and current.id == template.id and current.status == "pending":
            self.become(current, verdict, reason)

    def become(self, template: Template, status: str, reason: str) -> Template:
        """Give a template another status (lower case)."""
        rejected = (reason or "NONE") if status == "rejected" else "NONE"
        changed = self.world.templates.put(
            evolve(template, status=status, rejected_reason=rejected)
        )
        self.notices.template_status(changed, status.upper(), reason)
        return changed

    def recategorise(self, template: Template, category: str) -> Template:
        """Give a template another category (lower case)."""
        changed = self.world.templates.put(evolve(template, category=category))
        self.notices.template_category(changed, template.category)
        return changed
