"""One call of an operator's command to Graph, and what is made of a refusal.

Rule 1: no token and nothing of Meta's free text is repeated, only codes and our own words.
"""

from collections.abc import Mapping
from typing import Any, Final

import httpx
from attrs import frozen

from kaisa_relay.cli.finding import Finding, problem

_TOKEN_CODES: Final = frozenset({0, 190})
"""Cloud API: the token is invalid, expired or taken back."""
_UNSEEN_CODES: Final = frozenset({3, 10, 100, 200})
"""Cloud API: no such object, or the token may not see it."""
_LIMIT_CODES: Final = frozenset({4, 17, 32, 613, 80007})
"""Cloud API: too many calls, 200 an hour for each account or 100 templates made."""
_NEW_TOKEN: Final = (
    "make a new token in Meta Business, then: kaisa-relay channel token --channel ID "
    "--token-file FILE"
)
_NETWORK: Final = "check KAISA_GRAPH_URL, KAISA_GRAPH_VERSION, the network and any proxy"


@frozen
class GraphCalls:
    """Graph at `base` (with its version)."""

    client: httpx.AsyncClient
    base: str

    async def get(self, path: str, token: str, **params: str) -> Mapping[str, Any] | Finding:
        """Return what Graph shows, or why it does not, as a finding without a subject."""
        return await self._call("GET", path, token, params=params)

    async def post(
        self, path: str, token: str, body: Mapping[str, object]
    ) -> Mapping[str, Any] | Finding:
        """Return what Graph answers to a change, or why it refuses it."""
        return await self._call("POST", path, token, json=body)

    async def _call(
        self, method: str, path: str, token: str, **what: Any
    ) -> Mapping[str, Any] | Finding:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self.client.request(
                method, f"{self.base}/{path}", headers=headers, **what
            )
            body = answer.json()
        except httpx.TransportError as reason:
            return problem("", f"Graph cannot be reached ({type(reason).__name__})", _NETWORK)
        except ValueError:
            return problem("", "what answered is not Graph (no JSON)", _NETWORK)
        if answer.is_success and isinstance(body, dict):
            return body
        return _refusal(answer.status_code, body)


def about(subject: str, finding: Finding) -> Finding:
    """Return the finding with its subject."""
    return Finding(finding.level, subject, finding.says, finding.advice)


def _refusal(status: int, body: object) -> Finding:
    error = body.get("error") if isinstance(body, dict) else None
    code = _number(error, "code")
    seen = f"Graph refused (HTTP {status}, code {'unknown' if code is None else code})"
    if code in _TOKEN_CODES:
        return problem("", f"{seen}: the token is not valid", _NEW_TOKEN)
    if code in _UNSEEN_CODES:
        return problem(
            "",
            f"{seen}: no such id, or the token may not use it",
            "compare the id with Meta's (kaisa-relay channel set corrects it); the token needs "
            "whatsapp_business_messaging, and whatsapp_business_management for templates",
        )
    if code in _LIMIT_CODES:
        return problem("", f"{seen}: too many calls", "wait an hour, then run it again")
    return problem("", seen, "look the code up in Meta's list of error codes; try again later")


def _number(error: object, key: str) -> int | None:
    found = error.get(key) if isinstance(error, dict) else None
    return found if isinstance(found, int) else None
