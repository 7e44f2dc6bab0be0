"""Several students' work where one hand-in is looked for: nobody's score, and a line that says what it looks like."""

from itertools import count
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.packages import notebook_stubs
from autograder.intake import SeveralHandIns, Stubs, UnreadableHandIn, find_submissions, read_hand_in
from tests.intake.made import NAMES, STUBS, TEMPLATE, module, notebook

COURSE = Course.load(Path(__file__).parents[2])


@pytest.fixture(params=["folder", "zip", "tar.gz", "zip-in-folder"])
def hand_in(request, folder, zip_of, tar_of):
    numbers = count()

    def make(files):
        name = f"group{next(numbers)}"
        match request.param:
            case "folder":
                return folder(files, name)
            case "zip":
                return zip_of(files, "submissions.zip")
            case "zip-in-folder":
                return folder({"submissions.zip": zip_of(files, "submissions.zip").read_bytes()}, name)
            case ending:
                return tar_of(files, f"submissions.{ending}")

    return make


def read(path, **options):
    return read_hand_in([path], package="tiny", modules=("sums",), stubs=STUBS, may_be_class=True, **options)


PLATFORMS = {
    "canvas": ["doejane_101_901_{}", "roebob_LATE_102_902_{}"],
    "canvas-anonymous": ["anon_aB3dE_901_{}", "anon_Xy9zW_902_{}"],
    "moodle": ["Jane Doe_11_assignsubmission_file_/{}", "Bob Roe_12_assignsubmission_file_/{}"],
    "moodle-flat": ["Jane Doe_11_assignsubmission_file_{}", "Bob Roe_12_assignsubmission_file_{}"],
    "blackboard": ["A1_jdoe_attempt_2026-11-20-10-11-12_{}", "A1_broe_attempt_2026-11-20-10-11-12_{}"],
    "brightspace": [
        "11-22 - Jane Doe - Nov 20, 2026 1011 AM/{}",
        "12-22 - Bob Roe - Nov 20, 2026 1011 AM/{}",
    ],
    "autolab": ["jane@uni.edu_3_{}", "bob@uni.edu_1_{}"],
    "gradescope": ["submission_1/{}", "submission_2/{}"],
}


@pytest.mark.parametrize("above", ["", "week 1/", "a/b/c/"], ids=["top", "one-down", "deep"])
@pytest.mark.parametrize("file", ["sums.py", "a1.ipynb"])
@pytest.mark.parametrize("names", PLATFORMS.values(), ids=PLATFORMS.keys())
def test_download_of_a_class_is_nobodys_hand_in(hand_in, names, file, above):
    data = {"sums.py": module(1), "a1.ipynb": notebook(1)}[file]
    files = {above + name.format(file): data for name in names}
    if names[0].startswith("submission_"):
        files[f"{above}submission_metadata.yml"] = b""
    path = hand_in(files)
    with pytest.raises(SeveralHandIns) as error:
        read(path)
    said, first = str(error.value), above + names[0].format(file)
    assert "': looks like a class of 2: " in said
    assert first in said or first.rpartition("/")[0] in said
    assert "want one student's hand-in; " in said
    packed = path.suffix or any(path.glob("*.zip"))
    assert said.endswith(
        "unpack it and give the folder that holds them" if packed else "; give the folder that holds them"
    )


def test_where_a_platform_says_whose_it_is_nothing_looks_like_a_class(folder):
    root = folder({"jane.ipynb": notebook(1), "bob.ipynb": notebook(2)})
    with pytest.raises(SeveralHandIns):
        read(root)
    assert read_hand_in([root], package="tiny", modules=("sums",), stubs=STUBS).files


def test_class_of_three_hundred_names_a_few(folder):
    root = folder({f"s{n}_{n}_{n + 1000}_a1.ipynb": b"{}" for n in range(100, 400)})
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 300: '[^;]*'[^;]* and 297 more; want") as error:
        read(root)
    assert len(str(error.value)) < 400


