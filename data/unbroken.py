"""Dates that stay on one line, whoever wrote them: the program or a person."""

import re

NO_BREAK = "\u00a0"
"""A space at which no line is broken; on paper it stays, on a screen it is drawn as a space."""

_WEEKDAYS = (
    "ma(?:andag)?|di(?:nsdag)?|wo(?:ensdag)?|do(?:nderdag)?|vr(?:ijdag)?|za(?:terdag)?|zo(?:ndag)?|"
    "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_MONTHS = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|mrt|maart|mar(?:ch)?|apr(?:il)?|mei|may|june?|juni|july?|juli|"
    "aug(?:ustus|ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b(?:(?:{_WEEKDAYS}) )?[0-3]?\d (?:{_MONTHS})\b(?: (?:19|20)\d\d\b)?(?: [0-2]\d:[0-5]\d\b)?", re.IGNORECASE
)


def unbroken(text: str) -> str:
    """Return a text, as long as it was, with no-break spaces within its dates: `ma 17 nov 2026`, `17 november`."""
    if not any(character.isdigit() for character in text):
        return text
    return _DATE.sub(lambda found: found[0].replace(" ", NO_BREAK), text)
