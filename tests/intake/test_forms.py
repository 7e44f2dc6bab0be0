"""One hand-in, in every form that is taken and every form that is answered with what to do."""

import gzip
import io
import os
import socket
import tarfile
import unicodedata
import zipfile
from pathlib import Path

import pytest

from autograder.errors import there
from autograder.intake import UnreadableHandIn, read_hand_in
from autograder.intake.file_names import copy_of
from autograder.intake.notebooks import Stubs

SOURCE = b"class Mul: ...\r\n"

PLACES = {
    "top": "functional.py",
    "package": "feedforward/functional.py",
    "one-down": "hw3/functional.py",
    "package-one-down": "student_template/feedforward/functional.py",
}


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz", "tgz", "zip-in-folder"])
def hand_in(request, folder, zip_of, tar_of):
    """Makes the same files into each form."""

    def make(files):
        match request.param:
            case "folder":
                return folder(files)
            case "zip":
                return zip_of(files)
            case "zip-in-folder":
                return folder({"homework.zip": zip_of(files).read_bytes()})
            case ending:
                return tar_of(files, f"alice.{ending}")

    return make


# --- forms and places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_module_is_found_in_every_form_and_place(hand_in, read, place):
    found = read(hand_in({place: SOURCE}))
    assert dict(found.files) == {"functional": SOURCE}
    assert found.notes == ()


def test_helpers_beside_the_modules_come_along_sorted(hand_in, read):
    files = {f"hw3/{name}.py": name.encode() for name in ("utils", "functional", "tensor", "__init__", "numpy")}
    found = read(hand_in({**files, "other.py": b"", "hw3/notes.txt": b"", "hw3/deep/lost.py": b""}))
    assert list(found.files) == ["functional", "numpy", "tensor", "utils"]
    assert found.notes == ()


@pytest.mark.parametrize(
    "source",
    ["x = 'é'\n".encode("utf-16"), b"\xef\xbb\xbfx = 1\r\n", "x = 'é'".encode("latin-1"), b"\tif 1:\n  x\0", b""],
    ids=["utf-16", "bom-crlf", "latin-1", "tabs-nul", "empty"],
)
def test_source_bytes_pass_through_untouched(hand_in, read, source):
    assert read(hand_in({"functional.py": source})).files["functional"] == source


def test_single_file_is_read(folder, read):
    assert read(folder({"functional.py": SOURCE}) / "functional.py").files == {"functional": SOURCE}


def test_loose_canvas_files_of_one_student_are_read_together(folder, read):
    root = folder(
        {
            "doejane_LATE_12345_67890_functional-2.py": b"f",
            "doejane_LATE_12345_67891_tensor.py": b"t",
            "doejane_LATE_12345_67892_my_tools-1.py": b"m",
        }
    )
    found = read(*sorted(root.iterdir()), modules=("functional", "tensor"))
    assert found.files == {"functional": b"f", "my_tools": b"m", "tensor": b"t"}
    assert found.notes == (
        "'functional-2.py' was taken as functional.py",
        "'my_tools-1.py' was taken as my_tools.py",
    )


def test_canvas_file_that_was_handed_in_again_counts_in_its_last_version(folder, read):
    root = folder({"d_1_100_functional.py": b"old", "d_1_103_functional-1.py": b"new", "d_1_101_notes-1.txt": b""})
    found = read(*sorted(root.iterdir()))
    assert found.files == {"functional": b"new"}
    assert found.notes == (
        "'d_1_100_functional.py' was not read: 'd_1_103_functional-1.py' was uploaded after it",
        "'functional-1.py' was taken as functional.py",
    )


def test_archive_that_canvas_numbered_after_the_loose_files_counts(folder, zip_of, read):
    root = folder({"d_1_100_functional.py": b"old", "d_1_101_plot.txt": b""})
    later = zip_of({"hw/functional.py": SOURCE}, "d_1_102_hw.zip")
    found = read(*sorted(root.iterdir()), later)
    assert found.files == {"functional": SOURCE}
    assert found.notes[0] == "'functional.py' was not read: 'hw.zip' was uploaded after it"


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("d_1_99_hw.zip", {"functional.py": SOURCE}),
        ("d_1_102_figures.zip", {"a.png": b""}),
        ("hw.zip", {"functional.py": SOURCE}),
    ],
    ids=["earlier", "no-module", "no-number"],
)
def test_archive_that_is_not_the_later_hand_in_does_not_count(folder, zip_of, read, name, members):
    root = folder({"d_1_100_functional.py": b"own"})
    found = read(*root.iterdir(), zip_of(members, name), modules=("functional", "tensor"))
    assert found.files == {"functional": b"own"}
    assert any("zip' was not read: what lies beside it counts" in note for note in found.notes)


