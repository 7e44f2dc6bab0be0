"""Class folders as they come: everyone in them is found once, under the right id."""

import os
import time
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.intake import UnreadableHandIn, find_submissions, folders, read_hand_in, roster
from autograder.intake.disk import Node


@pytest.fixture
def find():
    def find(*paths, modules=("functional",)):
        return find_submissions(paths, package="feedforward", modules=modules)

    return find


def ids(submissions):
    return [submission.id for submission in submissions]


# --- single submissions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice.zip", "alice.tar.gz", "alice.py", "alice.rar"])
def test_file_is_one_submission(folder, find, name):
    path = folder({name: b""}, "class") / name
    [found] = find(path)
    assert (found.id, found.name, found.paths) == ("alice", "", (path,))


@pytest.mark.parametrize("place", ["functional.py", "feedforward/functional.py", "functional (1).py"])
def test_folder_with_a_module_is_one_submission(folder, find, place):
    root = folder({place: b""})
    [found] = find(root)
    assert (found.id, found.paths) == ("alice", (root,))


def test_relative_and_linked_paths_of_the_instructor_are_resolved(folder, find, tmp_path, monkeypatch):
    root = folder({"functional.py": b""})
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root)
    assert find(Path("."))[0].paths == find(tmp_path / "link")[0].paths == (root.resolve(),)


def test_several_paths_are_put_together_and_doubles_dropped(folder, find):
    root = folder({"bob.zip": b"", "ann.zip": b"", "README.md": b""}, "class")
    assert ids(find(root / "bob.zip", root / "ann.zip", root / "bob.zip")) == ["ann", "bob"]


# --- a plain class folder ------------------------------------------------------------------------------------


def test_class_folder_gives_one_submission_per_entry_sorted_by_id(folder, find):
    root = folder(
        {
            "dan/hw3/feedforward/functional.py": b"",
            "bob.zip": b"",
            "ann.tar.gz": b"",
            "cyd.py": b"",
            "Иванов Иван/functional.py": b"",
        },
        "class",
    )
    found = find(root)
    assert ids(found) == ["ann", "bob", "cyd", "dan", "Иванов_Иван"]
    assert found[3].paths == (root / "dan",)


def test_litter_is_listed_with_the_reason_and_nobody_vanishes(folder, find):
    reasons = {
        ".DS_Store": "left there by a system or a tool",
        "README": "a readme",
        "README.md": "a readme",
        "readme.txt": "a readme",
        "grades.csv": "a csv file holds no code",
        "a.yml": "a yml file holds no code",
        "pyproject.toml": "a toml file holds no code",
        "x.json": "neither a notebook nor Python by its content",
        "notes.txt": "neither a notebook nor Python by its content",
        "Thumbs.db": "left there by a system or a tool",
        "__MACOSX/x": "left there by a system or a tool",
        ".git/x": "left there by a system or a tool",
        "submission_metadata.yml": "not taken for Gradescope's: what lies beside it is not named submission_NNN",
    }
    students = ["alice.pdf", "bob.rar", "carol.ipynb", "dave.docx", "erin", "readme_smith.zip", "zoe.html"]
    found = find(folder(dict.fromkeys([*reasons, *students], b""), "class"))
    assert ids(found) == ["alice", "bob", "carol", "dave", "erin", "readme_smith", "zoe"]
    wanted = {name.partition("/")[0]: reason for name, reason in reasons.items()}
    assert {each.path.name: each.reason for each in found.ignored} == wanted
    for submission in found:
        with pytest.raises(UnreadableHandIn, match=r"no module found|is empty"):
            read_hand_in(submission.paths, package="feedforward", modules=["functional"])


def test_hand_ins_with_an_added_or_another_ending_do_not_vanish(folder, find):
    notebook, code = b'{"nbformat": 4, "cells": []}', b"import numpy\n"
    names = {"ann.ipynb.txt": b"", "bob.ipynb.json": b"", "cyd.py.txt.txt": b"", "dan.zip.download": b""}
    names |= {"eve.json": notebook, "fay.txt": notebook, "gus.txt": code, "hal.py.html": b"", "ida.PY": b""}
    names |= {"jon.py.md": b"", "kim.zip.csv": b"", "lee.md": notebook, "max.yml": notebook, "ned.json": code}
    found = find(folder(names, "class"))
    assert ids(found) == [
        "ann",
        "bob",
        "cyd",
        "dan",
        "eve",
        "fay",
        "gus",
        "hal",
        "ida",
        "jon",
        "kim",
        "lee",
        "max",
        "ned",
    ]
    assert found.ignored == ()


def test_text_that_is_a_link_or_a_pipe_is_listed_and_not_opened(folder, find, tmp_path):
    (tmp_path / "secret").write_bytes(b"import os\n")
    root = folder({"ann.zip": b""}, "class")
    (root / "link.txt").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "pipe.json")
    assert [each.reason for each in find(root).ignored] == ["not a plain file"] * 2


