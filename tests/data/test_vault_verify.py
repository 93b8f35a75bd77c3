"""What `verify` says, and to whom."""

import json
from pathlib import Path

from data.vault.frames import FRAME_MAGIC
from data.vault.verify import Report, verify

from . import vault_kit as kit


def test_a_whole_file(tmp_path: Path) -> None:
    school = kit.school(tmp_path)
    bea = school.open("bea")
    staff = bea.directory.the(kit.KINDS.STAFF).id
    kit.put(bea, "one")
    kit.put(bea, "les", table="lessons", home=staff)
    kit.put(bea, "les", table="lessons", home=staff)
    kit.put(bea, "mine", table="settings")
    with bea.transaction() as transaction:
        transaction.delete(("settings", "mine"))
    frames = kit.frame_bounds(school.file.read_bytes())
    # Read by somebody who can open none of it.
    report = verify(school.open("ext"))
    entries = bea.directory.count
    assert report == Report(True, 1, len(frames), 2, entries + 1 + 5, 0, ())


def test_the_shape_for_scripts(tmp_path: Path) -> None:
    vault = kit.small(tmp_path).open()
    found = verify(vault).as_json()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["whole", "generation", "frames", "documents", "signatures", "problems"]
    assert found["signatures"] == {"checked": vault.directory.count + 1 + 2, "bad": 0}


def test_an_unfinished_save_is_a_note(tmp_path: Path) -> None:
    school = kit.small(tmp_path)
    with school.file.open("ab") as file:
        file.write(FRAME_MAGIC)
    report = verify(school.open())
    assert report.whole
    assert report.note
    assert "note" not in report.as_json()


def test_what_memory_believes_is_not_asked(tmp_path: Path) -> None:
    """A session that has read everything well still finds what changed in the file since."""
    school = kit.small(tmp_path)
    vault = school.open()
    school.damage(2_000, 4)
    report = verify(vault)
    assert not report.whole
    assert report.problems == ("Frame 3 is damaged.",)
    assert vault.read(("notes", "one")) == b"eerste"