def test_damaged_archive_after_the_loose_files_does_not_count(folder, read):
    found = read(*sorted(folder({"d_1_100_functional.py": b"own", "d_1_102_hw.zip": b"PK\x03\x04"}).iterdir()))
    assert found.files == {"functional": b"own"}


@pytest.mark.parametrize("names", [("d_1_100_hw-1.zip", "d_1_101_hw-2.zip"), ("d_1_100_z.zip", "d_1_101_a.zip")])
def test_of_archives_the_one_that_canvas_numbered_last_counts(zip_of, read, names):
    first, last = zip_of({"functional.py": b"old"}, names[0]), zip_of({"functional.py": SOURCE}, names[1])
    found = read(first, last)
    assert found.files == {"functional": SOURCE}
    assert found.notes == (f"'{names[0][8:]}' was not read: '{names[1][8:]}' was uploaded after it",)


def test_loose_archive_with_a_platform_name_is_read(zip_of, read):
    path = zip_of({"functional.py": SOURCE}, "Ann Lee_77_assignsubmission_file_homework.zip")
    assert read(path).files == {"functional": SOURCE}


def test_loose_folder_among_files_counts_as_one_down(folder, read):
    root = folder({"work/feedforward/functional.py": SOURCE, "report.pdf": b"%PDF"})
    assert read(root / "report.pdf", root / "work").files == {"functional": SOURCE}


def test_missing_module_is_noted(hand_in, read):
    found = read(hand_in({"functional.py": SOURCE}), modules=("functional", "tensor"))
    assert found.notes == ("tensor.py was not handed in: the untouched template's stands in",)


def test_shallowest_place_wins_and_the_other_is_noted(hand_in, read):
    found = read(hand_in({"functional.py": b"top", "feedforward/functional.py": b"deep"}))
    assert found.files == {"functional": b"top"}
    assert found.notes == ("'feedforward/functional.py' was not read: the modules are taken from one place, the top",)


def test_package_wins_over_an_equally_shallow_folder(hand_in, read):
    found = read(hand_in({"a/functional.py": b"a", "feedforward/functional.py": b"package"}))
    assert found.files == {"functional": b"package"}


@pytest.mark.parametrize("inner", ["", "feedforward/"], ids=["one-down", "package-one-down"])
def test_two_equal_folders_are_refused_by_name(hand_in, read, inner):
    files = {f"b/{inner}functional.py": b"1", f"a/{inner}functional.py": b"2"}
    with pytest.raises(UnreadableHandIn) as error:
        read(hand_in(files))
    assert f"the modules are in 2 folders: 'a/{inner}' and 'b/{inner}'; want one; remove the other" in str(error.value)


def test_folder_named_as_one_of_older_versions_gives_way(hand_in, read):
    found = read(hand_in({"old/functional.py": b"1", "new/functional.py": b"2"}))
    assert found.files == {"functional": b"2"}
    assert "'old/functional.py' was not read: the modules are taken from one place, 'new/'" in found.notes


def test_junk_is_not_seen(hand_in, read):
    junk = ["__MACOSX/hw3/functional.py", "__MACOSX/functional.py", ".git/functional.py", "venv/functional.py"]
    junk += ["node_modules/functional.py", "site-packages/functional.py", "__pycache__/functional.py"]
    junk += [".venv/functional.py", "hw3/._functional.py", "hw3/.DS_Store", ".ipynb_checkpoints/functional.py"]
    found = read(hand_in({**dict.fromkeys(junk, b"junk"), "hw3/functional.py": SOURCE}))
    assert (found.files, found.notes) == ({"functional": SOURCE}, ())


