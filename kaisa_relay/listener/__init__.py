"""A lean HTTP/1.1 server on Trio, for small requests that are handed whole to one handler.

Rule 1: it knows HTTP/1.1 and nothing of who listens.
Rule 2: what cannot be read in exactly one way is refused, and the connection ends.

TLS, HTTP/2 and compression are the proxy's; large, streamed or long-polled answers are Hypercorn's.
"""

from kaisa_relay.listener.answers import refuse_plainly
from kaisa_relay.listener.limits import Limits, Patience
from kaisa_relay.listener.listening import Listener, Statistics
from kaisa_relay.listener.messages import Handler, Refusal, Request, Respond, Response, Sizes

__all__ = [
    "Handler",
    "Limits",
    "Listener",
    "Patience",
    "Refusal",
    "Request",
    "Respond",
    "Response",
    "Sizes",
    "Statistics",
    "refuse_plainly",
]
