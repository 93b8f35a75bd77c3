"""Bad input, rows 1 to 3 and 6 of the design's table: each phrase, and the tests that fail where it is not kept.

1 a wrong passphrase or login
  one sentence, the same for both
    screens/test_the_door.py::test_one_screen_for_all_who_do_not_belong
    screens/test_the_door.py::test_one_answer_at_the_first_log_in
    cli/test_refusals.py::test_a_wrong_passphrase_and_an_unknown_login_get_the_same_answer
  after the same time: the same work
    screens/test_the_door.py::test_as_much_work_for_a_login_that_there_is_not
    data/test_vault_attack.py::test_unknown_login_takes_as_much_work_as_a_wrong_passphrase
  a growing pause
    screens/test_the_door.py::test_each_failure_makes_the_next_one_wait_longer
    screens/test_the_door.py::test_every_way_in_waits
    cli/test_refusals.py::test_guessing_is_answered_by_a_growing_pause
  nothing in the log but when it was, bounded
    screens/test_the_door.py::test_nothing_is_kept_but_when_it_was
    cli/test_refusals.py::test_what_is_remembered_of_failures_is_small_private_and_says_nothing

2 a damaged, foreign or newer vault
  what it is, at which frame, what to do
    cli/test_bad_files.py::test_no_command_writes_in_a_bad_file_or_ends_in_a_traceback
    cli/test_bad_files.py::test_the_frame_is_named
    screens/test_bad_files.py::test_at_the_door
    data/test_vault_crash.py::test_foreign_and_newer_headers
    data/test_vault_crash.py::test_what_is_no_file_is_said_plainly
  read-only if anything can be read
    cli/test_bad_files.py::test_what_lies_before_the_damage_can_be_read
    screens/test_bad_files.py::test_read_as_far_as_it_goes
    data/test_vault_crash.py::test_a_bad_file_in_its_place
  never a traceback, never overwritten: by every command, at the door, while one works
    cli/test_bad_files.py::test_no_command_is_missing_here
    cli/test_bad_files.py::test_no_command_writes_in_a_bad_file_or_ends_in_a_traceback
    cli/test_refusals.py::test_no_damage_ends_in_a_traceback
    screens/test_bad_files.py::test_at_the_door
    screens/test_bad_files.py::test_while_one_works
    data/test_vault_crash.py::test_flipped_bits_are_damage
    data/test_vault_care.py::test_a_damaged_file_is_replaced_and_kept

3 a full disk, a read-only file, a lost lock
  "not saved", the text stays in the form and in memory
    screens/test_not_saved.py::test_while_one_works
    screens/test_not_saved.py::test_in_every_kind_of_form
    screens/test_not_saved.py::test_nothing_counts_that_was_not_saved
    cli/test_refusals.py::test_a_disk_without_room
    cli/test_refusals.py::test_what_was_typed_into_a_terminal_is_kept
    cli/test_refusals.py::test_a_file_that_somebody_else_writes_in_for_too_long
    data/test_vault_crash.py::test_every_call_fails_once
    data/test_vault_crash.py::test_a_limit_on_file_size
    data/test_vault_writers.py::test_a_removed_lock_file_lets_nobody_in_twice
  retry
    screens/test_not_saved.py::test_from_the_beginning
    screens/test_not_saved.py::test_while_one_works
    data/test_vault_crash.py::test_after_a_failed_sync_the_file_is_read_anew

6 two people, one field
  both versions shown
    terminal/test_clashes.py::test_two_replace_one_agreement
    terminal/test_clashes.py::test_one_looks_at_what_another_replaces
    terminal/test_clashes.py::test_two_write_at_one_step
    screens/test_clash_walks.py::test_what_a_colleague_changed_elsewhere_in_the_form_is_kept
    screens/test_clash_walks.py::test_an_improvement_point
    screens/test_clash_walks.py::test_somebodys_tasks
    screens/test_clash_walks.py::test_a_decision_that_somebody_else_made_first
    screens/test_clash_walks.py::test_a_note_that_somebody_else_made_an_incident
    screens/test_case_walks.py::test_two_people_put_one_pupil_on_different_sides
    screens/test_capture_walks.py::test_a_colleague_was_quicker_with_the_lists
    screens/test_import_walks.py::test_a_colleague_was_quicker
  nothing lost
    terminal/test_clashes.py::test_two_look_at_one_agreement
    screens/test_clash_walks.py::test_what_was_typed_before_a_colleague_changed_it_is_no_newer_than_theirs
    screens/test_case_walks.py::test_two_people_change_who_is_in_it
    data/test_vault_writers.py::test_a_form_on_a_document_that_changed_meanwhile
    data/test_vault_writers.py::test_processes_lose_no_update
"""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent


def named() -> list[tuple[str, str]]:
    """Return the files and tests of the table above."""
    return re.findall(r"^    (\w+/\w+\.py)::(\w+)$", __doc__ or "", re.MULTILINE)


def test_every_test_of_the_table_is_there() -> None:
    """A test that is renamed or removed is missed here; a line of the table that names none is no line."""
    lines = [line for line in (__doc__ or "").splitlines() if line.startswith("    ")]
    assert len(named()) == len(lines)
    for path, name in named():
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert name in {node.name for node in functions}, f"{path}::{name}"


def test_every_phrase_has_a_test() -> None:
    phrases = [line for line in (__doc__ or "").splitlines() if re.match(r"[1-6] |  \S", line)]
    blocks = re.split(r"^(?=  \S)", __doc__ or "", flags=re.MULTILINE)[1:]
    assert [line[0] for line in phrases if line[0] != " "] == ["1", "2", "3", "6"]
    assert all("::test_" in block for block in blocks)
    assert len(blocks) == 11
