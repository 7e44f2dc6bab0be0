import os
import shutil
from pathlib import Path

import pytest

from autograder.course import Course, Feedback, Gradcheck, Limits
from autograder.errors import CourseError


@pytest.fixture
def course_toml(tiny_root):
    return tiny_root / "assignments" / "course.toml"


@pytest.fixture
def assignment_toml(tiny_root):
    return tiny_root / "assignments" / "t1_sums" / "assignment.toml"


def test_course_is_read_from_its_root(tiny_root):
    course = Course.load(tiny_root)
    assert (course.title, course.package) == ("Sums, a tiny course", "tiny")
    assert course.reference == tiny_root / "solutions"
    assert course.template == tiny_root / "student_template"
    assert course.package_folder == tiny_root / "solutions" / "tiny"
    assert course.gradcheck is None


def test_assignment_has_what_its_file_says_and_defaults_for_the_rest(tiny_root):
    (assignment,) = Course.load(tiny_root).assignments
    folder = tiny_root / "assignments" / "t1_sums"
    assert (assignment.name, assignment.title, assignment.folder) == ("t1_sums", "Sums", folder)
    assert assignment.modules == ("sums",)
    assert assignment.limits == Limits(
        cpu_s=1.0, wall_s=2.0, submission_wall_s=300.0, memory_bytes=2**30, processes=4, output_bytes=65_536
    )
    assert Limits().cpu_s == 3.0
    assert Limits().wall_s == 10.0
    assert assignment.feedback == Feedback(hidden="hint", hidden_visibility="visible")
    assert assignment.public_tests == folder / "test_public.py"
    assert assignment.hidden_tests == folder / "test_hidden.py"


def test_gradcheck_table_is_optional_and_so_is_its_context(course_toml):
    course_toml.write_text(course_toml.read_text() + '[gradcheck]\ntensor = "tensor.Tensor"\n')
    assert Course.load(course_toml.parents[1]).gradcheck == Gradcheck(tensor="tensor.Tensor", context=None)


def test_imports_and_python_are_numpy_and_any_by_default(tiny_root, course_toml):
    course = Course.load(tiny_root)
    assert (course.imports, course.python) == (("numpy",), None)
    course_toml.write_text(course_toml.read_text() + 'imports = ["numpy", "scipy"]\npython = "3.12"\n')
    course = Course.load(tiny_root)
    assert (course.imports, course.python) == (("numpy", "scipy"), "3.12")


def test_reference_and_template_have_default_places(tiny_root, course_toml):
    course_toml.write_text('title = "Sums"\npackage = "tiny"\n')
    course = Course.load(tiny_root)
    assert (course.reference, course.template) == (tiny_root / "solutions", tiny_root / "student_template")


def test_course_is_found_from_any_folder_inside_it(tiny_root):
    assert Course.find(tiny_root / "assignments" / "t1_sums").root == tiny_root
    assert Course.find(tiny_root).root == tiny_root


def test_no_course_here_or_above(tmp_path, refused):
    with refused(str(tmp_path), "no assignments/course.toml here or above; run this inside a course"):
        Course.find(tmp_path)


