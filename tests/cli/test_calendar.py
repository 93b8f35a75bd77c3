"""What is due as a calendar: whole days, the codes of cases, and nobody's name."""

from datetime import date
from pathlib import Path

from icalendar import Calendar

from data.model import DecisionKind, LogKind, LogWhat
from tests.cli.kit import Cli


def events(data: str) -> list[tuple[date, str, str]]:
    calendar = Calendar.from_ical(data)
    return [(event.decoded("dtstart"), str(event["summary"]), str(event["uid"])) for event in calendar.walk("VEVENT")]


def test_whole_days_without_names_and_with_lasting_ids(cli: Cli) -> None:
    code = cli.case("Zoë de Vries")
    marit = cli.kit.open_as("marit")
    marit.cases.decide(code, DecisionKind.CONSULTED, text="Verder.", again=date(2027, 1, 18))
    answer = cli("export", "calendar", "--output", "-")
    assert answer.code == 0
    assert "Zoë" not in answer.out
    ((day, title, uid),) = events(answer.out)
    assert (day, title) == (date(2027, 1, 18), f"{code} weer kijken")
    assert events(cli("export", "calendar", "--output", "-").out) == [(day, title, uid)]
    marit.refresh()
    lines = [line for line in marit.log.all() if line.kind is LogKind.EXPORTED]
    assert [(line.case, line.what) for line in lines] == [("", LogWhat.CALENDAR.value)] * 2


def test_a_day_without_anything_due_is_a_calendar_too(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "agenda.ics"
    assert cli("export", "calendar", "--output", str(path), login="karim").code == 0
    assert events(path.read_text()) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_is_no_staff_takes_nothing_out(cli: Cli) -> None:
    assert cli("export", "calendar", "--output", "-", login="dirk").code == 6