def test_links_and_pipes_in_a_class_are_submissions_that_are_not_followed(folder, find, tmp_path):
    root = folder({"ann/functional.py": b""}, "class")
    (root / "bob").symlink_to(root / "ann")
    os.mkfifo(root / "cyd.zip")
    found = find(root)
    assert ids(found) == ["ann", "bob", "cyd"]
    for submission in found[1:]:
        with pytest.raises(UnreadableHandIn, match=r"is a symbolic link|is a device, pipe or socket"):
            read_hand_in(submission.paths, package="feedforward", modules=["functional"])


def test_hostile_names_get_safe_and_distinct_ids(folder, find):
    names = ["=cmd()", "'quoted\"", "new\nline", "\x1b[31m", "n" * 250, "-rf", "a b", "a\tb", "a\\b"]
    found = find(folder({f"{name}/functional.py": b"" for name in names}, "class"))
    assert len(set(ids(found))) == len(names)
    for id_ in ids(found):
        assert all(c.isalnum() or c in "._@+-" for c in id_)
        assert id_[0] not in ".-=+@"


@pytest.mark.parametrize("files", [{}, {"README.md": b""}], ids=["empty", "only-litter"])
def test_class_without_submissions_is_an_error(folder, find, files):
    with pytest.raises(CourseError, match=r"class': no submissions: looked for a folder, an archive or a .py file"):
        find(folder(files, "class"))


def test_folder_of_very_many_files_is_looked_at_in_part_and_a_class_of_as_many_is_refused(folder, find, monkeypatch):
    for module in (folders, roster):
        monkeypatch.setattr(module, "MAX_CHILDREN", 5)
    root = folder({**{f"ann/{number}.txt": b"" for number in range(9)}, "bob/functional.py": b""}, "class")
    assert ids(find(root)) == ["ann", "bob"]
    assert len(folders.children(Node.at(root / "ann"))) == 5
    with pytest.raises(CourseError, match="class': 5 files and folders, or more; give folders of fewer"):
        find(folder({f"{number}.zip": b"" for number in range(6)}, "class"))


def test_missing_path_is_an_error(find, tmp_path):
    with pytest.raises(CourseError, match="gone' does not exist; want a submission or a folder of submissions"):
        find(tmp_path / "gone")


def test_no_path_is_an_error(find):
    with pytest.raises(CourseError, match="no path given; want a submission or a folder of submissions"):
        find()


def test_two_entries_with_one_id_are_an_error_naming_both(folder, find):
    root = folder({"alice.zip": b"", "alice/x": b""}, "class")
    first, second = find(root)
    assert first.conflict == (
        f"submissions: '{root}/alice' has the id 'alice', and so has '{root}/alice.zip'; "
        "want one for each student; remove or rename one"
    )
    assert f"'{root}/alice.zip' has the id 'alice', and so has '{root}/alice'" in second.conflict
    assert [each.paths for each in (first, second)] == [(root / "alice",), (root / "alice.zip",)]
    assert first.id != second.id


@pytest.mark.parametrize("alike", ["case", "encoding"])
def test_names_that_are_one_once_normalized_are_a_conflict(folder, find, alike):
    names = ["Zoë", "zoë"] if alike == "case" else ["Zo\u00eb", "Zoe\u0308"]
    found = find(folder({f"{name}/functional.py": b"" for name in [*names, "ann"]}, "class"))
    assert ["tell nobody apart" in each.conflict for each in found].count(True) == 2
    assert [each.id for each in found if not each.conflict] == ["ann"]
    assert len(set(ids(found))) == 3


def test_files_of_one_student_are_put_together_however_a_letter_is_encoded(folder, find):
    names = ["Zo\u00eb_7_assignsubmission_file_functional.py", "Zoe\u0308_7_assignsubmission_file_tensor.py"]
    [zoe] = find(folder(dict.fromkeys(names, b""), "class"))
    assert (zoe.id, len(zoe.paths), zoe.conflict) == ("7", 2, "")


def test_ids_that_canvas_draws_may_differ_by_case_alone(folder, find):
    found = find(folder(dict.fromkeys(["anon_aB3dE_100_a.py", "anon_Ab3De_101_a.py"], b""), "class"))
    assert {each.id for each in found if not each.conflict} == {"aB3dE", "Ab3De"}


@pytest.mark.parametrize("copy", ["ann (1).zip", "ann - Copy", "Копия ann.ipynb"])
def test_copy_beside_its_original_is_a_conflict_alone(folder, find, copy):
    found = find(
        folder({"ann.zip": b"", copy: b"", "bob 2": b"", "bob": b"", "student (1)": b"", "student (2)": b""}, "c")
    )
    [conflict] = [each for each in found if each.conflict]
    assert conflict.paths[0].name == copy
    assert "is named as a copy of" in conflict.conflict
    assert len(found) == 6


