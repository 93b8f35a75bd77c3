"""Where files for outside may go: anywhere, first of all into a folder, or nowhere but there."""

import os
from dataclasses import dataclass

from .errors import N_, NotAllowed

FETCH = N_("On the server no file is written. On your own computer: ssh SERVER {command} --output - > FILE")


@dataclass(frozen=True)
class Outside:
    """The export folder, empty where none is set. `only`: whoever is here has no other place for files.

    That is so over SSH, where everybody works under the one account that owns the school's file.
    """

    folder: str = ""
    only: bool = False

    @property
    def closed(self) -> bool:
        """Whether no file can be written at all."""
        return self.only and not self.folder

    def proposed(self, name: str) -> str:
        """Return what somebody would type for a file of this name to go where files go."""
        if self.only:
            return name
        return os.path.join(self.folder or os.getcwd(), name)  # noqa: PTH109, PTH118

    def place(self, typed: str) -> str:
        """Return the whole path for what somebody typed; raises NotAllowed where no file may be."""
        # In the export folder `~` is no place; elsewhere a user who is not there is a name.
        path = os.path.join(self.folder, typed) if self.only else os.path.expanduser(typed)  # noqa: PTH111, PTH118
        path = os.path.abspath(path)  # noqa: PTH100 - links are looked at by who opens the file
        self.check(path)
        return path

    def source(self, typed: str) -> str:
        """Return the whole path of a file that somebody wants to be read; raises NotAllowed where none may be."""
        if self.closed:
            raise NotAllowed(N_("On the server no file is read from here. The administrator can: pesttui import FILE"))
        return self.place(typed)

    def check(self, path: str) -> None:
        """Raise NotAllowed for a path that no file may be written to."""
        if not self.only:
            return
        if self.closed:
            raise self.refusal("export …")
        folder, name = os.path.split(path)
        if folder != os.path.abspath(self.folder) or name.startswith(".") or not name.isprintable():  # noqa: PTH100
            raise NotAllowed(N_("Files lie in the folder {folder}, and nowhere else."), folder=self.folder)

    def refusal(self, command: str) -> NotAllowed:
        """Return the refusal that says by which command on one's own computer the file is fetched instead."""
        return NotAllowed(FETCH, command=command)
