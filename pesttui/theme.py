"""The look: one calm theme drawn for the 256-colour palette, and one that uses the terminal's own sixteen."""

from textual.theme import Theme

_ROLES = {
    "bar": "#303030",
    "raised": "#262626",
    "quiet": "#8a8a8a",
    "strong": "#ffffff",
    "heading": "#5fafaf",
    "key": "#d7af5f",
    "late": "#d75f5f",
    "done": "#87af87",
    "meta": "#87afaf",
    "cursor": "#005f5f",
    "cursor-text": "#ffffff",
}

_SIXTEEN = {
    "bar": "ansi_blue",
    "raised": "ansi_bright_black",
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


def defaults() -> dict[str, str]:
    """Return the roles' colours, for any theme that does not set them."""
    return dict(_ROLES)


def dark() -> Theme:
    """Return the theme for 256 colours and more: exact values of the colour cube, so SSH shifts nothing."""
    return Theme(
        name="pesttui-dark",
        primary="#5fafaf",
        secondary="#87afaf",
        warning="#d7af5f",
        error="#d75f5f",
        success="#87af87",
        accent="#d7af5f",
        foreground="#d0d0d0",
        background="#1c1c1c",
        surface="#262626",
        panel="#303030",
        boost="#262626",
        dark=True,
        variables={
            **_ROLES,
            "input-cursor-background": "#d0d0d0",
            "input-cursor-foreground": "#1c1c1c",
            "input-selection-background": "#005f5f",
        },
    )


def sixteen() -> Theme:
    """Return the theme for terminals with sixteen colours: their own ground and text."""
    return Theme(
        name="pesttui-16",
        ansi=True,
        primary="ansi_cyan",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_bright_red",
        success="ansi_green",
        accent="ansi_yellow",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=True,
        variables={
            **_SIXTEEN,
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "input-cursor-background": "ansi_white",
            "input-cursor-foreground": "ansi_black",
            "input-cursor-text-style": "none",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
        },
    )
