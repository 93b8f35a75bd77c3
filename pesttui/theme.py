"""The look: a dark and a light one drawn for the 256-colour palette, the same for sixteen, and the terminal's own.

The roles (`bar`, `quiet`, `key` …) are what the style sheet draws with. Exact values of the colour cube, so that a line
without true colour shifts nothing.
"""

from textual.theme import Theme

_DARK = {
    "bar": "#303030",
    "raised": "#262626",
    "field": "#303030",
    "quiet": "#9e9e9e",
    "strong": "#ffffff",
    "heading": "#5fafaf",
    "key": "#d7af5f",
    "late": "#d75f5f",
    "done": "#87af87",
    "meta": "#87afaf",
    "cursor": "#005f5f",
    "cursor-text": "#ffffff",
}

_LIGHT = {
    "bar": "#e4e4e4",
    "raised": "#eeeeee",
    "field": "#e4e4e4",
    "quiet": "#585858",
    "strong": "#000000",
    "heading": "#005f87",
    "key": "#875f00",
    "late": "#af0000",
    "done": "#005f00",
    "meta": "#005f5f",
    "cursor": "#005f87",
    "cursor-text": "#ffffff",
}

_DARK_16 = {
    "bar": "ansi_blue",
    "raised": "ansi_bright_black",
    "field": "ansi_black",
    "quiet": "ansi_white",
    "strong": "ansi_bright_white",
    "heading": "ansi_cyan",
    "key": "ansi_yellow",
    "late": "ansi_bright_red",
    "done": "ansi_green",
    "meta": "ansi_cyan",
    "cursor": "ansi_cyan",
    "cursor-text": "ansi_black",
}

_LIGHT_16 = {
    "bar": "ansi_white",
    "raised": "ansi_white",
    "field": "ansi_bright_white",
    "quiet": "ansi_black",
    "strong": "ansi_black",
    "heading": "ansi_blue",
    "key": "ansi_magenta",
    "late": "ansi_red",
    "done": "ansi_blue",
    "meta": "ansi_blue",
    "cursor": "ansi_blue",
    "cursor-text": "ansi_bright_white",
}

_OWN = {
    "bar": "ansi_default",
    "raised": "ansi_bright_black",
    "field": "ansi_default",
    "quiet": "ansi_default",
    "strong": "ansi_default",
    "heading": "ansi_magenta",
    "key": "ansi_magenta",
    "late": "ansi_red",
    "done": "ansi_default",
    "meta": "ansi_default",
    "cursor": "ansi_blue",
    "cursor-text": "ansi_bright_white",
}
"""Only what can be read on a dark ground and on a light one: nobody knows which of them the terminal has."""


def defaults() -> dict[str, str]:
    """Return the roles' colours, for any theme that does not set them."""
    return dict(_DARK)


def all_themes() -> tuple[Theme, ...]:
    """Return every look."""
    return (
        _cube("dark", _DARK, "#1c1c1c", "#d0d0d0", dark=True),
        _cube("light", _LIGHT, "#ffffff", "#262626", dark=False),
        _sixteen("dark-16", _DARK_16, ("ansi_black", "ansi_white"), dark=True),
        _sixteen("light-16", _LIGHT_16, ("ansi_bright_white", "ansi_black"), dark=False),
        _sixteen("own", _OWN, ("ansi_default", "ansi_default"), dark=True),
    )


def chosen(look: str, *, poor: bool) -> str:
    """Return the name of the theme for a look (empty: dark); `poor`: it has sixteen colours or none."""
    wanted = look if look in ("light", "own") else "dark"
    return _named(f"{wanted}-16" if poor and wanted != "own" else wanted)


def _named(name: str) -> str:
    return f"pesttui-{name}"


def _cube(name: str, roles: dict[str, str], ground: str, text: str, *, dark: bool) -> Theme:
    return Theme(
        name=_named(name),
        primary=roles["heading"],
        secondary=roles["meta"],
        warning=roles["key"],
        error=roles["late"],
        success=roles["done"],
        accent=roles["key"],
        foreground=text,
        background=ground,
        surface=roles["raised"],
        panel=roles["bar"],
        boost=roles["raised"],
        dark=dark,
        variables={
            **roles,
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-selection-background": roles["cursor"],
        },
    )


def _sixteen(name: str, roles: dict[str, str], colours: tuple[str, str], *, dark: bool) -> Theme:
    ground, text = colours
    plain = ("ansi_black", "ansi_white") if dark else ("ansi_bright_white", "ansi_black")
    return Theme(
        name=_named(name),
        ansi=True,
        primary=roles["heading"],
        secondary=roles["heading"],
        warning=roles["key"],
        error=roles["late"],
        success=roles["done"],
        accent=roles["key"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        boost=ground,
        dark=dark,
        variables={
            **roles,
            "ansi-background": plain[0],
            "ansi-foreground": plain[1],
            "block-cursor-foreground": plain[0],
            "block-cursor-background": plain[1],
            "input-cursor-background": roles["cursor"],
            "input-cursor-foreground": roles["cursor-text"],
            "input-selection-background": roles["cursor"],
            "input-selection-foreground": roles["cursor-text"],
        },
    )