def test_platforms_file_alone_is_no_students_own_name(folder):
    files = {"late/doejane_101_901_sums.py": module(1), "essay.pdf": b""}
    with pytest.raises(SeveralHandIns, match=r"looks like a class: 'late/doejane_101_901_sums.py'; want one student's"):
        read(folder(files))
    assert read(folder({"late/doejane_101_901_a1.ipynb": notebook(1)}, "bob")).files


def test_platforms_file_beside_a_module_is_another_students(hand_in):
    with pytest.raises(
        SeveralHandIns, match=r"looks like a class of 2: 'doejane_101_901_sums.py', 'sums.py'; want one"
    ):
        read(hand_in({"doejane_101_901_sums.py": module(1), "sums.py": module(2)}))


def test_document_that_a_platform_names_is_a_student_too(folder):
    with pytest.raises(SeveralHandIns, match="looks like a class of 2: "):
        read(folder({"doejane_101_901_a1.ipynb": notebook(1), "roebob_102_902_essay.docx": b""}))


APART = {
    "folders": ("jane/a1.ipynb", "bob/a1.ipynb"),
    "deep": ("x/y/jane/a1.ipynb", "x/y/bob/a1.ipynb"),
    "names": ("jane.ipynb", "bob.ipynb"),
    "title": ("a1_jane.ipynb", "a1_bob.ipynb"),
    "numbers": ("student1.ipynb", "student2.ipynb"),
    "ids": ("1001.ipynb", "1002.ipynb"),
}


@pytest.mark.parametrize("names", APART.values(), ids=APART.keys())
def test_same_exercises_in_notebooks_that_have_nothing_in_common_are_a_class(hand_in, names):
    for one, other in ((notebook(1), notebook(2)), (notebook(1), notebook(1)), (notebook(1, NAMES[:2]), notebook(2))):
        with pytest.raises(
            SeveralHandIns, match=r"of 2: '.*'; want one student's .*, or leave one if all are one stud"
        ):
            read(hand_in(dict(zip(names, (one, other), strict=True))))


ONES = {
    "copy": ("a1.ipynb", "a1 (1).ipynb"),
    "final": ("a1.ipynb", "a1_final_v2.ipynb"),
    "versions": ("hw_v1.ipynb", "hw v2.ipynb"),
    "numbers": ("hw2-1.ipynb", "hw2-2.ipynb"),
    "numbered": ("hw 2.ipynb", "homework 3.ipynb"),
    "languages": ("a1.ipynb", "a1.ru.ipynb"),
    "old": ("work/a1.ipynb", "old/a1.ipynb"),
    "checkpoint": ("a1.ipynb", ".ipynb_checkpoints/a1-checkpoint.ipynb"),
}


@pytest.mark.parametrize("names", ONES.values(), ids=ONES.keys())
def test_notebooks_of_one_student_are_no_class(hand_in, names):
    found = read(hand_in(dict(zip(names, (notebook(1), notebook(2)), strict=True))))
    assert found.files["sums"].count(b"return") == 3


def test_work_that_goes_on_in_another_notebook_is_one_students(hand_in):
    parts = {"first.ipynb": notebook(1, NAMES[:1]), "second.ipynb": notebook(1, NAMES)}
    assert b"return 1" in read(hand_in(parts)).files["sums"]
    parts = {"a/first.ipynb": notebook(1, NAMES[:1]), "b/second.ipynb": notebook(1, NAMES[1:])}
    assert read(hand_in(parts)).files["sums"].count(b"return 1") == 3


def test_untouched_notebook_in_another_folder_is_no_student(hand_in):
    assert b"return 2" in read(hand_in({"download/a1.ipynb": notebook(), "jane/a1.ipynb": notebook(2)})).files["sums"]


def test_notebook_and_module_in_different_folders_are_a_class_if_both_hold_work(hand_in):
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 2: 'ann/sums.py', 'tim/a1.ipynb'; want one"):
        read(hand_in({"ann/sums.py": module(1), "tim/a1.ipynb": notebook(2)}))
    for names in (("tiny", "notebooks"), ("src/tiny", "notebooks"), ("src", "work")):
        found = read(hand_in({f"{names[0]}/sums.py": module(1), f"{names[1]}/a1.ipynb": notebook(2, NAMES[:1])}))
        assert b"return 2" in found.files["sums"]