def test_missing_course_file(tmp_path, refused):
    with refused("course.toml", "cannot be read: No such file or directory"):
        Course.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("title = ", ("course.toml: not TOML: Invalid value",)),
        (
            'title = "A"\npackage = "tiny"\ncolour = 1\n',
            ("course.toml: colour: no such key; want one of title, ",),
        ),
        ('title = "A"\n', ("course.toml: package: missing; want a text that is not empty",)),
        ('title = 3\npackage = "tiny"\n', ("course.toml: title: got 3, want a text",)),
        ('title = ""\npackage = "tiny"\n', ("course.toml: title: got '', want a text that is not empty",)),
        ('title = "A"\npackage = "ti-ny"\n', ("package: got 'ti-ny', want a name that Python can import",)),
        ('title = "A"\npackage = "class"\n', ("package: got 'class', want a name that Python can import",)),
        ('title = "A"\npackage = "other"\n', ("course.toml: reference: no folder solutions/other below",)),
        (
            'title = "A"\npackage = "tiny"\ntemplate = "../x"\n',
            ("course.toml: template: got '../x', want a folder below",),
        ),
        (
            'title = "A"\npackage = "tiny"\ntemplate = "/x"\n',
            ("course.toml: template: got '/x', want a folder below",),
        ),
        (
            'title = "A"\npackage = "tiny"\nimports = ["numpy", "torch.nn"]\n',
            ("course.toml: imports: got 'torch.nn', want the name of a package as in import, without a dot",),
        ),
        (
            'title = "A"\npackage = "tiny"\nimports = ["scipy"]\n',
            ("course.toml: imports: got ['scipy'], want \"numpy\" among them",),
        ),
        (
            'title = "A"\npackage = "tiny"\nimports = "numpy"\n',
            ('course.toml: imports: got \'numpy\', want a list of packages, such as ["numpy", "scipy"]',),
        ),
        (
            'title = "A"\npackage = "tiny"\npython = "3"\n',
            ("course.toml: python: got '3', want a version of Python, such as \"3.12\"",),
        ),
        ('title = "A"\npackage = "tiny"\ngradcheck = 1\n', ("gradcheck: got 1, want a table: [gradcheck]",)),
        (
            'title = "A"\npackage = "tiny"\n[gradcheck]\ntensor = "Tensor"\n',
            ("course.toml: gradcheck.tensor: got 'Tensor', want \"module.Class\"",),
        ),
        (
            'title = "A"\npackage = "tiny"\n[gradcheck]\ncontext = "a.B"\n',
            ("course.toml: gradcheck.tensor: missing; want a text",),
        ),
        (
            'title = "A"\npackage = "tiny"\n[gradcheck]\ntensors = "a.B"\n',
            ("course.toml: gradcheck.tensors: no such key; want one of gradcheck.tensor, gradcheck.context",),
        ),
    ],
)
def test_course_file_with_an_error_is_refused(tiny_root, course_toml, refused, text, parts):
    course_toml.write_text(text)
    with refused(*parts):
        Course.load(tiny_root)


HEAD = 'title = "Sums"\nmodules = ["sums"]\n'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("title", ("assignment.toml", "not TOML")),
        (HEAD + "points = 3\n", ("assignment.toml: points: no such key; want one of title, modules",)),
        ('title = "Sums"\n', ("assignment.toml: modules: missing; want a list of module names",)),
        ('title = "Sums"\nmodules = []\n', ("modules: got [], want a list of module names",)),
        ('title = "Sums"\nmodules = "sums"\n', ("modules: got 'sums', want a list of module names",)),
        (
            'title = "Sums"\nmodules = ["sums.py"]\n',
            ("modules: got 'sums.py', want a name as in import, without .py",),
        ),
        ('title = "Sums"\nmodules = ["../sums"]\n', ("modules: got '../sums', want a name as in import",)),
        (
            'title = "Sums"\nmodules = ["sum"]\n',
            ("modules: no solutions/tiny/sum.py in the reference for 'sum'",),
        ),
        (
            'title = "Sums"\nmodules = ["sums", "sums"]\n',
            ("modules: got ['sums', 'sums'], want each of them once",),
        ),
        (
            HEAD + "[limits]\ncpu = 1\n",
            ("assignment.toml: limits.cpu: no such key; want one of limits.cpu_s, ",),
        ),
        (HEAD + '[limits]\ncpu_s = "1"\n', ("limits.cpu_s: got '1', want a positive number",)),
        (HEAD + "[limits]\ncpu_s = true\n", ("limits.cpu_s: got True, want a positive number",)),
        (HEAD + "[limits]\ncpu_s = 0\n", ("limits.cpu_s: got 0, want a positive number",)),
        (HEAD + "[limits]\nwall_s = inf\n", ("limits.wall_s: got inf, want a positive number",)),
        (HEAD + "[limits]\nwall_s = nan\n", ("limits.wall_s: got nan, want a positive number",)),
        (HEAD + "[limits]\nprocesses = 1.5\n", ("limits.processes: got 1.5, want a positive whole number",)),
        (
            HEAD + "[limits]\nmemory_bytes = -1\n",
            ("limits.memory_bytes: got -1, want a positive whole number",),
        ),
        (
            HEAD + '[feedback]\nhidden = "all"\n',
            ('feedback.hidden: got \'all\', want one of "nothing", "name"',),
        ),
        (
            HEAD + '[feedback]\nhidden_visibility = "later"\n',
            ('feedback.hidden_visibility: got \'later\', want one of "visible", "hidden"',),
        ),
    ],
)
def test_assignment_file_with_an_error_is_refused(tiny_root, assignment_toml, refused, text, parts):
    assignment_toml.write_text(text)
    with refused(*parts):
        _ = Course.load(tiny_root).assignments


