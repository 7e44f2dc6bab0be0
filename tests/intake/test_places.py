"""Which of several places in a hand-in counts: the first of them, but for one in which nothing was done."""

import zipfile
from itertools import count

import pytest

from autograder.intake import Stubs, UnreadableHandIn, read_hand_in
from tests.intake.made import NAMES, STUBS, TEMPLATE, module, notebook

UNTOUCHED = TEMPLATE.replace("\n", "\r\n").encode()


@pytest.fixture(params=["folder", "zip", "tar"])
def read(request, folder, zip_of, tar_of):
    numbers = count()

    def read(files, **options):
        make = {
            "folder": lambda: folder(files, f"hand-in {next(numbers)}"),
            "zip": lambda: zip_of(files),
            "tar": lambda: tar_of(files),
        }
        path = make[request.param]()
        return read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS, **options)

    return read


def returned(hand_in):
    """What the functions of the module return."""
    source = hand_in.files["sums"].decode()
    return [line.split()[1] for line in source.splitlines() if line.strip().startswith("return")]


@pytest.mark.parametrize("above", ["", "hw/", "x/hw/", "x/y/hw/"], ids=["top", "one-down", "two-down", "three-down"])
@pytest.mark.parametrize("name", ["a1.ipynb", "notebook/a1.ipynb"])
def test_notebook_project_is_read_however_deep_it_lies(read, above, name):
    project = above + name.rpartition("/")[0]
    files = {above + name: notebook(7), f"{project}/tiny/sums.py".lstrip("/"): UNTOUCHED, f"{above}README.md": b""}
    assert returned(read(files)) == ["7"] * 3


def test_notebook_above_a_deep_module_counts_before_it(read):
    found = read({"x/hw/a1.ipynb": notebook(7, NAMES[:1]), "x/hw/tiny/sums.py": module(8)})
    assert returned(found) == ["7", "8", "8"]


@pytest.mark.parametrize(
    ("sheet", "worked"),
    [("a1.ipynb", "work/a1.ipynb"), ("a1.ipynb", "work/deep/er/a1.ipynb"), ("tiny/a1.ipynb", "work/x/a1.ipynb")],
)
def test_notebook_in_which_nothing_was_done_gives_way_to_a_deeper_one(read, sheet, worked):
    files = {sheet: notebook(), "tiny/sums.py": UNTOUCHED, worked: notebook(7)}
    found = read(files)
    assert returned(found) == ["7"] * 3
    assert found.notes[0] == f"{sheet!r} was not read: nothing was done in it, and {worked!r} counts"
    assert returned(read({**files, sheet: notebook(6)})) == ["6"] * 3


@pytest.mark.parametrize("place", ["sums.py", "tiny/sums.py", "hw/x/sums.py"])
def test_untouched_module_gives_way_to_a_deep_notebook(read, place):
    for blank in (UNTOUCHED, b""):
        found = read({place: blank, "a/b/a1.ipynb": notebook(7)})
        assert returned(found) == ["7"] * 3
        assert "read from 'a/b/', the only folder with a notebook that was worked on" in found.notes


def test_module_that_was_worked_on_counts_before_a_deep_notebook(read):
    assert returned(read({"sums.py": module(8), "a/b/a1.ipynb": notebook(7)})) == ["8"] * 3
    assert returned(read({"sums.py": module(8), "a1.ipynb": notebook(), "b/a1.ipynb": notebook(7)})) == ["8"] * 3


def test_of_two_deep_notebooks_that_were_worked_on_none_is_guessed(read):
    files = {"sums.py": UNTOUCHED, "a/b/a1.ipynb": notebook(7), "a/c/a1.ipynb": notebook(8)}
    assert read(files).files == {"sums": UNTOUCHED}
    assert returned(read({**files, "a/c/a1.ipynb": notebook()})) == ["7"] * 3


@pytest.mark.parametrize("blank", [b"", b" \n", UNTOUCHED], ids=["empty", "blank", "template"])
@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("sums.py", "tiny/sums.py"),
        ("tiny/sums.py", "x/tiny/sums.py"),
        ("sums.py", "a/b/c/sums.py"),
        ("hw/sums.py", "a/b/sums (1).py"),
    ],
)
def test_module_that_is_empty_or_untouched_gives_way_to_another_place(read, first, other, blank):
    found = read({first: blank, other: module(8)})
    assert returned(found) == ["8"] * 3
    place = other.rpartition("/")[0] + "/"
    why = f"it is empty, or the untouched template, and the modules are taken from one place, {place!r}"
    assert f"{first!r} was not read: {why}" in found.notes
    assert returned(read({first: module(9), other: module(8)})) == ["9"] * 3
    assert read({first: blank, other: b""}).files == {"sums": blank}


