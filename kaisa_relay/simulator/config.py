"""What a simulator is started with: channels, people, templates, timing."""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

APP_SECRET: Final = "sim-app-secret"
VERIFY_TOKEN: Final = "sim-verify-token"
"""What the simulator takes when it is given no other; none of these protects anything."""


@frozen
class ChannelConfig:
    """A business number.

    `number` is digits with or without `+`; `throughput` is messages per second, in and out
    together. A test number has `test_recipients` and reaches nobody else. `coexistence` is a number
    that the WhatsApp Business app uses too: it hears of edits and deletions.
    """

    phone_number_id: str
    number: str
    token: str = "sim-token"
    waba: str = "waba-1"
    portfolio: str = "portfolio-1"
    verified_name: str = "Simulated business"
    throughput: int = 80
    coexistence: bool = False
    test_recipients: tuple[str, ...] | None = None


@frozen
class PersonConfig:
    """A person with a phone.

    `user_id` None means one derived per portfolio, "" means none at all.
    """

    number: str
    name: str = ""
    user_id: str | None = None
    username: str | None = None
    online: bool = True
    auto_read: bool = True


@frozen
class TemplateText:
    """One language of a template: the body with `{{1}}` or `{{name}}` in it, and the quick
    replies' labels. `header` is a text, or one of the media formats (IMAGE, VIDEO, DOCUMENT).
    """

    body: str
    buttons: tuple[str, ...] = ()
    header: str = ""
    footer: str = ""


@frozen
class TemplateConfig:
    """A template.

    Without `waba` it belongs to every one. `parameter_names` makes it a named template.
    """

    name: str
    texts: Mapping[str, TemplateText]
    parameters: int = 0
    parameter_names: tuple[str, ...] = ()
    category: str = "utility"
    status: str = "approved"
    waba: str | None = None


@frozen
class Timing:
    """Seconds on the simulator's clock. Statuses count from the acceptance of the send, a
    template's review from its creation.
    """

    sent_after: float = 0.005
    delivered_after: float = 0.01
    read_after: float = 0.02
    review_after: float = 1.0
    batch_wait: float = 0.02
    webhook_timeout: float = 10.0
    retry_delays: tuple[float, ...] = (0.05, 0.2, 0.5, 1, 2, 5, 10, 30)
    retry_for: float = 3600.0


KAISA_OFFER = TemplateConfig(
    name="kaisa_offer",
    parameters=2,
    texts={
        "en": TemplateText(
            "Hello, {{1}} would like to talk to you: {{2}}. Can you take it?", ("Accept", "Decline")
        ),
        "sv": TemplateText(
            "Hej, {{1}} vill prata med dig: {{2}}. Kan du ta det?", ("Acceptera", "Avböj")
        ),
        "es": TemplateText(
            "Hola, {{1}} quiere hablar contigo: {{2}}. ¿Puedes atender?", ("Aceptar", "Rechazar")
        ),
    },
)


@frozen
class SimulatorConfig:
    """Everything the simulator is told at its start; the rest comes over `/_sim`.

    `media_bytes` bounds what its media take on disk: the oldest go first.
    """

    bind: str = "127.0.0.1:0"
    app_secret: str = field(default=APP_SECRET, repr=False)
    webhook_url: str | None = None
    verify_token: str = field(default=VERIFY_TOKEN, repr=False)
    channels: tuple[ChannelConfig, ...] = ()
    people: tuple[PersonConfig, ...] = ()
    templates: tuple[TemplateConfig, ...] = (KAISA_OFFER,)
    timing: Timing = Timing()
    webhook_parallel: int = 16
    media_bytes: int = 1 << 30
    require_subscription: bool = False
    seed: int = 0
