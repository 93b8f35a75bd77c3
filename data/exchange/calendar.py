"""What is due, as a calendar that other programs read (iCalendar, RFC 5545): whole days, and no pupil's name."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from ..clean import clean_line
from ..register.agenda import Due, title_of


def to_calendar(due: Iterable[Due], tr: Callable[[str], str], *, now: datetime, name: str, vault: bytes) -> bytes:
    """Return a calendar of what is due. `now` is its date of making, `name` what it calls itself.

    An event keeps its id from one export to the next, as long as its day does: a calendar that is read again gets no
    second one. `vault` is the id of the school's file, so that two schools' events never meet.
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - half a tenth of a second, for who exports

    calendar = Calendar()
    calendar.add("prodid", "-//pesttui//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", clean_line(name))
    for one in due:
        event = Event()
        key = "|".join((one.case.code, one.kind, str(one.step), one.title, one.date.isoformat()))
        event.add("uid", f"{hashlib.sha256(vault + key.encode()).hexdigest()[:32]}@pesttui")
        event.add("dtstamp", now)
        event.add("dtstart", one.date)
        event.add("summary", clean_line(f"{one.case.code} {title_of(one, tr)}"))
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