@pytest.mark.parametrize(
    "names",
    [
        ["Ann@uni.edu_1_functional.py", "ann@uni.edu_2_functional.py"],
        ["A1_Jdoe_attempt_2026-11-20-10-11-12_functional.py", "A1_jdoe_attempt_2026-11-21-10-11-12_functional.py"],
    ],
    ids=["autolab", "blackboard"],
)
def test_attempts_whose_ids_differ_by_case_are_conflicts(folder, find, names):
    found = find(folder(dict.fromkeys(names, b""), "class"))
    assert [len(each.paths) for each in found] == [1, 1]
    assert all("(case, and how a letter is encoded, tell nobody apart)" in each.conflict for each in found)
    assert {each.claimed.lower() for each in found} in ({"ann@uni.edu"}, {"jdoe"})


def test_name_made_up_to_be_a_conflicts_id_joins_nobody(folder, find):
    found = find(folder(dict.fromkeys(["ann.zip", "ann.py", "ann-ann.py.zip", "ann-ann.zip.zip"], b""), "class"))
    assert [len(each.paths) for each in found] == [1] * 4
    assert {each.id for each in found if not each.conflict} == {"ann-ann.py", "ann-ann.zip"}


# --- one hand-in or a class ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "named_alike", ["feedforward/functional.py", "functional (1).py", "functional.py", "functional.py/functional.py"]
)
def test_class_in_which_a_student_is_named_as_the_package_or_a_module_stays_a_class(folder, find, named_alike):
    others = ["bob/functional.py", "alice/hw/feedforward/functional.py", "cyd.zip", "essay/essay.pdf"]
    assert len(find(folder(dict.fromkeys([named_alike, *others], b""), "class"))) == 5


def test_class_of_deep_folders_beside_one_named_as_the_package_stays_a_class(folder, find):
    files = [f"{each}/functional.py" for each in ("feedforward", "bob/hw/feedforward", "alice/hw/feedforward")]
    assert ids(find(folder(dict.fromkeys(files, b""), "class"))) == ["alice", "bob", "feedforward"]


TEMPLATE = ["conftest.py", "pyproject.toml", "checks/x.py", "handouts/a.md", "tests/x.py", "feedforward/functional.py"]


@pytest.mark.parametrize(
    "files",
    [
        ["feedforward/functional.py", "old/functional.py", "backup.zip", "feedforward (1)/functional.py"],
        ["functional.py", "functional (1).py", "my_functional.py", "scratch.py", "notes/a.txt", "b.png", "hw.ipynb"],
        ["feedforward/functional.py", "report/text.pdf", "figures/note.txt", "old/a.txt", "x/a.png", "essay.pdf"],
        ["functional.py", "essay/essay.pdf"],
        ["functional.py", "data.zip", "figures.zip", "build/a.zip", "notebooks/explore.ipynb", "data/iris.zip"],
        ["functional.py", "src/.ipynb_checkpoints/a.ipynb", "src/__pycache__/functional.py", "a/b/c/d/functional.py"],
        [*TEMPLATE, "networks/functional.py", "second try/functional.py", "a.zip", "a1.ipynb", "a2.ipynb"],
        ["hw3/functional.py", "hw 4/functional.py", "Lab 5 final/a.ipynb"],
        ["ДЗ 3/feedforward/functional.py"],
    ],
    ids=["older-versions", "copies", "documents", "top", "parts", "junk", "template", "assignments", "one-assignment"],
)
def test_one_hand_in_stays_one(folder, find, files):
    root = folder(dict.fromkeys(files, b"class Mul: ..."))
    assert [each.paths for each in find(root)] == [(root,)]


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (["Project 1/functional.py", "Project 2/functional.py"], "the same module in 'Project 1' and in 'Project 2'"),
        (["hw1/functional.py", "hw1 2/feedforward/functional.py"], "the same module in 'hw1' and in 'hw1 2'"),
        (["functional.py", "functional_ann.py", "functional_bob.py"], "but also 'functional_ann.py' and 'functional_b"),
        (["functional.py", "bob_functional.py", "jane.py"], "but also 'bob_functional.py' and 'jane.py'"),
    ],
)
def test_work_that_may_be_several_students_is_asked_about(folder, find, refused, files, named):
    root = folder({name: f"class Mul: {number}".encode() for number, name in enumerate(files)}, "class")
    with refused(named, "one hand-in or a class?"):
        find(root)


def test_versions_of_a_module_are_one_students(folder, find):
    root = folder(dict.fromkeys(["functional.py", "functional_final.py", "my_functional_v2.py"], b"class Mul: ..."))
    assert [each.paths for each in find(root)] == [(root,)]