def test_a_whole_number_will_do_for_seconds(tiny_root, assignment_toml):
    assignment_toml.write_text(HEAD + "[limits]\ncpu_s = 2\n")
    assert Course.load(tiny_root).assignment("t1").limits.cpu_s == 2.0


@pytest.mark.parametrize("name", ["test_public.py", "test_hidden.py"])
def test_assignment_without_a_test_file_is_refused(assignment_toml, refused, name):
    (assignment_toml.parent / name).unlink()
    with refused(name, "no such file; an assignment has test_public.py and test_hidden.py"):
        _ = Course.load(assignment_toml.parents[2]).assignments


def test_folder_without_an_assignment_file_is_refused(tiny_root, refused):
    (tiny_root / "assignments" / "t2_more").mkdir()
    (tiny_root / "assignments" / "t2_more" / "handout.md").write_text("# More\n")
    with refused("t2_more/assignment.toml: cannot be read"):
        _ = Course.load(tiny_root).assignments


def test_folder_whose_name_no_text_can_hold_is_refused(tmp_path):
    """Graders are told of it as text; it is refused here, not by a traceback from there."""
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/k\xff"))
    with pytest.raises(CourseError, match=r"k.udcff': the name of a folder in it is not UTF-8; rename that, or move"):
        Course.load(root)


def test_folder_name_that_is_no_word_is_refused(tiny_root, refused):
    (tiny_root / "assignments" / "t1_sums").rename(tiny_root / "assignments" / "t1 sums")
    with refused("folder name: got 't1 sums', want letters, digits and _ only"):
        _ = Course.load(tiny_root).assignments


def test_what_is_left_of_a_dropped_assignment_is_ignored(tiny_root):
    cache = tiny_root / "assignments" / "t0_gone" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "test_public.pyc").write_bytes(b"")
    assert [each.name for each in Course.load(tiny_root).assignments] == ["t1_sums"]


def test_course_without_assignments_is_refused(tiny_root, refused):
    shutil.rmtree(tiny_root / "assignments" / "t1_sums")
    with refused("assignments: no assignment here; want a folder for each"):
        _ = Course.load(tiny_root).assignments


@pytest.fixture
def three(tiny_root: Path) -> Course:
    for name in ("t2_more", "t10_last"):
        shutil.copytree(tiny_root / "assignments" / "t1_sums", tiny_root / "assignments" / name)
    return Course.load(tiny_root)


@pytest.mark.parametrize(("given", "name"), [("t1_sums", "t1_sums"), ("t2", "t2_more"), ("t10", "t10_last")])
def test_assignment_is_found_by_name_or_unique_prefix(three, given, name):
    assert three.assignment(given).name == name


def test_assignments_are_sorted_by_name(three):
    assert [each.name for each in three.assignments] == ["t10_last", "t1_sums", "t2_more"]


def test_ambiguous_prefix_is_refused(three, refused):
    with refused("assignment 't1': could be t10_last, t1_sums; write more of the name"):
        three.assignment("t1")


@pytest.mark.parametrize("name", ["t3", "", "sums"])
def test_unknown_assignment_lists_those_there_are(three, refused, name):
    with refused(f"assignment {name!r}: no such assignment; there are t10_last, t1_sums, t2_more"):
        three.assignment(name)
