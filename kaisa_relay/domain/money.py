"""What a deal is worth, as an agent types it: `12 000 kr`, `12.000,50 EUR`, `$1,200`.

Rule 1: an amount without a currency counts only where nothing else is said: "2 cars" is no price.
Rule 2: a separator before three digits groups thousands, before one or two it begins the decimals.
"""

import re
from decimal import Decimal
from typing import Final

from attrs import frozen


@frozen
class Money:
    """An amount; `currency` is its ISO 4217 code, None where none was said."""

    amount: Decimal
    currency: str | None = None

    @property
    def number(self) -> int | float:
        """The amount as JSON has it."""
        whole = int(self.amount)
        return whole if whole == self.amount else float(self.amount)


SIGNS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "zł": "PLN", "kr": "SEK"}
"""`kr` is Swedish here: whoever means others says NOK, DKK or ISK."""
CODES: Final = (
    "AED|ARS|AUD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|MYR|"
    "NOK|NZD|PEN|PHP|PLN|RON|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|UYU|VND|ZAR"
)
MOST: Final = Decimal(10) ** 12

_SPACE: Final = "[ \u00a0\u202f]"
_GROUPED: Final = rf"[1-9]\d{{0,2}}(?:(?P<by>{_SPACE}|[.,'’])\d{{3}})(?:(?P=by)\d{{3}})*"
_NUMBER: Final = rf"(?P<whole>{_GROUPED}|\d+)(?:[.,](?P<part>\d{{1,2}}|-))?(?!\d)(?![.,]\d)"
_UNIT: Final = rf"{'|'.join(map(re.escape, SIGNS))}|{CODES}"
_PRICE: Final = re.compile(
    rf"(?:(?P<before>{_UNIT}){_SPACE}?)?{_NUMBER}(?:{_SPACE}?(?P<after>{_UNIT})(?!\w))?",
    re.IGNORECASE | re.ASCII,
)


def read_money(text: str) -> Money | None:
    """Return the amount with which a text begins; None where it begins with none."""
    stripped = text.strip()
    found = _PRICE.match(stripped)
    if found is None:
        return None
    unit = found["before"] or found["after"]
    rest = stripped[found.end() :].strip(".!")
    if rest and (unit is None or not re.match(r"[\s.,;:)]", rest)):
        return None
    part = (found["part"] or "").strip("-")
    amount = Decimal(f"{re.sub(r'[^0-9]', '', found['whole'])}.{part or 0}").normalize()
    if amount > MOST:
        return None
    return Money(amount, None if unit is None else SIGNS.get(unit.lower(), unit.upper()))