@pytest.mark.parametrize("names", [("a3", "a4"), ("3", "4"), ("hw3", "ann"), ("hw", "lab"), ("team 3", "team 4")])
def test_folders_that_may_be_students_stay_a_class(folder, find, names):
    root = folder({f"{name}/functional.py": b"" for name in names})
    assert sorted(each.name for found in find(root) for each in found.paths) == sorted(names)


@pytest.mark.parametrize(
    "other",
    [
        ["bob/functional.py"],
        ["bob.zip"],
        ["bob.ipynb", "eve.ipynb"],
        ["bob.py", "eve.py"],
        ["bob.py", "eve.py", "functional.py"],
        ["bob/essay.docx", "eve/essay.pdf"],
        ["Bob_7_assignsubmission_file_/x"],
    ],
)
def test_folder_that_may_be_one_hand_in_or_a_class_is_refused(folder, find, other):
    message = (
        "holds modules, but also '" + other[0].partition("/")[0] + ".*: one hand-in or a class\\? want the path of each"
    )
    with pytest.raises(CourseError, match=message):
        find(folder(dict.fromkeys(["feedforward/functional.py", *other], b"class Mul: ..."), "class"))


# --- results of an earlier grading ---------------------------------------------------------------------------

RESULTS = [".lock", "grades.csv", "ann/results.json", "ann/instructor.json", "bob/results.json", "bob/instructor.json"]


@pytest.mark.parametrize(
    "kept",
    [
        RESULTS,
        [*RESULTS, "records.json"],
        RESULTS[:1] + RESULTS[2:],
        RESULTS[1:4],
        RESULTS[:2],
        ["records.json", ".lock"],
        [".lock", "ann/.results.json.tmp"],
        [".lock"],
    ],
)
def test_results_in_a_class_are_nobodys(folder, find, kept):
    files = ["ann/functional.py", *(f"2026 spring/{each}" for each in kept)]
    found = find(folder(dict.fromkeys(files, b""), "class"))
    assert ids(found) == ["ann"]
    assert [(each.path.name, each.reason) for each in found.ignored] == [
        ("2026 spring", "results of an earlier grading")
    ]


def test_results_among_the_hand_ins_themselves_are_nobodys(folder, find):
    found = find(folder(dict.fromkeys(["ann.zip", "cyd/functional.py", "cyd/results.json", *RESULTS], b""), "class"))
    assert [each.path.name for each in found.ignored] == [".lock", "ann", "bob", "grades.csv"]
    assert ids(found) == ["ann", "cyd"]


@pytest.mark.parametrize("more", ["bob/functional.py", "functional.py"])
def test_hand_in_with_results_in_it_is_no_results_folder(folder, find, more):
    files = ["ann/functional.py", *(f"cyd/{each}" for each in RESULTS), f"cyd/{more}"]
    assert ids(find(folder(dict.fromkeys(files, b""), "class"))) == ["ann", "cyd"]


@pytest.mark.parametrize("more", ["", "essay.pdf", ".lock", "instructor.json"])
def test_folder_without_a_hand_in_is_a_students_and_no_results(folder, find, more):
    root = folder({"ann/functional.py": b"", **({f"eve/{more}": b"", "eve/notes.docx": b""} if more else {})}, "class")
    (root / "eve").mkdir(exist_ok=True)
    assert ids(find(root)) == ["ann", "eve"]


def test_results_given_as_a_submission_are_refused(folder, find):
    with pytest.raises(CourseError, match=r"out' holds the results of an earlier grading; want what was handed in"):
        find(folder(dict.fromkeys(RESULTS, b""), "out"))


def test_student_whose_folder_is_named_as_the_metadata_makes_no_export(folder, find):
    files = [f"{each}/functional.py" for each in ("submission_1", "submission_2", "submission_metadata.yml")]
    assert len(find(folder(dict.fromkeys(files, b""), "class"))) == 3


# --- Moodle --------------------------------------------------------------------------------------------------


def test_moodle_folders(folder, find):
    root = folder(
        {
            "Ann Lee_1234567_assignsubmission_file_/functional.py": b"a",
            "Иван Петров_1234568_assignsubmission_file/homework.zip": b"",
            "Ann Lee_1234567_assignsubmission_onlinetext_/onlinetext.html": b"",
        },
        "class",
    )
    found = find(root)
    assert [(s.id, s.name) for s in found] == [("1234567", "Ann Lee"), ("1234568", "Иван Петров")]
    assert found[0].paths == (root / "Ann Lee_1234567_assignsubmission_file_",)


def test_name_that_is_not_utf8_can_be_written_to_a_report(folder, find):
    root = folder({}, "class")
    os.mkdir(os.fsencode(root) + b"/J\xfcrg_7_assignsubmission_file_")
    [found] = find(root)
    assert (found.id, found.name) == ("7", "J\\udcfcrg")


