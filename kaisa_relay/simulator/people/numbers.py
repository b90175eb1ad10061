"""Phone numbers the way WhatsApp treats them: digits, calling codes, and the three countries
with two spellings.
"""

import re

# Calling codes of two digits; those of one are 1 and 7, all others have three.
_TWO_DIGITS = re.compile(r"20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")

# Only the prefix of a made-up BSUID depends on these; an unknown code reads as the United States.
_COUNTRIES = {
    "1": "US", "27": "ZA", "31": "NL", "33": "FR", "34": "ES", "358": "FI", "39": "IT",
    "41": "CH", "44": "GB", "45": "DK", "46": "SE", "47": "NO", "48": "PL", "49": "DE",
    "51": "PE", "52": "MX", "54": "AR", "55": "BR", "56": "CL", "57": "CO", "62": "ID",
    "7": "RU", "90": "TR", "91": "IN", "971": "AE",
}  # fmt: skip

_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def digits(number: str) -> str:
    """The digits of a number typed with any of `+ - ( )`, dots and spaces."""
    return re.sub(r"\D", "", number)


def is_bsuid(text: str) -> bool:
    """Whether `text` has the form of a business-scoped user id."""
    return _BSUID.fullmatch(text) is not None


def calling_code(number: str) -> str:
    """The calling code that `number` (digits with the code) begins with."""
    if number[:1] in ("1", "7"):
        return number[0]
    return number[:2] if _TWO_DIGITS.match(number) else number[:3]


def country(number: str) -> str:
    """The ISO country that the BSUID of this number starts with."""
    return _COUNTRIES.get(calling_code(number), "US")


def read_recipient(typed: str, channel_number: str) -> str:
    """What Meta reads `to` as: with `+` as it stands, otherwise behind the channel's own calling
    code.
    """
    if typed.strip().startswith("+"):
        return digits(typed)
    return calling_code(channel_number) + digits(typed)


def spellings(number: str) -> tuple[str, ...]:
    """`number` and its other spelling, if it lies in Brazil, Mexico or Argentina (digits)."""
    return (number, *_other_spellings(number))


def _other_spellings(number: str) -> tuple[str, ...]:
    match number[:2], len(number):
        case "55", 13 if number[4] == "9":
            return (number[:4] + number[5:],)
        case "55", 12 if number[4] in "6789":
            return (number[:4] + "9" + number[4:],)
        case "52", 13 if number[2] == "1":
            return ("52" + number[3:],)
        case "52", 12:
            return ("521" + number[2:],)
        case "54", 13 if number[2] == "9":
            return ("54" + number[3:],)
        case "54", 12:
            return ("549" + number[2:],)
        case _:
            return ()
