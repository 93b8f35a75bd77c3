"""Moments as teachers type them: `nu`, `10:42`, `gisteren 14:15`, `di 9:05`, `10 min geleden`, `19-11 12:05`."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

from .clean import clean_line
from .errors import N_, UsageError

_NOW = {"", "nu", "now"}
_DAYS = {"vandaag": 0, "today": 0, "gisteren": 1, "yesterday": 1, "eergisteren": 2}
_AGO = re.compile(r"(\d{1,3}) ?(?:(m|min|minuten|minutes)\.?(?: (?:geleden|ago))?|(u|uur|h|hours?)\.? (?:geleden|ago))")
_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_MONTHS_ALIKE = {
    **{month: at for at, month in enumerate(_MONTHS, 1)},
    **{"mar": 3, "maa": 3, "may": 5, "oct": 10},
}
_MONTHS_IN_FULL = (
    *("januari", "februari", "maart", "mrt", "april", "mei", "juni", "juli", "augustus", "september", "sept"),
    *("oktober", "november", "december"),
    *("january", "february", "march", "may", "june", "july", "august", "october"),
)
_DAY_AND_WORD = re.compile(r"(\d{1,2}) ([a-z]+)")
_WEEKDAYS = (
    ("ma", "maandag", "mon", "monday"),
    ("di", "dinsdag", "tue", "tuesday"),
    ("wo", "woensdag", "wed", "wednesday"),
    ("do", "donderdag", "thu", "thursday"),
    ("vr", "vrijdag", "fri", "friday"),
    ("za", "zaterdag", "sat", "saturday"),
    ("zo", "zondag", "sun", "sunday"),
)
_COMING = {"vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2}
_AHEAD = re.compile(r"(?:over|in|\+) ?(\d{1,3}|een|a|one|één) ?(d|dag|dagen|days?|w|week|weken|weeks?)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILLING = {"om", "uur", "at", "op", "on"}
_BEFORE = {"vorige", "afgelopen", "last"}
_WEEK = {"week"}
_DATE = re.compile(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?")
_TIME = re.compile(r"(\d{1,2})[:.u](\d{2})")


class Unclear(UsageError):
    """A moment that cannot be understood."""


def parse_moment(typed: str, now: datetime) -> datetime:
    """Return the moment that was typed, in the local zone; a time alone is of today, a day without a year the last.

    Raises Unclear when it cannot be understood, UsageError when it is still to come.
    """
    text = clean_line(typed, 60).lower()
    if text in _NOW:
        return now
    if ago := _AGO.fullmatch(text):
        count = int(ago[1])
        return now - (timedelta(minutes=count) if ago[2] else timedelta(hours=count))
    # `19 nov`, as the program itself writes it
    text = re.sub(r"(\d{1,2}) (" + "|".join(_MONTHS) + r")\b", lambda m: f"{m[1]}-{_MONTHS.index(m[2]) + 1}", text)
    day, clock = _day_and_time(text, now)
    if day > now.date():
        raise _to_come()
    if clock is None:
        clock = (now.hour, now.minute) if day == now.date() else (12, 0)
    try:
        # A local time is put into the zone anew: yesterday may have had another offset. Of an hour that the end of
        # summer time repeats, the last one that has been is meant.
        moment, second = (datetime(day.year, day.month, day.day, *clock, fold=at).astimezone() for at in (0, 1))
        if second <= now and second.time() == moment.time():
            moment = second
    except (ValueError, OverflowError):  # the first and last day of the calendar have no other zone beside them
        raise _unclear() from None
    if moment > now:
        raise _to_come()
    return moment


def _day_and_time(text: str, now: datetime) -> tuple[date, tuple[int, int] | None]:
    """Return the day that a text names, today if none, and the time, if it names one."""
    day, clock = now.date(), None
    weekday, back, text = _split_past_weekday(text)
    if weekday is not None:
        day = _past_weekday(now.date(), weekday, back)
    for part in text.split():
        if part in _FILLING:
            continue
        if part in _DAYS and weekday is None:
            day = now.date() - timedelta(days=_DAYS[part])
        elif (found := _DATE.fullmatch(part)) and weekday is None:
            day = _day(now, int(found[1]), int(found[2]), found[3])
        elif (found := _TIME.fullmatch(part)) and int(found[1]) < 24 and int(found[2]) < 60:
            clock = (int(found[1]), int(found[2]))
        else:
            raise _unclear()
    return day, clock


def _split_past_weekday(text: str) -> tuple[int | None, str, str]:
    """Return the weekday that a text names (Monday is 0), `week` or `last` where it says so, and the rest."""
    words, back = text.replace(",", " ").split(), ""
    names = {name: at for at, names in enumerate(_WEEKDAYS) for name in names}
    at = next((at for at, word in enumerate(words) if word in names), None)
    if at is None:
        return None, "", text
    weekday = names[words.pop(at)]
    if words and words[0] in _BEFORE:
        back = "week" if words[1:2] and words[1] in _WEEK else "last"
        words = words[2 if back == "week" else 1 :]
    return weekday, back, " ".join(words)


def _past_weekday(today: date, weekday: int, back: str) -> date:
    """Return the last day of that name, today too; with `last` before today, with `week` in the week before this."""
    if back == "week":
        return today - timedelta(days=today.weekday() + 7 - weekday)
    days = (today.weekday() - weekday) % 7
    return today - timedelta(days=days or (7 if back else 0))


def _day(now: datetime, day: int, month: int, year: str | None) -> date:
    try:
        found = now.replace(day=1, month=month, year=int(year) if year else now.year).replace(day=day)
        if year is None and found.date() > now.date():
            found = found.replace(year=found.year - 1)
    except ValueError:
        raise _unclear() from None
    return found.date()


def _to_come() -> UsageError:
    return UsageError(N_("That moment is still to come. When did it happen?"))


def _unclear() -> Unclear:
    return Unclear(N_("When was it? For example: now, 10:42, yesterday 14:15, 19-11 12:05."))


def parse_ahead(typed: str, today: date) -> date | None:
    """Return the day that was typed, today or later: `do 3 dec`, `over 2 weken`, `morgen`; None for nothing.

    A day without a year is the next one of that name; one with a year may be past. Raises UsageError when it cannot
    be understood.
    """
    text = clean_line(typed, 60).lower().replace(".", "")
    if not text:
        return None
    if found := _AHEAD.fullmatch(text):
        count = int(found[1]) if found[1].isdigit() else 1
        return today + timedelta(days=count * (7 if found[2].startswith("w") else 1))
    if text in _COMING:
        return today + timedelta(days=_COMING[text])
    weekday, text = _split_weekday(text)
    if weekday is not None and not text:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    text = re.sub(r"(\d{1,2}) (" + "|".join(_MONTHS_ALIKE) + r")\w*", _in_figures, text).replace(" ", "-")
    day = _ISO.fullmatch(text) or _DATE.fullmatch(text)
    if day is None:
        raise _unclear_day()
    try:
        if day.re is _ISO:
            return date.fromisoformat(text)
        coming = today.replace(day=1, month=int(day[2]), year=int(day[3] or today.year)).replace(day=int(day[1]))
        past = day[3] is None and coming < today
        return coming.replace(year=coming.year + 1) if past else coming
    except ValueError:
        raise _unclear_day() from None


def _in_figures(found: re.Match[str]) -> str:
    return f"{found[1]}-{_MONTHS_ALIKE[found[2]]}"


def _split_weekday(text: str) -> tuple[int | None, str]:
    """Return the weekday that a text begins with (Monday is 0), and the rest."""
    first, _, rest = text.partition(" ")
    at = next((at for at, names in enumerate(_WEEKDAYS) if first in names), None)
    return (at, rest) if at is not None else (None, text)


def _unclear_day() -> UsageError:
    return UsageError(N_("Which day? For example: 3 dec, thursday, in 2 weeks, 3-12-2026."))


def parse_past_day(typed: str, today: date) -> date:
    """Return the day that was typed: `gisteren`, `maandag`, `1-9`, `17 nov`, `17 november 2026`, `2026-11-17`.

    A day without a year is the last one of that name; one with a year may be still to come. Raises Unclear.
    """
    text = clean_line(typed, 60).lower().replace(".", "")
    if text in _DAYS:
        return today - timedelta(days=_DAYS[text])
    weekday, text = _split_weekday(text)
    if weekday is not None and not text:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    # Only what is a month: `3 meiden` is no day in May.
    text = _DAY_AND_WORD.sub(lambda found: f"{found[1]}-{month_named(found[2])}", text).replace(" ", "-")
    day = _ISO.fullmatch(text) or _DATE.fullmatch(text)
    if day is None:
        raise _unclear()
    try:
        if day.re is _ISO:
            return date.fromisoformat(text)
        if day[3]:
            return date(int(day[3]), int(day[2]), int(day[1]))
        return _last_of(int(day[2]), int(day[1]), today)
    except ValueError:
        raise _unclear() from None


def _last_of(month: int, day: int, today: date) -> date:
    """Return the last such day, eight years ago at the earliest, as 29 February may be; raises ValueError for none."""
    if not 1 <= month <= 12:
        raise ValueError
    for year in range(today.year, today.year - 9, -1):
        with suppress(ValueError):
            if (found := date(year, month, day)) <= today:
                return found
    raise ValueError


def month_named(word: str) -> int | None:
    """Return the month that a word names, in Dutch or English, in full or by three letters or more; None for none."""
    known = _MONTHS_ALIKE.get(word[:3]) if len(word) >= 3 else None
    return known if any(name.startswith(word) for name in _MONTHS_IN_FULL) else None