@pytest.mark.parametrize("names", [("jane", "bob"), ("groupB/jane/tiny", "groupB/bob/tiny"), ("a/b/c/d", "a/b/c/e")])
def test_same_module_in_folders_side_by_side_is_a_class(hand_in, names):
    files = {f"{name}/sums.py": module(1) for name in names}
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 2: '[^']*/', '[^']*/'; want one"):
        read(hand_in(files))
    with pytest.raises(SeveralHandIns):  # the template lies above them
        read(hand_in({**files, "sums.py": TEMPLATE.encode()}))


def test_versions_side_by_side_are_told_to_the_student(hand_in):
    with pytest.raises(UnreadableHandIn, match="the modules are in 2 folders: 'v1/' and 'v2/'; want one") as error:
        read(hand_in({"v1/sums.py": module(1), "v2/sums.py": module(2)}))
    assert not isinstance(error.value, SeveralHandIns)


@pytest.mark.parametrize("names", [("jane.py", "bob.py"), ("sums.py", "bob.py", "jane.py")])
def test_sources_that_define_the_same_are_a_class(hand_in, names):
    with pytest.raises(SeveralHandIns, match=f"a class of {len(names)}: .*'{names[1]}'.*; want one student's hand-in"):
        read(hand_in({name: module(number) for number, name in enumerate(names)}))


@pytest.mark.parametrize("other", ["entwurf.py", "utils.py", "bob.py", "草稿.py"])
def test_one_source_more_that_defines_what_a_module_does_is_its_owners(hand_in, other):
    """A draft may be called anything, and a module's name is nobody's."""
    assert read(hand_in({"sums.py": module(1), other: module(2)})).files["sums"] == module(1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("my_sums.py", module(2)),
        ("sums (1).py", module(2)),
        ("scratch.py", module(2)),
        ("practice week 3.py", module(2)),
        ("черновик.py", module(2)),
        ("helper.py", module(2, NAMES[:1])),
        ("bob.py", TEMPLATE.encode()),
        ("run_1_100_plot.py", b"x = 1"),
    ],
)
def test_source_of_the_students_own_beside_the_module_makes_no_class(hand_in, name, data):
    assert read(hand_in({"sums.py": module(1), name: data})).files["sums"] == module(1)


def test_copies_alone_are_one_students(hand_in):
    assert read(hand_in({"sums (9).py": module(1), "sums (10).py": module(2)})).files["sums"] == module(2)
    assert read(hand_in({"sums-1.py": module(1), "sums-2.py": module(2)})).files["sums"] == module(2)
    assert read(hand_in({"a1 (1).ipynb": notebook(1), "a1 (2).ipynb": notebook(2)})).files


def test_own_files_that_are_numbered_as_canvas_would_are_no_class(hand_in):
    names = ["run_1_100_plot.py", "run_2_100_plot.py", "loss_3_200_a.png", "rate_4_300_b.png"]
    assert read(hand_in({"sums.py": module(1), **dict.fromkeys(names, b"")})).files["sums"] == module(1)


def test_others_work_below_ones_own_is_not_looked_at(hand_in):
    names = ["review/doejane_101_901_sums.py", "review/roebob_102_902_sums.py"]
    assert read(hand_in({"sums.py": module(1), **dict.fromkeys(names, module(2))})).files["sums"] == module(1)


def test_archives_that_hold_the_same_are_a_class_by_their_names(folder, zip_of):
    data, other = (zip_of({"sums.py": module(number)}, f"{number}").read_bytes() for number in (1, 2))
    for number, others in enumerate([data, other]):
        with pytest.raises(SeveralHandIns, match=r"looks like a class of 2: 'bob.zip', 'jane.zip'; want one student's"):
            read(folder({"jane.zip": data, "bob.zip": others}, f"class {number}"))
    with pytest.raises(UnreadableHandIn, match=r"2 archives and no module: 'hw.zip', 'hw_final.zip'; hand in one"):
        read(folder({"hw.zip": data, "hw_final.zip": other}, "ann"))
    found = read(folder({"hw.zip": data, "hw_final.zip": data}, "bea"))
    assert found.files == {"sums": module(1)}
    assert "'hw_final.zip' was not read: 'hw.zip' holds the same" in found.notes


