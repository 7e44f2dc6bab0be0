"""One student's files and archives put together: of each module the last that is not untouched counts."""

import re
from itertools import count
from pathlib import Path

import pytest

from autograder.intake import SeveralHandIns, UnreadableHandIn, read_hand_in
from tests.intake.made import NAMES, STUBS, TEMPLATE, module, notebook

UNTOUCHED = TEMPLATE.encode()


@pytest.fixture
def read(folder, zip_of, tar_of):
    """The hand-in of loose files; a mapping in a file's place is an archive of its files."""

    numbers = count()

    def read(files, modules=("sums", "more", "last"), **options):
        made = {}
        for name, data in files.items():
            pack = tar_of if ".tar" in name else zip_of
            made[name] = data if isinstance(data, bytes) else pack(data, f"packed {Path(name).name}").read_bytes()
        root = folder(made, f"class {next(numbers)}")
        paths = [root] if not any("_7_" in name for name in files) else sorted(root.iterdir())
        return read_hand_in(paths, package="tiny", modules=modules, stubs=options.pop("stubs", None), **options)

    return read


@pytest.mark.parametrize("more", ["more.zip", "more.tar.gz"])
def test_modules_each_in_an_archive_of_its_own_are_put_together(read, more):
    for first, other in (("d_7_100_sums.zip", f"d_7_101_{more}"), ("sums.zip", more)):
        found = read({first: {"src/sums.py": b"s", "src/help.py": b"h"}, other: {"x/more.py": b"m"}})
        assert found.files == {"help": b"h", "more": b"m", "sums": b"s"}
        assert sorted(found.notes[1:]) == [f"'more.py' was read from '{more}'", "'sums.py' was read from 'sums.zip'"]


def test_archive_and_loose_modules_are_put_together(read):
    for number in ("99", "101"):
        found = read({f"d_7_{number}_hw.zip": {"sums.py": b"s", "more.py": b"m"}, "d_7_100_last.py": b"l"})
        assert found.files == {"last": b"l", "more": b"m", "sums": b"s"}
    assert read({"hw.zip": {"sums.py": b"s"}, "last.py": b"l"}).files == {"last": b"l", "sums": b"s"}


def test_later_upload_counts_for_the_modules_that_it_holds(read):
    every = {"sums.py": b"s", "more.py": b"m", "last.py": b"l"}
    found = read({"d_7_100_hw.zip": every, "d_7_101_sums.py": b"new"})
    assert found.files == {"last": b"l", "more": b"m", "sums": b"new"}
    assert "'sums.py' in 'hw.zip' was not read: 'sums.py' was uploaded after it" in found.notes
    found = read(
        {"d_7_100_sums.py": b"old", "d_7_101_more.py": b"m", "d_7_102_hw.zip": {"sums.py": b"new"}}, ("sums", "more")
    )
    assert found.files == {"more": b"m", "sums": b"new"}
    assert "'sums.py' was not read: 'hw.zip' was uploaded after it" in found.notes


def test_what_lies_loose_counts_before_an_archive_without_a_number(read):
    found = read({"hw.zip": {"sums.py": b"packed", "more.py": b"m"}, "sums.py": b"s"})
    assert found.files == {"more": b"m", "sums": b"s"}
    assert "'sums.py' in 'hw.zip' was not read: 'sums.py' beside it counts" in found.notes


def test_packed_helper_does_not_replace_one_that_lies_there(read):
    found = read({"hw.zip": {"more.py": b"m", "help.py": b"packed"}, "sums.py": b"s", "help.py": b"h"})
    assert found.files == {"help": b"h", "more": b"m", "sums": b"s"}


@pytest.mark.parametrize("blank", [b"", UNTOUCHED], ids=["empty", "template"])
@pytest.mark.parametrize(("name", "packed"), [("sums.py", "hw.zip"), ("d_7_101_sums.py", "d_7_100_hw.zip")])
def test_module_that_is_empty_or_untouched_gives_way_to_an_archives(read, name, packed, blank):
    found = read({name: blank, packed: {"hw/sums.py": module(8)}}, ("sums",), stubs=STUBS)
    assert found.files == {"sums": module(8)}
    assert found.notes == (
        "'sums.py' was not read: it is empty, or the untouched template, and 'hw.zip' stands for it",
    )
    assert read({name: module(9), packed: {"sums.py": blank}}, ("sums",), stubs=STUBS).files == {"sums": module(9)}