def test_module_that_is_untouched_beside_others_gives_way_to_the_one_other_that_is_not(folder):
    files = {
        "sums.py": UNTOUCHED,
        "more.py": b"m = 1",
        "tiny/sums.py": module(8),
        "tiny/more.py": b"",
        "x/sums.py": b"",
    }
    root = folder(files)
    found = read_hand_in([root], package="tiny", modules=("sums", "more"), stubs=STUBS)
    assert found.files == {"more": b"m = 1", "sums": module(8)}
    why = "it is empty, or the untouched template, and"
    assert f"'sums.py' was not read: {why} 'tiny/sums.py' stands for it" in found.notes
    assert f"'tiny/more.py' was not read: {why} the modules are taken from one place, the top" in found.notes
    assert not any(note.startswith("'tiny/sums.py'") for note in found.notes)
    for more in ({"x/sums.py": module(9)}, {"tiny/sums.py": b"", "old/sums.py": module(9)}):
        root = folder({**files, **more}, f"with {len(more)}")
        assert read_hand_in([root], package="tiny", modules=("sums", "more"), stubs=STUBS).files["sums"] == UNTOUCHED


def test_older_versions_and_doubtful_places_do_not_stand_for_what_is_untouched(read):
    assert read({"sums.py": UNTOUCHED, "old/sums.py": module(8)}).files == {"sums": UNTOUCHED}
    assert read({"sums.py": UNTOUCHED, "a/sums.py": module(8), "b/sums.py": module(9)}).files == {"sums": UNTOUCHED}


def test_notebooks_in_a_folder_of_older_versions_do_not_count_beside_others(read):
    found = read({"new/a1.ipynb": notebook(7), "old/a1.ipynb": notebook(8)})
    assert returned(found) == ["7"] * 3
    assert found.notes == ("'old/a1.ipynb' was not read: 'new/a1.ipynb' counts before older versions",)
    assert returned(read({"new/a1.ipynb": notebook(), "old/a1.ipynb": notebook(8)})) == ["8"] * 3
    assert returned(read({"old/a1.ipynb": notebook(8)})) == ["8"] * 3


@pytest.mark.slow
def test_thousands_of_places_are_looked_at_in_a_moment(zip_of):
    files = {f"{n}/x/sums.py": UNTOUCHED for n in range(3000)} | {f"{n}/x/a1.ipynb": notebook() for n in range(3000)}
    path = zip_of({"sums.py": b"", "a1.ipynb": notebook(), **files})
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)
    assert found.files == {"sums": b""}


@pytest.mark.slow
def test_what_is_compared_is_bounded_in_bytes(zip_of, monkeypatch):
    files = {f"{n}/x/a1.ipynb": b" " * (4 << 20) for n in range(8)} | {
        f"{n}/x/sums.py": b" " * (1 << 20) for n in range(8)
    }
    path = zip_of({"sums.py": b"", "a1.ipynb": notebook(), **files})
    read_bytes = []
    original = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda *a: read_bytes.append(len(data := original(*a))) or data)
    found = read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS, max_unpacked_bytes=8 << 20)
    assert found.files == {"sums": b""}
    assert sum(read_bytes) < 24 << 20


def test_helper_in_a_folder_beside_the_modules_is_noted_if_it_is_imported(read):
    for line in (b"from utils.helper import f\n", b"import utils.helper\n", b"from .utils import helper\n"):
        files = {"tiny/sums.py": line + module(8), "tiny/utils/helper.py": b"", "tiny/other/x.py": b""}
        notes = [
            "'tiny/utils/helper.py' was not read: only what lies beside the modules is; put it there and import it so"
        ]
        assert [*read(files).notes] == notes
        assert read({**files, "tiny/sums.py": module(8)}).notes == ()


def test_module_of_another_ending_beside_another_module_is_noted(folder):
    root = folder({"sums.py": module(8), "more.txt": b"import sums\n", "notes.txt": b"import sums\n"})
    found = read_hand_in([root], package="tiny", modules=("sums", "more"), stubs=STUBS)
    assert found.notes == (
        "more.py was not handed in: the untouched template's stands in",
        "'more.txt' was not read: it is not named more.py; rename it",
    )


@pytest.mark.parametrize("name", ["sums_1.py", "sums.py.py", "sums - копія.py", "sums - 副本.py", "hw/sums_12.py"])
def test_more_names_of_a_copy_are_taken_where_there_is_no_module(read, name):
    found = read({name: module(8)})
    assert returned(found) == ["8"] * 3
    assert "was taken as" in found.notes[0]