def test_moodle_flat_files_of_one_student_are_put_together(folder, find):
    root = folder(
        {
            "Ann Lee_7_assignsubmission_file_functional.py": b"f",
            "Ann Lee_7_assignsubmission_file_tensor.py": b"t",
            "Bob_8_assignsubmission_file_notes.txt": b"",
        },
        "class",
    )
    ann, bob = find(root)
    assert (ann.id, len(ann.paths), bob.id, bob.name) == ("7", 2, "8", "Bob")
    found = read_hand_in(ann.paths, package="feedforward", modules=["functional", "tensor"])
    assert found.files == {"functional": b"f", "tensor": b"t"}


def test_moodle_student_with_typed_text_only_does_not_vanish(folder, find):
    root = folder({"Ann_7_assignsubmission_onlinetext_/onlinetext.html": b""}, "class")
    [ann] = find(root)
    with pytest.raises(UnreadableHandIn, match=r"found 1 file: 'onlinetext.html'"):
        read_hand_in(ann.paths, package="feedforward", modules=["functional"])


def test_moodle_name_that_begins_with_a_dot_does_not_vanish(folder, find):
    names = [".Ann_7_assignsubmission_file_", "..Bob_8_assignsubmission_file_a.py", ".cyd_9_123_functional.py"]
    root = folder({names[0] + "/functional.py": b"", names[1]: b"", names[2]: b""}, "class")
    (root / f"._{names[0]}").touch()  # what macOS puts beside it on foreign disks
    assert [(s.id, s.name) for s in find(root)] == [("7", ".Ann"), ("8", "..Bob"), ("9", ".cyd")]


def test_file_name_that_claims_another_student_stays_with_its_own(folder, find):
    root = folder({"Eve_6_assignsubmission_file_Ann_7_assignsubmission_file_functional.py": b""}, "class")
    [eve] = find(root)
    assert (eve.id, eve.name) == ("6", "Eve")
    assert "can be read as the hand-in of '6' or '7'; want a name with one reading" in eve.conflict


# --- Canvas --------------------------------------------------------------------------------------------------


def test_canvas_files_are_put_together_by_student(folder, find):
    root = folder(
        {
            "doejane_12345_67890_functional.py": b"f",
            "doejane_12345_67891_tensor.py": b"t",
            "roeric_LATE_222_67892_functional-2.py": b"",
            "moemo_333_text.html": b"",
            "anon_aB3dE_67893_functional.py": b"",
        },
        "class",
    )
    found = find(root)
    assert [(s.id, s.name, len(s.paths)) for s in found] == [
        ("12345", "doejane", 2),
        ("222", "roeric", 1),
        ("333", "moemo", 1),
        ("aB3dE", "", 1),
    ]
    assert [s.id for s in found if s.late] == ["222"]


def test_canvas_upload_with_the_higher_number_counts(folder, find):
    root = folder({"d_1_999_functional.py": b"old", "d_1_1000_functional.py": b"new"}, "class")
    [found] = find(root)
    assert read_hand_in(found.paths, package="feedforward", modules=["functional"]).files == {"functional": b"new"}


@pytest.mark.parametrize(
    ("doubtful", "clear"),
    [
        ("doejane_12345_5678_8888_nb.ipynb", "doejane_12345_555_functional.py"),
        ("eve_12345_999_x_666_777_a.py", "doejane_12345_67890_functional.py"),
        ("doejane_12345_5678_text.html", "doejane_12345_555_functional.py"),
        ("doejane_12345_999_x_7_assignsubmission_file_y.py", "Ann_7_assignsubmission_file_functional.py"),
        ("anon_aB3dE_5678_8888_nb.ipynb", "anon_aB3dE_555_functional.py"),
        (
            "Jane Doe_1234_assignsubmission_file_5678_assignsubmission_file_nb.ipynb",
            "Jane Doe_1234_assignsubmission_file_functional.py",
        ),
        (
            "Jane Doe_1234_assignsubmission_file_5678_assignsubmission_file_/functional.py",
            "Jane Doe_1234_assignsubmission_file_/functional.py",
        ),
        ("ann@uni.edu_3_x_7_assignsubmission_file_y.py", "ann@uni.edu_2_functional.py"),
        ("ann@uni.edu_3_x_7_assignsubmission_file_y.py", "Ann_7_assignsubmission_file_functional.py"),
    ],
)
def test_name_with_two_readings_is_a_conflict_alone(folder, find, doubtful, clear):
    """Nobody's name takes a grade, or being graded, from somebody else."""
    root = folder({doubtful: b"", clear: b"", "roe_77777_88888_functional.py": b""}, "class")
    found = find(root)
    assert len(found) == 3
    [conflict] = [each for each in found if each.conflict]
    assert conflict.paths == (root / Path(doubtful).parts[0],)
    assert "can be read as the hand-in of" in conflict.conflict
    assert str(conflict.paths[0]) in conflict.conflict
    assert [root / Path(clear).parts[0]] in [[*each.paths] for each in found if not each.conflict]


