"""A school year as a file: on the screen and by script the same bytes, each export in the log."""

from ..errors import N_, NotAllowed
from ..insight.figures import Figures
from ..words import Words
from .people import short_name
from .session import Register
from .year import KnownAnalysis, KnownPoint

FORMATS = ("pdf", "csv", "json")


def file_name(year: str, kind: str) -> str:
    """Return what the file of a school year is called."""
    return f"schooljaar-{year}.{kind}"


def draw(
    register: Register, figures: Figures, words: Words, kind: str = "pdf", stored: KnownAnalysis | None = None
) -> bytes:
    """Return a school year as one of `FORMATS`; `stored` is what the figures were put down as, if they were."""
    points = register.year.points(figures.year)
    if kind == "json":
        from ..insight.year_files import to_json  # noqa: PLC0415 - each format brings its own libraries

        return to_json(figures, [_row(register, point) for point in points])
    from ..insight.year_words import YearWords  # noqa: PLC0415

    said = YearWords(figures, words)
    if kind == "csv":
        from ..insight.year_files import to_csv  # noqa: PLC0415

        heads = (N_("part"), N_("table"), N_("row"), N_("column"), N_("number"), N_("text"))
        rows = [_row(register, point) for point in points]
        named, last = [words.tr(head) for head in heads], words.tr(N_("Improvement points"))
        notes = filter(None, (said.legend(), said.based_on(), put_down(register, stored, words), _remarks(stored)))
        return to_csv(said.sections(), rows, named, last, notes)
    from ..insight.year_pdf import YearReport, to_pdf  # noqa: PLC0415
    from ..pages import Head  # noqa: PLC0415

    title = words.tr(N_("School year {year}"), year=figures.year)
    head = Head(register.school().name, title, register.now(), register.vault.me.name, words.tr(N_("WITHOUT NAMES")))
    report = YearReport(
        head=head,
        title=title,
        based_on=f"{said.based_on()} {put_down(register, stored, words)}".strip(),
        legend=said.legend(),
        sections=said.sections(),
        points=tuple((point.text, about_point(register, point, words)) for point in points),
        remarks=_remarks(stored),
    )
    return to_pdf(report, words)


def _remarks(stored: KnownAnalysis | None) -> str:
    return stored.remarks if stored else ""


def put_down(register: Register, stored: KnownAnalysis | None, words: Words) -> str:
    """Return who put figures down and when; nothing for those of now."""
    if stored is None:
        return ""
    day = words.long_date(stored.entered.astimezone().date())
    return words.tr(N_("Recorded by {name}, {date}."), name=register.people.name(stored.author), date=day)


def about_point(register: Register, point: KnownPoint, words: Words) -> str:
    """Return who sees to a point by when, how far it is, and from which year it comes."""
    parts = [short_name(register.people.name(point.owner)), point.year]
    if point.done_on:
        parts.append(words.tr(N_("done {date}"), date=words.long_date(point.done_on)))
    elif point.due:
        parts.append(words.tr(N_("by {date}"), date=words.long_date(point.due)))
    parts += [said.text for said in point.said if said.text][-1:]
    return " · ".join(parts)


def _row(register: Register, point: KnownPoint) -> tuple[str, str, str, str, str]:
    due = point.due.isoformat() if point.due else ""
    state = "done" if point.done else "open"
    return point.year, point.text, register.people.name(point.owner), due, state


def log_export(register: Register) -> None:
    """Write in the log that a year goes out; raises NotAllowed where that cannot be: then it does not go out."""
    if not register.log.exported("", "year"):
        raise NotAllowed(N_("This export cannot be written in the log, so it is not made."))