@pytest.mark.parametrize("place", ["a/b/functional.py", "a/b/c/feedforward/functional.py", "a/b/c/d/e/functional.py"])
def test_deep_folder_is_read_if_it_alone_holds_modules(hand_in, read, place):
    found = read(hand_in({place: SOURCE, "a/notes.txt": b""}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == (
        f"read from '{place.removesuffix('functional.py')}', the only folder with what was asked for",
    )


def test_module_below_eight_folders_is_not_looked_for(zip_of, read):
    with pytest.raises(UnreadableHandIn, match="the modules lie too deep: hand in the folder that holds them"):
        read(zip_of({"d/" * 9 + "functional.py": b""}))


def test_two_deep_folders_are_refused_by_name(hand_in, read):
    with pytest.raises(UnreadableHandIn, match=r"the modules are in 2 folders: 'a/b/' and 'a/b/c/d/'; want one"):
        read(hand_in({"a/b/functional.py": b"1", "a/b/c/d/functional.py": b"2"}))


# --- names ---------------------------------------------------------------------------------------------------


COPIES = ["functional (1)", "functional(1)", "functional-2", "functional 2", "functional-1-1", "functional (1) (2)"]
COPIES += ["functional - Copy", "functional - Copy (2)", "functional copy", "functional copy 2", "Copy of functional"]
COPIES += ["functional-Copy1"]
COPIES += ["functional的副本", "functional のコピー", "Kopi av functional", "functional - Kopio"]
COPIES += ["functional [1]", "functional[2]", "functional - αντίγραφο"]
COPIES += ["functional - копия", "functional — копия (2)", "Копия functional", "functional (copy)", "functional-copy"]
COPIES += ["functional (another copy)", "functional (3rd copy)", "Kopie von functional", "Copie de functional"]


@pytest.mark.parametrize("name", [f"{name}.py" for name in COPIES])
def test_copy_of_a_module_is_taken_with_a_note(hand_in, read, name):
    found = read(hand_in({name: SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == (f"{name!r} was taken as functional.py",)


def test_highest_copy_wins(hand_in, read):
    found = read(hand_in({"functional (2).py": b"2", "functional (10).py": b"10"}))
    assert found.files == {"functional": b"10"}
    assert found.notes == (
        "'functional (10).py' was taken as functional.py",
        "'functional (2).py' was not read: 'functional (10).py' stands for it",
    )


@pytest.mark.parametrize("name", ["photocopy.py", "functional_copy.py", "copyfunctional.py", "(1).py"])
def test_name_that_only_looks_like_a_copy_is_none(name):
    assert copy_of(name.removesuffix(".py")) is None


def test_later_copies_come_later():
    names = ["f - Copy", "f - Copy (2)", "f - Copy (10)"], ["f (1)", "f (1) (1)", "f (2)"], ["f copy", "f copy 2"]
    for several in names:
        numbers = [there(copy_of(name)) for name in several]
        assert [name for name, _ in numbers] == ["f"] * len(several)
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("added", ["txt", "txt.txt", "json", "html", "TXT", "download"])
def test_added_ending_is_seen_through(hand_in, read, added):
    found = read(hand_in({f"hw/functional.py.{added}": SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == (f"'hw/functional.py.{added}' was taken as 'functional.py'",)


@pytest.mark.parametrize(
    "name", ["functional (1).py.txt", "functional.py (1).txt", "functional.py-1.txt", "functional.py (1)"]
)
def test_copy_with_an_added_ending_is_read(hand_in, read, name):
    found = read(hand_in({name: SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert "was taken as functional.py" in found.notes[-1]


@pytest.mark.parametrize("name", ["functional.PY", "functional.py ", "functional.py_", "functional.py."])
def test_ending_that_a_program_has_altered_is_read(hand_in, read, name):
    found = read(hand_in({name: SOURCE}))
    assert (found.files, found.notes) == ({"functional": SOURCE}, (f"{name!r} was taken as 'functional.py'",))


def test_file_that_is_named_as_it_should_be_comes_before_one_with_an_added_ending(hand_in, read):
    found = read(hand_in({"functional.py": SOURCE, "functional.py.txt": b"old"}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'functional.py.txt' was not read: 'functional.py' stands for it",)
    assert (
        read(hand_in({"functional.py.txt": b"old", "feedforward/functional.py": SOURCE})).files["functional"] == SOURCE
    )


def test_web_page_is_not_taken_for_the_module_that_it_shows(folder, read):
    page = b"\n<!DOCTYPE html><pre>class Mul: ...</pre>"
    with pytest.raises(
        UnreadableHandIn, match=r"'functional.py.html' was not read: it is a web page; hand in the file"
    ):
        read(folder({"functional.py.html": page}))


def test_encrypted_member_with_an_added_ending_does_not_stop_the_rest(zip_of, read):
    path = zip_of({"web/page.py.html": b"secret", "functional.py": SOURCE})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] = data[data.index(b"PK\x01\x02") + 8] = 1
    path.write_bytes(data)
    assert read(path).files == {"functional": SOURCE}


@pytest.mark.parametrize("name", ["functional.txt", "functional", "functional (1).txt"])
def test_text_named_as_the_module_is_known_by_its_content(hand_in, read, name):
    found = read(hand_in({name: b"# my work\nimport numpy\n"}))
    assert list(found.files) == ["functional"]
    assert f"{name!r} was taken as" in found.notes[0] or f"{name!r} was taken as" in found.notes[-1]
    with pytest.raises(UnreadableHandIn, match="no module found"):
        read(hand_in({name: b"dear teacher\nI could not do it\n"}))


def test_module_itself_wins_over_its_copy(hand_in, read):
    found = read(hand_in({"functional (1).py": b"copy", "functional.py": SOURCE}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'functional (1).py' was not read: 'functional.py' stands for it",)


STUB = "def mul(a, b):\n    raise NotImplementedError\n"


@pytest.mark.parametrize("blank", [b"", b" \n", b"\xef\xbb\xbf", STUB.replace("\n", "\r\n").encode()])
def test_module_that_is_empty_or_the_template_gives_way_to_its_copy(hand_in, read, blank):
    stubs = Stubs({"functional": STUB}, ("functional.mul",))
    found = read(
        hand_in({"functional.py": blank, "functional (1).py": SOURCE, "functional (2).py": blank}), stubs=stubs
    )
    assert found.files == {"functional": SOURCE}
    why = "was not read: it is empty, or the untouched template, and 'functional (1).py' stands for it"
    assert set(found.notes) == {
        "'functional (1).py' was taken as functional.py",
        f"'functional.py' {why}",
        f"'functional (2).py' {why}",
    }
    found = read(hand_in({"functional.py": blank, "functional (1).py": b""}), stubs=stubs)
    assert found.files == {"functional": blank}


@pytest.mark.parametrize("name", ["my-tools.py", "class.py", "2.py", "a b.py", "x" * 101 + ".py", "\x1b[2J.py"])
def test_helper_that_python_cannot_import_is_noted(hand_in, read, name):
    found = read(hand_in({"functional.py": SOURCE, name: b""}))
    assert list(found.files) == ["functional"]
    [note] = found.notes
    assert note.endswith("was not read: not a name that Python can import")
    assert note.isprintable()


def test_names_that_differ_by_case_stay_apart(hand_in, read):
    found = read(hand_in({"functional.py": b"lower", "Functional.py": b"upper"}))
    assert found.files == {"Functional": b"upper", "functional": b"lower"}


def test_names_that_are_one_to_python_are_taken_once(hand_in, read):
    composed = "моду\u0439"
    names = {unicodedata.normalize("NFD", composed) + ".py": b"1", composed + ".py": b"2", "functional.py": b""}
    found = read(hand_in(names))
    assert list(found.files) == ["functional", composed]
    assert "to Python its name is that of another file" in found.notes[0]


def test_unrelated_name_is_refused_with_what_was_looked_for_and_found(folder, read):
    with pytest.raises(UnreadableHandIn) as error:
        read(folder({"homework.py": SOURCE}) / "homework.py")
    assert str(error.value) == (
        "hand-in 'homework.py': no module found: looked for functional.py at the top, in feedforward/, one folder "
        "down and in feedforward/ there; found 1 file: 'homework.py'; hand in functional.py under exactly this name"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"Functional.py": b""}, "rename 'Functional.py': names are told apart by upper and lower case"),
        ({"hw3.ipynb": b"{}"}, "hand in the assignment's notebook at the top, or its code as functional.py"),
        ({".DS_Store": b""}, "found no files; hand in functional.py under exactly this name"),
        ({"a.txt": b"", "z.py": b""}, "found 2 files: 'z.py', 'a.txt'; hand in functional.py"),
        ({f"{i:02}.txt": b"" for i in range(12)}, "found 12 files: '00.txt', '01.txt', '02.txt', '03.txt', "),
    ],
    ids=["case", "notebook", "only-junk", "python-first", "sample"],
)
def test_hand_in_without_a_module_is_refused_with_the_next_step(hand_in, read, files, message):
    with pytest.raises(UnreadableHandIn) as error:
        read(hand_in(files))
    assert message in str(error.value)
    assert str(error.value).isprintable()


def test_message_names_every_module_looked_for(folder, read):
    with pytest.raises(UnreadableHandIn, match=r"looked for functional.py, tensor.py at the top"):
        read(folder({"x.py": b""}), modules=("functional", "tensor"))


def test_hostile_names_are_shown_escaped_and_shortened(zip_of, read):
    with pytest.raises(UnreadableHandIn) as error:
        read(zip_of({"\x1b[31m\n<script>": b"", "y" * 3000: b"", "\u202egpj.exe": b""}))
    assert str(error.value).isprintable()
    assert "\\x1b[31m\\n<script>" in str(error.value)
    assert len(str(error.value)) < 800


# --- archives in general -------------------------------------------------------------------------------------


def test_archive_beside_the_modules_is_not_opened(folder, read):
    assert read(folder({"functional.py": SOURCE, "old.zip": b"junk"})).files == {"functional": SOURCE}


def test_two_archives_and_no_module_are_refused(folder, read):
    with pytest.raises(UnreadableHandIn, match=r"2 archives and no module: 'a.zip', 'b.rar'; hand in one archive"):
        read(folder({"a.zip": b"", "b.rar": b""}))


def test_archive_inside_an_archive_is_read_with_a_note(zip_of, tar_of, read):
    inner = zip_of({"functional.py": SOURCE}, "inner.zip").read_bytes()
    middle = tar_of({"hw/inner.zip": inner}, "middle.tar.gz").read_bytes()
    found = read(zip_of({"notes.txt": b"", "work/middle.tar.gz": middle}))
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'inner.zip' was read inside archive 'middle.tar.gz'",)


def test_archive_four_deep_is_not_followed(zip_of, read):
    data = zip_of({"functional.py": SOURCE}, "a.zip").read_bytes()
    for name in ("b.zip", "c.zip"):
        data = zip_of({"in.zip": data}, name).read_bytes()
    with pytest.raises(UnreadableHandIn, match=r"archive 'in.zip': no module found.* found 1 file: 'in.zip'"):
        read(zip_of({"in.zip": data}, "d.zip"))


def test_archives_within_archives_share_their_limits(zip_of, read):
    inner = zip_of({"functional.py": SOURCE, **{f"{i}": b"" for i in range(5)}}, "inner.zip").read_bytes()
    outer = zip_of({"inner.zip": inner, **{f"{i}": b"" for i in range(5)}})
    assert read(outer, max_members=12).files == {"functional": SOURCE}
    with pytest.raises(UnreadableHandIn, match=r"archive 'inner.zip': more than 5 members"):
        read(outer, max_members=11)
    with pytest.raises(UnreadableHandIn, match=r"archive 'inner.zip': over 100 bytes"):
        read(outer, max_unpacked_bytes=100)


def test_two_archives_within_an_archive_are_refused(zip_of, read):
    with pytest.raises(
        UnreadableHandIn, match=r"archive 'alice.zip': 2 archives and no module: 'hw/a.zip', 'hw/b.zip'"
    ):
        read(zip_of({"hw/a.zip": b"", "hw/b.zip": b""}))


def test_zip_that_is_really_a_tar_is_read(tar_of, read, tmp_path):
    path = tar_of({"functional.py": SOURCE}, "a.tar.gz").rename(tmp_path / "alice.zip")
    assert read(path).files == {"functional": SOURCE}


@pytest.mark.parametrize("name", ["alice", "alice.zip.download"])
def test_only_file_without_an_archive_name_is_known_by_its_content(zip_of, read, name):
    assert read(zip_of({"functional.py": SOURCE}, name)).files == {"functional": SOURCE}


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"Rar!\x1a\x07\x01\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"BZh9", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "zstandard"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("ending", ["rar", "7z", "zip"])
def test_archive_of_another_kind_is_refused_by_its_name(folder, read, start, kind, ending):
    path = folder({f"alice.{ending}": start + b"\0" * 50}) / f"alice.{ending}"
    with pytest.raises(UnreadableHandIn, match=f"a {kind} archive cannot be read; hand in a .zip or .tar.gz"):
        read(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"is empty \(0 bytes\); make the archive anew"),
        (b"<!DOCTYPE html>", r"neither a zip nor a tar: it starts with b'<!DOCTYP'; hand in a .zip or .tar.gz"),
        (gzip.compress(b"print()"), "a gzip file without a tar inside; hand in a .zip or .tar.gz"),
    ],
    ids=["empty", "html", "gzip-of-a-file"],
)
def test_archive_that_is_none_is_refused(folder, read, data, message):
    with pytest.raises(UnreadableHandIn, match=message):
        read(folder({"alice.zip": data}))


# --- limits --------------------------------------------------------------------------------------------------


def test_module_over_the_source_limit_is_refused(hand_in, read):
    assert len(read(hand_in({"functional.py": b"x" * (1 << 20)})).files["functional"]) == 1 << 20
    with pytest.raises(UnreadableHandIn, match=r"'functional.py' cannot be taken: over 1048576 bytes; hand in a"):
        read(hand_in({"functional.py": b"x" * ((1 << 20) + 1)}))


def test_helper_over_the_source_limit_is_noted(hand_in, read):
    found = read(hand_in({"functional.py": SOURCE, "a.py": b"x" * 101}), max_source_bytes=100)
    assert (list(found.files), found.notes) == (["functional"], ("'a.py' was not read: over 100 bytes",))


def test_helpers_over_the_total_are_noted_and_modules_come_first(hand_in, read):
    files = {"functional.py": b"x" * 50, "a.py": b"x" * 40, "b.py": b"x" * 40}
    found = read(hand_in(files), max_total_bytes=100)
    assert list(found.files) == ["a", "functional"]
    assert found.notes == ("'b.py' was not read: over 100 bytes in all",)
    with pytest.raises(UnreadableHandIn, match=r"'functional.py' cannot be taken: over 40 bytes in all"):
        read(hand_in(files), max_total_bytes=40)


def test_sources_over_the_count_are_noted_and_notes_are_capped(hand_in, read):
    found = read(hand_in({"functional.py": SOURCE, **{f"a{i:03}.py": b"" for i in range(100)}}))
    assert len(found.files) == 64
    assert "functional" in found.files
    assert found.notes[0] == "'a063.py' was not read: more than 64 .py files"
    assert (len(found.notes), found.notes[-1]) == (20, "and 18 more notes like these")


def test_flood_of_notes_does_not_hide_a_missing_module(hand_in, read):
    files = {"functional.py": SOURCE, **{f"{i}.py": b"" for i in range(100)}}
    assert read(hand_in(files), modules=("functional", "tensor")).notes[0].startswith("tensor.py was not handed in")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["folder", "zip", "tar.gz"])
def test_10001_members_are_refused(folder, zip_of, tar_of, read, form):
    make = {"folder": folder, "zip": zip_of, "tar.gz": tar_of}[form]
    files = {"functional.py": SOURCE, **{f"d/{i}": b"" for i in range(10_000)}}
    with pytest.raises(UnreadableHandIn, match=r"more than 10000 (files|members); hand in the modules alone"):
        read(make(files))


@pytest.mark.slow
def test_10000_members_are_read(zip_of, tar_of, read):
    files = {"functional.py": SOURCE, **{f"d/{i}": b"" for i in range(9_999)}}
    assert read(zip_of(files)).files == read(tar_of(files)).files == {"functional": SOURCE}


@pytest.mark.slow
def test_archive_over_64_mib_is_refused_without_reading_it_all(tmp_path, read):
    path = tmp_path / "alice.zip"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnreadableHandIn, match=r"archive 'alice.zip': over 67108864 bytes; hand in the modules alone"):
        read(path)


def test_source_of_a_terabyte_is_refused_without_reading_it_all(folder, read):
    root = folder({"functional.py": b""})
    os.truncate(root / "functional.py", 1 << 40)
    with pytest.raises(UnreadableHandIn, match="over 1048576 bytes"):
        read(root)


# --- folders: what is not a plain file -----------------------------------------------------------------------


def test_symlinked_module_in_a_folder_is_never_followed(folder, tmp_path, read):
    secret = tmp_path / "secret.py"
    secret.write_bytes(b"secret")
    root = folder({"readme": b""})
    (root / "functional.py").symlink_to(secret)
    with pytest.raises(
        UnreadableHandIn, match=r"'functional.py' is a symbolic link: not read; hand in the file itself"
    ):
        read(root)


def test_symlinked_folder_and_helper_are_noted(folder, tmp_path, read):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "functional.py").write_bytes(b"secret")
    root = folder({"functional.py": SOURCE})
    (root / "feedforward").symlink_to(tmp_path / "secret")
    (root / "key.py").symlink_to("/etc/passwd")
    found = read(root)
    assert found.files == {"functional": SOURCE}
    assert found.notes == (
        "'feedforward' is a symbolic link: not read; hand in the file itself",
        "'key.py' is a symbolic link: not read; hand in the file itself",
    )


def test_hard_link_in_a_folder_is_noted(folder, tmp_path, read):
    (tmp_path / "secret.py").write_bytes(b"secret")
    root = folder({"functional.py": SOURCE})
    os.link(tmp_path / "secret.py", root / "helper.py")
    found = read(root)
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'helper.py' is a hard link: not read; hand in the file itself",)


@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_special_file_is_noted_and_does_not_block(folder, tmp_path, read, kind, monkeypatch):
    root = folder({"functional.py": SOURCE})
    monkeypatch.chdir(root)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        os.mkfifo("helper.py") if kind == "fifo" else server.bind("helper.py")
        found = read(root)
        assert found.files == {"functional": SOURCE}
        assert found.notes == ("'helper.py' is a device, pipe or socket: not read; hand in the file itself",)
        with pytest.raises(UnreadableHandIn, match="is a device, pipe or socket"):
            read(root / "helper.py", modules=("helper",))


def test_symlinked_student_folder_is_refused(folder, tmp_path, read):
    (tmp_path / "bob").symlink_to(folder({"functional.py": SOURCE}))
    with pytest.raises(UnreadableHandIn, match=r"hand-in 'bob': is a symbolic link, which is not followed; want the"):
        read(tmp_path / "bob")


def test_symlink_among_loose_files_is_noted(folder, tmp_path, read):
    root = folder({"functional.py": SOURCE})
    (tmp_path / "tensor.py").symlink_to("/etc/passwd")
    found = read(root / "functional.py", tmp_path / "tensor.py")
    assert found.files == {"functional": SOURCE}
    assert found.notes == ("'tensor.py' is a symbolic link: not read; hand in the file itself",)


def test_missing_path_is_a_fault_and_not_a_verdict(tmp_path, read):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "gone")


@pytest.mark.slow
def test_helpers_for_which_there_is_no_room_are_not_all_unpacked(zip_of, read, monkeypatch):
    path = zip_of({"functional.py": SOURCE} | {f"helper_{n:03}.py": b"#" * 900_000 for n in range(300)})
    unpacked = []
    original = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda *a: unpacked.append(len(data := original(*a))) or data)
    found = read(path)
    assert len(found.files) == 5
    assert sum(unpacked) < 64 << 20


def test_folder_100_deep_is_answered(folder, read):
    with pytest.raises(UnreadableHandIn, match="found no files"):
        read(folder({"d/" * 100 + "functional.py": b""}))


def test_name_that_is_not_utf8_is_noted(folder, read):
    root = folder({"functional.py": SOURCE})
    with open(os.fsencode(root) + b"/\xff.py", "wb"):
        pass
    [note] = read(root).notes
    assert note == "'\\udcff.py' was not read: not a name that Python can import"


@pytest.mark.parametrize("name", ["hw.zip", "old/hw.tar.gz", "hw.rar"])
def test_archive_beside_a_module_is_said_not_to_count(folder, read, name):
    [note] = read(folder({"functional.py": SOURCE, name: b"PK"})).notes
    assert note == f"{name!r} was not read: what lies beside it counts; hand in one of the two"


# --- doubles -------------------------------------------------------------------------------------------------


def test_member_handed_in_twice_counts_the_last_time(tmp_path, read):
    path = tmp_path / "alice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("functional.py", b"first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("functional.py", b"last")
    tar = tmp_path / "alice.tar"
    with tarfile.open(tar, "w") as archive:
        for data in (b"first", b"last!"):
            info = tarfile.TarInfo("./functional.py")
            info.size = 5
            archive.addfile(info, io.BytesIO(data))
    assert read(path).files == {"functional": b"last"}
    assert read(tar).files == {"functional": b"last!"}
    assert read(tar).notes == ("'functional.py' was handed in more than once: the last one counts",)


@pytest.mark.parametrize(("paths", "modules"), [([], ["a"]), ([Path("a.py")], [])], ids=["no_path", "no_module"])
def test_call_without_a_path_or_a_module_is_refused(paths, modules):
    with pytest.raises(
        ValueError, match=rf"hand-in: got {len(paths)} paths and {len(modules)} modules; want one of each"
    ):
        read_hand_in(paths, package="feedforward", modules=modules)