def test_conflict_of_readings_names_both_files_and_both_ids(folder, find):
    root = folder({"d_12345_5678_8888_nb.ipynb": b"", "d_12345_555_functional.py": b""}, "class")
    assert {each.id: each.conflict for each in find(root)} == {
        "12345": "",
        "12345-d_12345_5678_8888_nb.ipynb": (
            f"submissions: '{root}/d_12345_5678_8888_nb.ipynb' can be read as the hand-in of '12345' or '5678', and "
            f"'{root}/d_12345_555_functional.py' has the first id too; want a name with one reading; "
            "rename it once you know whose it is"
        ),
    }


@pytest.mark.parametrize(
    ("known", "whose"),
    [({"12345"}, ""), ({"5678"}, "5678"), ({"12345", "5678"}, ""), (set(), ""), ({"9"}, "")],
)
def test_roster_decides_whose_a_name_with_two_readings_is(folder, known, whose):
    root = folder({"d_12345_5678_8888_nb.ipynb": b"", "d_12345_555_functional.py": b""}, "class")
    found = find_submissions([root], package="feedforward", modules=["functional"], is_known=known.__contains__)
    doubtful = root / "d_12345_5678_8888_nb.ipynb"
    [submission] = [each for each in found if doubtful in each.paths]
    assert (submission.id if not submission.conflict else "") == whose
    assert len(submission.paths) == 1
    [jane] = [each for each in found if each.id == "12345"]
    assert jane.paths == (root / "d_12345_555_functional.py",), "whatever the roster lacks"


def test_roster_decides_a_name_of_moodle_with_two_readings(folder):
    name = "Ann_6_assignsubmission_file_7_assignsubmission_file_x.py"
    for known, whose in (({"6"}, "6"), ({"7"}, "7"), ({"6", "7"}, "")):
        [found] = find_submissions(
            [folder({name: b""}, "class")], package="feedforward", modules=["functional"], is_known=known.__contains__
        )
        assert (found.id if not found.conflict else "") == whose


def test_file_that_begins_with_a_students_number_is_taken_where_nobody_else_claims_the_id(folder, find):
    names = [f"doe_{id_}_6789{id_}_2024{id_}_hw.ipynb" for id_ in range(10, 20)]
    found = find(folder(dict.fromkeys(names, b""), "class"))
    assert ids(found) == [str(id_) for id_ in range(10, 20)]
    assert not any(each.conflict for each in found)


# --- Autolab, Blackboard, Brightspace ------------------------------------------------------------------------


def test_last_version_from_autolab_counts_and_the_student_is_told(folder, find):
    names = ["jane_doe@cs.uni.edu_9_functional.py", "jane_doe@cs.uni.edu_10_functional.py", "bob@uni.edu_1_2024_hw.py"]
    root = folder(dict.fromkeys(names, b""), "class")
    bob, jane = find(root)
    assert (bob.id, bob.conflict, bob.notes) == ("bob@uni.edu", "", ())
    assert (jane.id, jane.paths) == ("jane_doe@cs.uni.edu", (root / names[1],))
    assert jane.notes == (f"{names[0]!r}: not read: of several attempts the last one with files counts",)
    assert list(read_hand_in(jane.paths, package="feedforward", modules=["functional"]).files) == ["functional"]


BLACKBOARD = "Assignment_1_{}_attempt_2026-11-{}-10-11-12"


def test_last_attempt_from_blackboard_counts_with_all_its_files(folder, find):
    ann, bob = BLACKBOARD.format("ann_lee", "20"), BLACKBOARD.format("bob", "20")
    later = BLACKBOARD.format("ann_lee", "21")
    names = [f"{ann}_functional.py", f"{ann}.txt", f"{later}_functional.py", f"{later}_tensor.py", f"{later}.txt"]
    root = folder(dict.fromkeys([*names, f"{bob}.txt"], b""), "class")
    found = find(root)
    assert ids(found) == ["ann_lee", "bob"]
    assert found[0].paths == (root / names[2], root / names[3])
    assert found[0].notes == (f"{names[0]!r}: not read: of several attempts the last one with files counts",)
    files = read_hand_in(found[0].paths, package="feedforward", modules=["functional", "tensor"]).files
    assert list(files) == ["functional", "tensor"]
    with pytest.raises(UnreadableHandIn, match=r"no module found"):  # typed text alone
        read_hand_in(found[1].paths, package="feedforward", modules=["functional"])


