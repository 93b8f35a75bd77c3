"""The commands, each a few lines between the command line and the register."""

import click

from data.words import Words

from . import care, exporting, importing, people, reading, secure_shell, writing


def add_all(group: click.Group, words: Words) -> None:
    """Add every command to the command line, in one language."""
    writing.add(group, words)
    reading.add(group, words)
    people.add(group, words)
    exporting.add(group, words)
    care.add(group, words)
    importing.add(group, words)
    secure_shell.add(group, words)