@pytest.mark.parametrize("packed", [{"a1.ipynb": notebook(7)}, {"sums.py": module(7)}], ids=["notebook", "module"])
def test_notebook_in_which_nothing_was_done_gives_way_to_an_archive(read, packed):
    found = read({"a1.ipynb": notebook(), "hw.zip": packed}, ("sums",), stubs=STUBS)
    assert found.files["sums"].count(b"return 7") == 3
    assert "'a1.ipynb' was not read: it is empty, or the untouched template, and 'hw.zip' stands for it" in found.notes
    found = read({"a1.ipynb": notebook(6), "hw.zip": packed}, ("sums",), stubs=STUBS)
    assert found.files["sums"].count(b"return 6") == 3


def test_packed_notebook_changes_no_module_unless_it_is_later(read):
    stubs = STUBS
    packed = {"a1.ipynb": notebook(7)}
    found = read({"sums.py": module(8), "hw.zip": packed}, ("sums", "more"), stubs=stubs)
    assert found.files == {"sums": module(8)}
    found = read({"d_7_100_sums.py": module(8), "d_7_101_hw.zip": packed}, ("sums", "more"), stubs=stubs)
    assert found.files["sums"].count(b"return 7") == 3


def test_later_modules_take_the_place_of_an_earlier_notebook_if_they_are_all(read):
    later = {"d_7_100_a1.ipynb": notebook(7), "d_7_101_hw.zip": {"sums.py": module(8)}}
    found = read(later, ("sums",), stubs=STUBS)
    assert found.files == {"sums": module(8)}
    assert found.notes == ("'a1.ipynb' was not read: 'hw.zip' was uploaded after it",)
    found = read(later, ("sums", "more"), stubs=STUBS)
    assert found.files["sums"].count(b"return 7") == 3


@pytest.mark.parametrize("other", [{"sums.py": b"2"}, {"ann.py": b""}, {"sums.py": b"2", "last.py": b"l"}])
def test_of_archives_that_hold_the_same_without_a_number_none_is_guessed(read, other):
    with pytest.raises(UnreadableHandIn, match=r"2 archives and no module: 'a.zip', 'b.zip'; hand in one archive"):
        read({"a.zip": {"sums.py": b"1", "more.py": b"m"}, "b.zip": other})
    with pytest.raises(UnreadableHandIn, match=r"2 archives and the same module in several: 'a.zip', 'b.zip'; hand in"):
        read({"sums.py": b"", "a.zip": {"sums.py": b"1"}, "b.zip": {"sums.py": b"2"}})
    assert read({"more.py": b"m", "a.zip": {"sums.py": b"1"}, "b.zip": {"sums.py": b"2"}}).files == {"more": b"m"}


def test_untouched_template_in_an_archive_gives_way_to_another_archive(read):
    found = read({"template.zip": {"sums.py": UNTOUCHED}, "hw.zip": {"sums.py": module(8)}}, ("sums",), stubs=STUBS)
    assert found.files == {"sums": module(8)}
    assert found.notes == (
        "'template.zip' was not read: it is empty, or the untouched template, and 'hw.zip' stands for it",
    )


def test_archive_that_cannot_be_read_is_told_and_the_other_counts(read):
    found = read(
        {"d_7_100_hw.zip": {"sums.py": b"s"}, "d_7_101_more.zip": b"PK\x03\x04", "d_7_102_x.zip": {"x.png": b""}}
    )
    assert found.files == {"sums": b"s"}
    notes = " ".join(found.notes)
    assert "archive 'more.zip': is damaged or cut short" in notes
    assert "'x.zip' was not read: it holds nothing of what was asked for" in notes
    found = read({"sums.py": b"", "hw.zip": b"PK\x03\x04"}, ("sums",))
    assert "archive 'hw.zip': is damaged or cut short" in found.notes[0]
    with pytest.raises(UnreadableHandIn, match=r"archive 'b.zip': is damaged or cut short"):
        read({"d_7_100_a.zip": b"PK\x03\x04", "d_7_101_b.zip": b"PK\x03\x04"})


