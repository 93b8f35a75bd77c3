"""What can be read in each look: the contrast of WCAG 2 (AA, 4.5 to 1), and every role in every look."""

import pytest
from textual.color import Color

from pesttui.theme import all_themes, chosen, defaults

LEAST = 4.5


def luminance(colour: str) -> float:
    parts = (part / 255 for part in Color.parse(colour).rgb)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["pesttui-dark", "pesttui-light"])
def test_text_stands_out(name: str) -> None:
    theme = next(theme for theme in all_themes() if theme.name == name)
    roles, ground, text = theme.variables, str(theme.background), str(theme.foreground)
    pairs = [(text, roles[on]) for on in ("bar", "raised", "field")]
    pairs += [(roles[role], ground) for role in ("quiet", "strong", "heading", "key", "late", "done", "meta")]
    pairs += [(roles[role], roles["bar"]) for role in ("quiet", "strong", "key")]
    pairs += [(roles["quiet"], roles["raised"]), (roles["cursor-text"], roles["cursor"]), (text, ground)]
    assert [(one, on) for one, on in pairs if contrast(one, on) < LEAST] == []


def test_what_stands_out_little_is_found() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#808080", "#303030") < LEAST


def test_every_look_has_every_role() -> None:
    for theme in all_themes():
        assert defaults().keys() <= theme.variables.keys(), theme.name


@pytest.mark.parametrize("poor", [False, True])
@pytest.mark.parametrize("look", ["", "dark", "light", "own", "unknown"])
def test_what_was_chosen_is_there(look: str, poor: bool) -> None:
    assert chosen(look, poor=poor) in {theme.name for theme in all_themes()}


def test_sixteen_colours_are_those_of_the_terminal() -> None:
    for theme in all_themes():
        if theme.name not in ("pesttui-dark", "pesttui-light"):
            values = {theme.background, theme.foreground, *(theme.variables[role] for role in defaults())}
            assert all(str(value).startswith("ansi_") for value in values), theme.name