def test_numbered_name_is_a_helper_beside_the_module_and_a_guess_among_others(read):
    assert sorted(read({"sums.py": module(8), "sums_1.py": b""}).files) == ["sums", "sums_1"]
    with pytest.raises(UnreadableHandIn, match="no module found"):
        read({"sums_1.py": module(8), "sums_2.py": module(9)})


def test_text_that_was_typed_is_answered_as_unreadable(folder):
    for name in ("A1_jdoe_attempt_2026-11-20-10-11-12.txt", "Jane Doe_11_assignsubmission_onlinetext_text.txt"):
        path = folder({name: b"Name: Jane\n" + module(8)}, "class") / name
        with pytest.raises(
            UnreadableHandIn, match=r"no module found.*' was not read: it was typed into \w+; hand in a f"
        ):
            read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS)


@pytest.mark.parametrize("work", ["hw1/sums.py", "src/sums.py", "ivanov/sums.py", "Tiny/sums.py"])
def test_untouched_package_gives_way_to_work_beside_it(read, work):
    found = read({"README.md": b"", "tests/x.py": b"", "tiny/sums.py": UNTOUCHED, work: module(8)}, may_be_class=True)
    assert returned(found) == ["8"] * 3


@pytest.mark.parametrize(
    ("theirs", "own"), [("original", "mine"), ("Vorlage", "Abgabe"), ("course-main", "course-ann")]
)
def test_downloaded_template_gives_way_to_the_copy_that_was_worked_on(read, theirs, own):
    for inner in ("", "tiny/"):
        files = {f"{theirs}/{inner}sums.py": UNTOUCHED, f"{own}/{inner}sums.py": module(8)}
        assert returned(read(files, may_be_class=True)) == ["8"] * 3


def test_one_who_has_begun_beside_several_who_have_not_is_no_student_alone(read):
    files = {"ann/sums.py": module(8), "bob/sums.py": UNTOUCHED, "cy/sums.py": UNTOUCHED}
    with pytest.raises(UnreadableHandIn, match="the modules are in 3 folders"):
        read(files, may_be_class=True)


@pytest.mark.parametrize(
    ("older", "newer"),
    [("a_old", "a"), ("b_old", "b_new"), ("a_v9", "a_v10"), ("черновик", "итог"), ("tmp", "a"), ("z_draft", "a")],
)
def test_of_a_cell_in_several_notebooks_the_newest_by_its_name_counts(read, older, newer):
    assert returned(read({f"{older}.ipynb": notebook(7), f"{newer}.ipynb": notebook(8)})) == ["8"] * 3
    both = read({f"{older}.ipynb": notebook(7), f"{newer}.ipynb": notebook(8, NAMES[1:])})
    assert returned(both) == ["7", "8", "8"]


@pytest.mark.parametrize(
    "files",
    [
        {"task1/sums.py": module(8), "task2/more.py": b"m = 1"},
        {"sums.py": module(8), "tiny/more.py": b"m = 1"},
        {"tiny/sums.py": module(8), "tiny/more.py": b"", "task2/more.py": b"m = 1"},
    ],
    ids=["beside", "below", "instead-of-an-empty-one"],
)
def test_modules_are_fetched_each_from_the_one_place_where_it_is(folder, files):
    found = read_hand_in([folder(files)], package="tiny", modules=("sums", "more"), stubs=STUBS, may_be_class=True)
    assert found.files == {"sums": module(8), "more": b"m = 1"}
    assert any(note.endswith("more.py' stands for it") for note in found.notes)


@pytest.mark.parametrize(
    "names", [("a3_tapes", "a4_sums"), ("a3", "A4"), ("z_older_work", "a4_sums"), ("hw3", "hw4"), ("неделя 3", "дз 4")]
)
def test_folder_named_as_the_assignment_counts_before_others_beside_it(folder, names):
    other, own = names
    stubs = Stubs(STUBS.modules, STUBS.exercises, "a4_sums")
    for inner in ("", "tiny/"):
        root = folder({f"{other}/{inner}sums.py": module(7), f"{own}/{inner}sums.py": module(8)}, f"with {inner[:-1]}")
        found = read_hand_in([root], package="tiny", modules=("sums",), stubs=stubs, may_be_class=True)
        assert returned(found) == ["8"] * 3


@pytest.mark.parametrize("names", [("3", "4"), ("team3", "team4"), ("ann", "bob")])
def test_folders_that_may_be_students_are_not_told_by_a_number(folder, names):
    stubs = Stubs(STUBS.modules, STUBS.exercises, "a4_sums")
    root = folder({f"{name}/sums.py": module(8) for name in names})
    with pytest.raises(UnreadableHandIn, match=r"the modules are in 2 folders|looks like a class of 2"):
        read_hand_in([root], package="tiny", modules=("sums",), stubs=stubs, may_be_class=True)