def test_blackboards_later_attempt_without_a_file_is_told(folder, find):
    first, later = (BLACKBOARD.format("ann", day) for day in (20, 21))
    [ann] = find(folder(dict.fromkeys([f"{first}.txt", f"{first}_functional.py", f"{later}.txt"], b""), "class"))
    assert [path.name for path in ann.paths] == [f"{first}_functional.py"]
    assert ann.notes == (f"'{later}.txt': not read: of several attempts the last one with files counts",)


def test_blackboards_users_that_end_alike_are_not_one_student(folder, find):
    names = [BLACKBOARD.format(user, "20") + "_functional.py" for user in ("jane_doe", "bob_doe")]
    assert ids(find(folder(dict.fromkeys(names, b""), "class"))) == ["bob_doe", "jane_doe"]
    names[1] = names[1].replace("Assignment_1", "Homework 2")
    assert all("has the id 'doe'" in each.conflict for each in find(folder(dict.fromkeys(names, b""), "two")))


BRIGHTSPACE = "12345-67890 - Jane - O'Doe - Nov {}, 2026 {} {}M"


@pytest.mark.parametrize("is_flat", [False, True], ids=["folders", "flat"])
def test_last_attempt_from_brightspace_counts(folder, find, is_flat):
    between = " - " if is_flat else "/"
    last = BRIGHTSPACE.format(20, "112", "P")
    attempts = [BRIGHTSPACE.format(9, "1130", "P"), BRIGHTSPACE.format(20, "1011", "A"), last]
    attempts += [BRIGHTSPACE.format(20, "1211", "A"), "777-67890 - Bob - Nov 20, 2026 1011 AM"]
    root = folder({**{f"{each}{between}functional.py": b"" for each in attempts}, "index.html": b""}, "class")
    found = find(root)
    assert [(each.id, each.name) for each in found] == [("12345", "Jane - O'Doe"), ("777", "Bob")]
    assert [path.name.startswith(last) for path in found[0].paths] == [True]
    assert found[0].notes[0].count("2026") == 3
    assert [(each.path.name, each.reason) for each in found.ignored] == [("index.html", "Brightspace's own index")]


def test_brightspaces_dates_in_another_language_are_a_conflict(folder, find):
    names = [f"12-34 - Jane - {day} novembre 2026 10h11/functional.py" for day in (20, 21)]
    found = find(folder(dict.fromkeys([*names, "56-34 - Bob - 20 novembre 2026 10h11/functional.py"], b""), "class"))
    assert ["their dates cannot be put in order" in each.conflict for each in found] == [True, True, False]
    assert found[2].id == "56"


# --- Gradescope ----------------------------------------------------------------------------------------------

METADATA = """\
---
submission_101:
  :submitters:
  - :name: Ann Lee
    :sid: '2021001'
    :email: ann@x.edu
  :created_at: 2024-02-01 10:00:00.000000000 Z
  :score: 10.0
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: [&1 {name: t, output: "!x"}, *1]
submission_102:
  :history:
  - :submitters:
    - :name: Old
  :submitters:
  - :name: Bob
    :sid: ''
    :email: &mail bob@x.edu
  - :name: Cyd
    :sid:
    :email: cyd@x.edu
submission_103:
  :submitters:
  - :name: Dan
    :email:
  - :name: "Eve \\e[31m"
"""


@pytest.fixture
def export(folder):
    def export(metadata=METADATA, extra=(), name="assignment_55_export"):
        files = [f"submission_{n}/functional.py" for n in (101, 102, 103)]
        return folder({**dict.fromkeys([*files, *extra], b"s"), "submission_metadata.yml": metadata.encode()}, name)

    return export


def test_gradescope_export_names_students_by_sid_email_or_number(export, find):
    root = export()
    found = find(root)
    assert [(s.id, s.name) for s in found] == [
        ("103", "Dan"),
        ("103-2", "Eve \x1b[31m"),
        ("2021001", "Ann Lee"),
        ("bob@x.edu", "Bob"),
        ("cyd@x.edu", "Cyd"),
    ]
    assert found[3].paths == found[4].paths == (root / "submission_102",)
    assert [s.submitted for s in found] == ["", "", "2024-02-01 10:00:00.000000000 Z", "", ""]


def test_gradescope_export_inside_the_folder_given_is_found(export, find):
    assert len(find(export().parent)) == 5


def test_gradescope_folder_that_is_not_in_the_metadata_does_not_vanish(export, find):
    root = export(extra=["submission_104/functional.py"])
    assert ("104", "") in [(s.id, s.name) for s in find(root)]