def test_archives_side_by_side_share_the_limits_of_one(read):
    files = {
        f"d_7_{100 + n}_{name}.zip": {f"{name}.py": b"x", "a": b"", "b": b""} for n, name in enumerate(("sums", "more"))
    }
    assert sorted(read(files, max_members=6).files) == ["more", "sums"]
    found = read(files, max_members=5)
    assert sorted(found.files) == ["more"]
    assert "archive 'sums.zip': more than 2 members; hand in the modules alone" in found.notes
    found = read(files, max_archive_bytes=500)
    assert sorted(found.files) == ["more"]
    assert re.search(r"archive 'sums.zip': over \d+ bytes; hand in the modules alone", " ".join(found.notes))


def test_unpacked_bytes_of_archives_side_by_side_are_counted_together(read):
    files = {f"d_7_{100 + n}_{name}.tar.gz": {f"{name}.py": bytes(20_000)} for n, name in enumerate(("sums", "more"))}
    assert sorted(read(files, max_unpacked_bytes=70_000).files) == ["more", "sums"]
    found = read(files, max_unpacked_bytes=40_000)
    assert sorted(found.files) == ["more"]
    assert re.search(r"archive 'sums.tar.gz': unpacks to more than \d+ bytes", " ".join(found.notes))


def test_no_more_than_a_dozen_archives_are_opened(read):
    files = {f"d_7_{100 + n}_{n}.zip": {"x.py": b""} for n in range(20)} | {"d_7_300_hw.zip": {"sums.py": b"s"}}
    found = read(files, ("sums",))
    assert found.files == {"sums": b"s"}
    assert sum("was not read: there are too many archives; hand in one" in note for note in found.notes) == 9


def test_script_in_an_archive_is_put_together_with_a_loose_module(read):
    cells = "\n".join(f"# %%\n# exercise: sums.{name}\ndef {name}(values):\n    return 7" for name in NAMES)
    found = read(
        {"d_7_100_more.py": b"x = 1", "d_7_101_hw.zip": {"a1.py": cells.encode()}}, ("sums", "more"), stubs=STUBS
    )
    assert (found.files["sums"].count(b"return 7"), found.files["more"]) == (3, b"x = 1")


@pytest.mark.parametrize("other", [{"figure.png": b""}, {"iris.csv": b"1,2"}, {"report.pdf": b"", "x/y.md": b""}])
def test_archive_without_code_is_nobodys_hand_in(read, other):
    found = read({"hw.zip": {"sums.py": b"1"}, "more.zip": other}, may_be_class=True, stubs=STUBS)
    assert found.files == {"sums": b"1"}
    assert "'more.zip' was not read: it holds nothing of what was asked for" in found.notes


def test_archives_of_one_name_in_students_folders_are_a_class(read):
    files = {f"{name}/hw.zip": {"sums.py": module(number)} for number, name in enumerate(("ann", "bob", "cy"))}
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 3: 'ann/hw.zip', 'bob/hw.zip', 'cy/hw.zip'; want"):
        read(files, ("sums",), may_be_class=True, stubs=STUBS)
    with pytest.raises(UnreadableHandIn, match=r"3 archives and no module: 'ann/hw.zip', 'bob/hw.zip', 'cy/hw.zip'"):
        read(files, ("sums",), stubs=STUBS)


@pytest.mark.parametrize("own", ["pavlov/sums.py", "pavlov/tiny/sums.py", "pavlova.ipynb"])
def test_archives_named_as_students_beside_anothers_work_are_a_class(read, own):
    done = notebook(7) if own.endswith(".ipynb") else module(7)
    packed = {"abramov.zip": {"sums.py": module(1)}, "ivanov.zip": {"sums.py": module(2)}}
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 3: 'pavlov[^']*', 'abramov.zip', 'ivanov.zip'"):
        read({own: done, **packed}, ("sums",), may_be_class=True, stubs=STUBS)
    for theirs in ({"data.zip": {"x.csv": b""}, "figures.zip": {"x.png": b""}}, {"iris.zip": {"iris.csv": b""}}):
        assert read({own: done, **theirs}, ("sums",), may_be_class=True, stubs=STUBS).files["sums"].count(b"7") == 3