def test_archives_with_the_same_notebook_are_one_and_with_others_refused(folder, zip_of):
    first, other = (zip_of({"a1.ipynb": notebook(number)}, f"sheet {number}").read_bytes() for number in (1, 2))
    found = read(folder({"hw.zip": first, "hw_final.zip": first}, "ann"))
    assert found.files == {"sums": read(folder({"hw.zip": first}, "cleo")).files["sums"]}
    with pytest.raises(UnreadableHandIn, match=r"2 archives and no module: 'hw.zip', 'hw_final.zip'; hand in one"):
        read(folder({"hw.zip": first, "hw_final.zip": other}, "bea"))


def test_copies_in_several_folders_are_one_students_unless_their_names_are_two(folder, zip_of):
    same = {"new/sums.py": module(1), "hw/sums.py": module(1)}
    for place in (folder(same, "ann"), zip_of(same)):
        found = read(place)
        assert found.files == {"sums": module(1)}
        assert "'new/' was not read: 'hw/' holds the same" in found.notes
    with pytest.raises(UnreadableHandIn, match="the modules are in 2 folders: 'hw/' and 'new/'; want one"):
        read(folder({**same, "new/sums.py": module(2)}, "bea"))
    with pytest.raises(SeveralHandIns, match="looks like a class of 2: 'cleo/', 'dan/'"):
        read(folder({"cleo/sums.py": module(1), "dan/sums.py": module(1)}, "class"))


def test_only_what_no_platform_names_may_be_a_class(folder):
    names = ["doejane_101_901_a1.ipynb", "sub/roebob_102_902_sums.py", "tim.zip"]
    found = find_submissions([folder(dict.fromkeys(names, b""), "c")], package="tiny", modules=("sums",))
    assert {each.id: each.may_be_class for each in found} == {"101": False, "sub": True, "tim": True}


@pytest.mark.slow
def test_hostile_names_by_the_thousand_are_looked_at_in_a_moment(zip_of):
    deep = "/".join(["d"] * 80)
    names = {f"{'_1_100_' * 34}{n}/{deep}/{'_7_200_' * 30}{n}.py": b"" for n in range(2000)}
    with pytest.raises(UnreadableHandIn):
        read(zip_of(names))


@pytest.mark.parametrize("name", [assignment.name for assignment in COURSE.assignments])
def test_all_modules_of_the_course_are_one_students(hand_in, name):
    """`symbolic.py` and `functional.py` have an `Add` each, and a student hands in what there is."""
    assignment = COURSE.assignment(name)
    files = {path.name: path.read_bytes() for path in COURSE.package_folder.glob("*.py")}
    stubs = notebook_stubs(COURSE, assignment)
    for chosen in (files, {f"{COURSE.package}/{file}": content for file, content in files.items()}):
        read = read_hand_in(
            [hand_in(chosen)], package=COURSE.package, modules=assignment.modules, stubs=stubs, may_be_class=True
        )
        assert set(assignment.modules) <= set(read.files)


def test_notebook_named_as_the_assignment_may_be_anybodys(hand_in):
    stubs = Stubs(STUBS.modules, STUBS.exercises, "a4_sums")
    root = hand_in({"a4_sums.ipynb": notebook(1), "Ivanov_hw1.ipynb": notebook(2)})
    found = read_hand_in([root], package="tiny", modules=("sums",), stubs=stubs, may_be_class=True)
    assert found.files["sums"].count(b"return 1") == 3
    root = hand_in({f"{name}.ipynb": notebook(2) for name in ("a4_sums", "ivanov", "petrova")})
    with pytest.raises(SeveralHandIns, match=r"'ivanov.ipynb', 'petrova.ipynb'"):
        read_hand_in([root], package="tiny", modules=("sums",), stubs=stubs, may_be_class=True)
