"""Class folders as they come: everyone in them is found once, under the right id."""

import os
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.intake import UnreadableHandIn, find_submissions, read_hand_in


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


def test_litter_is_skipped_and_nobody_vanishes(folder, find):
    litter = [".DS_Store", "README", "README.md", "grades.csv", "a.yml", "pyproject.toml", "x.json", "notes.txt"]
    litter += ["Thumbs.db", "desktop.ini", "__MACOSX/x", ".git/x", "__pycache__/x"]
    students = ["alice.pdf", "bob.rar", "carol.ipynb", "dave.docx", "erin"]
    found = find(folder(dict.fromkeys([*litter, *students], b""), "class"))
    assert ids(found) == ["alice", "bob", "carol", "dave", "erin"]
    for submission in found:
        with pytest.raises(UnreadableHandIn, match=r"no module found|is empty"):
            read_hand_in(submission.paths, package="feedforward", modules=["functional"])


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
    assert [(s.id, s.name) for s in find(root)] == [("6", "Eve")]


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


def test_canvas_name_that_claims_another_students_number_is_a_conflict_of_these_two(folder, find):
    names = ("eve_12345_999_x_666_777_a.py", "doejane_12345_67890_functional.py", "roe_77777_88888_functional.py")
    found = find(folder(dict.fromkeys(names, b""), "class"))
    assert len(found) == 3
    assert {each.paths[0].name for each in found if "has the id '12345'" in each.conflict} == set(names[:2])
    assert [each.id for each in found if not each.conflict] == ["77777"]


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


def test_gradescope_submission_without_its_folder_is_a_fault_when_read(export, find):
    root = export(METADATA + "submission_999:\n  :submitters:\n  - :name: Zoe\n    :sid: z9\n")
    zoe = find(root)[-1]
    assert (zoe.id, zoe.name) == ("z9", "Zoe")
    with pytest.raises(FileNotFoundError):
        read_hand_in(zoe.paths, package="feedforward", modules=["functional"])


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


def test_gradescope_metadata_that_is_a_link_or_too_large_is_an_error(export, find, tmp_path):
    root = export()
    os.truncate(root / "submission_metadata.yml", 1 << 40)
    with pytest.raises(CourseError, match="over 134217728 bytes; export fewer submissions at a time"):
        find(root)
    (root / "submission_metadata.yml").unlink()
    (root / "submission_metadata.yml").symlink_to("/etc/passwd")
    with pytest.raises(CourseError, match="not a plain file; want Gradescope's own"):
        find(root)