def test_gradescope_submission_without_its_folder_is_a_conflict_alone(export, find):
    root = export(METADATA + "submission_999:\n  :submitters:\n  - :name: Zoe\n    :sid: z9\n")
    *others, zoe = find(root)
    assert (zoe.id, zoe.name) == ("z9", "Zoe")
    assert zoe.conflict == (
        f"submissions: '{root}/submission_999' is not there, but submission_metadata.yml names it; "
        "want the whole export; export the submissions again"
    )
    assert not any(each.conflict or each.may_be_class for each in others)


@pytest.mark.parametrize("named", ["submission_metadata.yml", "submission_metadata.yml/functional.py"])
def test_metadata_among_hand_ins_of_other_names_changes_nobody(folder, find, named):
    swap = b"alice:\n  :submitters:\n  - :sid: eve\neve:\n  :submitters:\n  - :sid: alice\n"
    for data in (swap, b": : ["):
        files = {"alice/functional.py": b"", "eve/functional.py": b"", "submission_1/functional.py": b"", named: data}
        root = folder(files, "class")
        for each in find(root):
            assert each.paths == (root / each.id,)
        assert {"alice", "eve", "submission_1"} <= set(ids(find(root)))


def test_folder_named_as_an_export_beside_hand_ins_is_a_students(export, find):
    root = export().parent
    assert len(find(root)) == 5
    (root / "ann.zip").touch()
    assert ids(find(root)) == ["ann", "assignment_55_export"]


def test_late_hand_in_among_an_exports_submissions_goes_by_its_name(export, find):
    assert ids(find(export(extra=["late.zip"]))) == ["103", "103-2", "2021001", "bob@x.edu", "cyd@x.edu", "late"]


def test_students_folder_that_cannot_be_read_is_told_when_it_is_read(folder, find, monkeypatch):
    root = folder({"ann/functional.py": b"", "bob.zip": b""}, "class")

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folders, "is_results", lambda path: fail() if path.name == "ann" else False)
    assert ids(find(root)) == ["ann", "bob"]


@pytest.mark.slow
def test_thousands_of_files_with_one_id_are_answered_at_once(folder, find):
    names = [f"d_12345_{number}_8888_nb.ipynb" for number in range(1000, 3000)]
    names += [f"Ann {number}_7_assignsubmission_file_a.py" for number in range(2000)]
    root = folder(dict.fromkeys(names, b""), "class")
    start = time.process_time()
    found = find(root)
    assert time.process_time() - start < 5
    assert len(found) == len(names)
    assert all(len(each.conflict) < 1500 and " more" in each.conflict for each in found)


def test_gradescope_alias_stands_for_its_value(export, find):
    metadata = METADATA.replace(":sid: '2021001'", ":sid: &a '2021001'").replace(
        "- :name: Dan\n    :email:", "- :name: *a"
    )
    assert "2021001" in [s.name for s in find(export(metadata))]


def test_two_gradescope_submissions_with_one_sid_are_a_conflict(export, find):
    found = find(export(METADATA.replace(":sid: ''", ":sid: '2021001'")))
    assert sum("has the id '2021001', and so has" in each.conflict for each in found) == 2


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("a: [", "cannot be read as Gradescope's metadata"),
        ("- a", "cannot be read as Gradescope's metadata: 'want submission names with their data under them'"),
        ("", "cannot be read as Gradescope's metadata: 'want submission names"),
        ("a: \x00", "cannot be read as Gradescope's metadata"),
        # Newer builds of libyaml stop by themselves.
        ("[" * 200_000, "cannot be read as Gradescope's metadata: '(want|.* exceeded maximum nesting depth)"),
        ("a: " + "{b: " * 200_000, "nested more than 100 deep"),
        ("a: " + "[" * 200_000, "nested more than 100 deep|exceeded maximum nesting depth"),
        ("../bob:\n  :submitters: []\n", r"'../bob' is no folder name; export again"),
        ("'..':\n  :submitters: []\n", r"'..' is no folder name; export again"),
    ],
    ids=["broken", "list", "empty", "nul", "list-of-lists", "deep-mapping", "deep-list", "leads-out", "parent"],
)
def test_gradescope_metadata_that_is_none_is_an_error(export, find, metadata, message):
    with pytest.raises(CourseError, match=message) as error:
        find(export(metadata))
    assert str(error.value).isprintable()


def test_gradescope_merge_keys_are_not_expanded(export, find):
    bomb = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40))
    assert len(find(export(bomb))) == 40 + 3


@pytest.mark.slow
def test_gradescope_metadata_that_is_a_link_or_too_large_is_an_error(export, find, tmp_path):
    root = export()
    os.truncate(root / "submission_metadata.yml", 1 << 40)
    with pytest.raises(CourseError, match="over 134217728 bytes; export fewer submissions at a time"):
        find(root)
    (root / "submission_metadata.yml").unlink()
    (root / "submission_metadata.yml").symlink_to("/etc/passwd")
    with pytest.raises(CourseError, match="not a plain file; want Gradescope's own"):
        find(root)
