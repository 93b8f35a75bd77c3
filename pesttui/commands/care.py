"""Commands that care for the file: is it whole, write it anew, a backup, putting one back, accepting that."""

import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from data.errors import N_, Damaged, Rollback, UsageError
from data.words import Words

from ..cli import Context, print_json

if TYPE_CHECKING:
    from data.vault.accept import Offer

EVERY = 0.5
"""How often, in seconds, a line says how far something has come: what takes less says nothing."""


class Meter:
    """A line on standard error, where that is a terminal, that says how far something has come; gone in the end."""

    def __init__(self, words: Words, doing: str) -> None:
        self._text = words.tr(doing)
        self._last = time.monotonic()
        self._shown = False
        self._terminal = sys.stderr.isatty()

    def __call__(self, part: float) -> None:
        """Show the part that is done."""
        now = time.monotonic()
        if self._terminal and now - self._last >= EVERY:
            self._last, self._shown = now, True
            click.echo(f"\r{self._text} {min(99, int(100 * part))} %", nl=False, err=True)

    def __enter__(self) -> "Meter":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo(f"\r{' ' * (len(self._text) + 6)}\r", nl=False, err=True)


def say_offer(context: Context, offer: "Offer") -> None:
    """Say when a backup was last saved in, and everybody whom it lets back in."""
    from data.vault.accept import FOR_A_COLLEAGUE, TOLD  # noqa: PLC0415

    words = context.words
    saved = datetime.fromtimestamp(offer.saved / 1000, UTC) if offer.saved else None
    when = words.long_date(saved.astimezone().date()) if saved else "–"
    context.say(
        words.tr(
            N_("Last saved in it: {when} (generation {generation}, {frames} frames)."),
            when=when,
            generation=offer.mark.generation,
            frames=offer.mark.seq,
        )
    )
    for back in offer.back:
        context.say(f"  {back.login}  {back.name}: {words.tr(TOLD[back.why])}")
    if not offer.known:
        context.say(
            words.tr(
                N_("The file that lay here before cannot be read: look through the people yourself for who has left.")
            )
        )
    if offer.colleague:
        context.say(words.tr(FOR_A_COLLEAGUE))


def add(group: click.Group, words: Words) -> None:
    """Add the commands that care for the file."""
    tr = words.tr
    as_json = click.option("--json", "as_json", is_flag=True, help=tr(N_("For scripts: one JSON document.")))

    @group.command(
        help=tr(N_("Read and authenticate every byte: 0 whole, 3 damaged or tampered, 4 older than last seen."))
    )
    @as_json
    @click.pass_obj
    def verify(context: Context, as_json: bool) -> int:
        from data.vault.verify import verify as verify_vault  # noqa: PLC0415

        with context.session() as register, Meter(words, N_("Reading every byte…")) as meter:
            report = verify_vault(register.vault, meter)
        code = 0 if report.whole else Rollback.exit_code if report.older else Damaged.exit_code
        if as_json:
            print_json(report.as_json())
            return code
        click.echo(tr(N_("whole")) if report.whole else tr(N_("NOT whole")))
        click.echo(tr(N_("{count} frames, generation {generation}"), count=report.frames, generation=report.generation))
        click.echo(tr(N_("{count} documents"), count=report.documents))
        click.echo(tr(N_("{count} signatures, {bad} bad"), count=report.checked, bad=report.bad))
        for line in (*report.problems, *([report.note] if report.note else [])):
            click.echo(tr(line))
        return code

    @group.command(help=tr(N_("Write the file anew without what no longer counts. Needs no case's key.")))
    @as_json
    @click.pass_obj
    def compact(context: Context, as_json: bool) -> None:
        from data.vault.compact import compact as write_anew  # noqa: PLC0415

        with context.session() as register, Meter(words, N_("Writing it anew…")) as meter:
            done = write_anew(register.vault, progress=meter)
        if as_json:
            print_json({"generation": done.generation, "before": done.before, "after": done.after})
        else:
            text = N_("Written anew and read back: generation {generation}, {after} of {before} kB.")
            values = {"generation": done.generation, "before": done.before // 1000, "after": done.after // 1000}
            click.echo(tr(text, **values))

    @group.command(help=tr(N_("Copy the file to FILE while others work on, and read the copy back.")))
    @click.argument("file", type=click.Path())
    @click.option("--force", is_flag=True, help=tr(N_("Also over what is no older backup of this school.")))
    @as_json
    @click.pass_obj
    def backup(context: Context, file: str, force: bool, as_json: bool) -> None:
        from data.vault.care import backup as make  # noqa: PLC0415

        with context.session() as register, Meter(words, N_("Copying…")) as meter:
            done = make(register.vault, file, force=force, progress=meter)
        if as_json:
            values = {"generation": done.mark.generation, "frames": done.mark.seq, "bytes": done.size}
            print_json({"path": done.path, **values, "seconds": round(done.seconds, 3)})
            return
        click.echo(
            tr(
                N_("{path}: {frames} frames, {size} kB, generation {generation}; read back, {seconds} s."),
                path=done.path,
                frames=done.mark.seq,
                size=done.size // 1000,
                generation=done.mark.generation,
                seconds=f"{done.seconds:.1f}",
            )
        )

    @group.command(
        help=tr(N_("Put the backup FILE in the school file's place, with the login and passphrase of that time."))
    )
    @click.argument("file", type=click.Path())
    @click.option("--older", is_flag=True, help=tr(N_("Also over a file that goes further: what came since is gone.")))
    @click.pass_obj
    def restore(context: Context, file: str, older: bool) -> None:
        from data.vault.care import look_at_backup  # noqa: PLC0415
        from data.vault.care import restore as put_back  # noqa: PLC0415

        with context.vault_at(file) as opened, Meter(words, N_("Putting it back…")) as meter:
            putting = look_at_backup(opened, context.vault)
            say_offer(context, putting.offer)
            done = put_back(opened, context.vault, older=older, progress=meter)
        click.echo(
            tr(
                N_("{path} is the backup now: {frames} frames, generation {generation}."),
                path=done.copied.path,
                frames=done.copied.mark.seq,
                generation=done.copied.mark.generation,
            )
        )
        if done.kept:
            click.echo(tr(N_("What lay there is called {path} now."), path=done.kept))
        if putting.newer:
            context.say(
                tr(N_("Who saw the newer file only reads this one, until a coordinator or the director accepts it:"))
            )
            context.say("  pesttui accept")

    @group.command(help=tr(N_("As coordinator or director: take a restored, older file for the school's from now on.")))
    @click.option(
        "--seen", metavar="NUMBER", help=tr(N_("The number in a colleague's alarm, where you have no alarm yourself."))
    )
    @click.option("--yes", is_flag=True, help=tr(N_("Do it: what is lost by it is known.")))
    @click.pass_obj
    def accept(context: Context, seen: str | None, yes: bool) -> None:
        from data.vault.mark import read_number  # noqa: PLC0415

        mark = read_number(seen) if seen is not None else None
        with context.session() as register, Meter(words, N_("Writing it anew…")) as meter:
            offer = register.restored(mark)
            say_offer(context, offer)
            if not yes:
                raise UsageError(N_("What was saved after that is not in it and does not come back. Then: --yes."))
            done = register.accept(mark, progress=meter)
            context.outcome.older = False
        click.echo(tr(N_("Accepted. The file was written anew: generation {generation}."), generation=done.generation))
