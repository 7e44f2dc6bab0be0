"""check() and save() in a notebook: in a real kernel, and what they show."""

import numpy as np
import pytest

from autograder.checks.notebook.checked import Checked, Shown, difference
from autograder.course import Course, handouts
from autograder.course.notebook_cells import notebook_cells
from autograder.platforms.notebook_file import export
from tests import needs

pytestmark = pytest.mark.slow

nbformat = needs.package("nbformat")
nbclient = needs.package("nbclient")

TOTAL = "# exercise: sums.total\ndef total(values):\n    return float(as_vector(values).sum())"


@pytest.fixture
def run(tiny_root, tmp_path):
    """Runs cells in a real kernel beside the exported notebook; the plain text of each cell's result, and its page."""
    folder = tmp_path / "out"
    course = Course.load(tiny_root)
    export(course, course.assignment("t1"), folder)

    def run(*sources, exported=False, solutions=False):
        if exported:
            assignment = course.assignment("t1")
            cells = notebook_cells(course, assignment, handouts(assignment)[0], solutions=solutions)
            sources = [cell.source for cell in cells if cell.is_code]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        client = nbclient.NotebookClient(
            notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
        )
        client.execute()
        shown = []
        for cell in notebook.cells:
            data = next((each["data"] for each in cell.outputs if each.output_type == "execute_result"), {})
            shown.append((data.get("text/plain", ""), data.get("text/html", "")))
        return shown

    run.folder = folder
    return run


def test_untouched_notebook_says_what_is_not_done(run):
    said = [text for text, _ in run(exported=True)]
    assert "sums.total: 0 of 10 public points: not done yet: handout section 1" in said
    assert "sums.Average: 0 of 10 public points: not done yet: handout section 3" in said
    assert said[-1] == "'nothing to save: run the cells of your exercises first'"


def test_exercise_of_another_assignment_that_is_not_done_is_named_with_it(run):
    stub = 'raise NotImplementedError("t0_words, exercise words.one: handout section 2")'
    *_, (said, _) = run(
        "from checks.notebook import check", TOTAL[: TOTAL.index("return")] + stub, "check('sums.total')"
    )
    assert said == "sums.total: 0 of 10 public points: not done yet: needs words.one, handout section 2 of t0_words"


def test_file_with_a_byte_order_mark_is_read_and_one_in_another_encoding_is_named(run):
    module = run.folder / "tiny" / "sums.py"
    module.write_bytes(b"\xef\xbb\xbf" + module.read_bytes())
    other = "import pathlib\npathlib.Path('tiny/notes.py').write_bytes(b'# \\xe0\\n')"
    shown = run(
        "from checks.notebook import check, save", TOTAL, "check('sums.total')", other, "check('sums.total')", "save()"
    )
    assert "10 of 10 public points" in shown[2][0]
    refused = "tiny/notes.py: not UTF-8; save it in that encoding (in most editors: Save with Encoding)"
    assert [text for text, _ in shown[4:]] == [f"sums.total: {refused}", repr(refused)]


def test_solved_notebook_gets_every_point_and_saves_its_modules(run):
    said = [text for text, _ in run(exported=True, solutions=True)]
    assert "sums.running_totals: 20 of 20 public points: all public tests pass; hidden tests will look further" in said
    assert said[-1] == "'saved: tiny/sums.py'"
    assert "return float(as_vector(values).sum())" in (run.folder / "tiny" / "sums.py").read_text("utf-8")


def test_cell_that_was_run_last_counts_and_a_failure_names_its_line(run):
    setup = "from checks.notebook import check\nfrom tiny.sums import as_vector\nimport numpy as np"
    wrong = TOTAL.replace("return", "print('here')\n    return 2 *")
    broken = TOTAL.replace("as_vector", "as_vectr")
    twice = "# exercise: sums.running_totals\ndef running_totals(values):\n    return 2 * np.cumsum(as_vector(values))"
    shown = run(
        *(setup, TOTAL, "check('sums.total')", wrong, "check('sums.total')", broken, "check('sums.total')", TOTAL),
        *("check('sums.total')", twice, "check('sums.running_totals')", "check('sums.totl')", "check('sums.Average')"),
        "import tiny.sums; tiny.sums.total is total, tiny.sums.as_vector is as_vector",
        *("# exercise: sums.total\ndef total(:", "check('sums.total')", "check('sums.running_totals', seed=1)"),
    )
    said = [text for text, _ in shown]
    all_right = "sums.total: 10 of 10 public points: all public tests pass; hidden tests will look further"
    assert said[2] == said[8] == all_right
    assert "total of [1, 2, 3]: got 12.0, want 6.0" in said[4]
    assert "printed: here" in said[4]
    assert "NameError: name 'as_vectr' is not defined\n    cell sums.total, line 3, in total\n" in said[6]
    assert "        return float(as_vectr(values).sum())" in said[6]
    assert "hint: as many totals as numbers" in said[10]
    assert "<i>hint: as many totals as numbers</i>" in shown[10][1]
    assert said[11] == "sums.totl: tiny has no exercise 'sums.totl': look at its cell's first line"
    assert said[12] == (
        "sums.Average: 0 of 10 public points: not done yet: handout section 3\n"
        "note: no cell of sums.Average was run: this is what stands in its file"
    )
    assert said[13] == "(False, True)", "what was imported from the package is as it was"
    assert said[15] == "sums.total: cell [15] is not Python: line 2: invalid syntax"
    assert said[16].startswith("sums.running_totals: 0 of 20 public points")


def test_import_of_what_is_not_there_when_it_is_graded_is_noted(run):
    # pluggy is installed wherever pytest is, and no part of what the course promises.
    imports = "# exercise: sums.total\nimport numpy as np\nimport pluggy\n\n\ndef total(values):\n"
    imports += "    return float(np.sum(values)) if pluggy else 0.0"
    unused = "import iniconfig\nfrom checks.notebook import check"
    shown = run(unused, imports, "check('sums.total')")
    assert shown[2][0].endswith("\nnote: cell sums.total, line 3: pluggy is not there when it is graded")
    assert "pluggy is not there when it is graded" in shown[2][1]


def test_cell_that_only_ipython_runs_or_nobody_costs_its_exercise_alone_and_is_not_saved(run):
    setup = "from checks.notebook import check, save\nfrom tiny.sums import as_vector\nimport numpy as np"
    totals = "# exercise: sums.running_totals\ndef running_totals(values):\n    return np.cumsum(as_vector(values))"
    awaited = TOTAL.replace("\ndef", "\nimport asyncio\nwait = await asyncio.sleep(0, 0.0)\n\n\ndef")
    awaited = awaited.replace("return", "return wait +")
    shown = run(
        *(setup, totals, TOTAL + "\n    break", "check('sums.total')", "check('sums.running_totals')", "save()"),
        *(awaited, "check('sums.total')", "save()", "def aid(x):\n    continue", TOTAL.replace("float", "aid")),
        *("check('sums.total')", TOTAL, "check('sums.total')", "save()"),
    )
    said = [text for text, _ in shown]
    no_loop = "sums.total: cell [3] does not compile: line 4: 'break' outside loop"
    no_await = "sums.total: cell [7] does not compile: line 3: 'await' outside function"
    assert (said[3], said[5]) == (no_loop, repr(f"nothing saved: {no_loop}"))
    assert said[4].startswith("sums.running_totals: 20 of 20 public points")
    assert said[7] == no_await
    assert no_await in said[8]
    assert "note: sums.total uses aid, which cell [10] does not compile: line 2: 'continue' not properly in" in said[11]
    assert said[13].startswith("sums.total: 10 of 10 public points")
    assert said[14] == "'saved: tiny/sums.py'"


def test_each_exercise_keeps_its_own_helpers_in_every_check(run):
    setup = "from checks.notebook import check\nfrom tiny.sums import as_vector\nimport numpy as np"
    total = "# exercise: sums.total\ndef add(x):\n    return float(x.sum())\n\n\n"
    total += "def total(values):\n    return add(as_vector(values))"
    totals = "# exercise: sums.running_totals\ndef add(x):\n    return np.cumsum(x)\n\n\n"
    totals += "def running_totals(values):\n    return add(as_vector(values))"
    checks = "check('sums.total')", "check('sums.running_totals')"
    said = [text for text, _ in run(setup, total, totals, *checks, total, *checks)]
    for place in (3, 6):
        assert (
            said[place] == "sums.total: 10 of 10 public points: all public tests pass; hidden tests will look further"
        )
        assert said[place + 1].startswith("sums.running_totals: 20 of 20 public points: all public tests pass")


def test_module_that_is_imported_after_a_check_has_the_cells_too(run):
    setup = "from checks.notebook import check\nimport numpy as np"
    total = TOTAL.replace("as_vector(values)", "np.array(values)")
    said = [text for text, _ in run(setup, total, "check('sums.total')", "import tiny.sums; tiny.sums.total([1, 2])")]
    assert said[3] == "3.0"


def test_module_whose_file_does_not_import_leaves_the_check_of_other_cells_as_it_was(run):
    setup = "from checks.notebook import check\nimport numpy as np"
    path = run.folder / "tiny" / "sums.py"
    path.write_text(
        path.read_text("utf-8") + "\nif __spec__.loader.__class__.__name__ == 'SourceFileLoader':\n    1 / 0\n"
    )
    total = TOTAL.replace("as_vector(values)", "np.array(values)")
    said = [text for text, _ in run(setup, total, "check('sums.total')")]
    assert said[2].startswith("sums.total: 10 of 10 public points")


def test_default_that_is_a_function_of_the_package_is_the_one_outside(run):
    setup = "from checks.notebook import check\nfrom tiny import sums\nfrom tiny.sums import as_vector"
    total = "# exercise: sums.total\ndef total(values, *, f=as_vector):\n    return float(f(values).sum())"
    seen = "sums.total.__kwdefaults__['f'] is sums.as_vector"
    said = [text for text, _ in run(setup, total, "check('sums.total')", seen)]
    assert said[2].startswith("sums.total: 10 of 10 public points")
    assert said[3] == "True"


LATER = (
    "from checks.notebook import check\nfrom tiny import sums\nimport numpy as np\nmade = sums.Average()",
    "try:\n    sums.total([1, 2])\nexcept NotImplementedError:\n    before = 'not done'\nbefore",
    "# exercise: sums.total\nfrom textwrap import dedent\n\n\n"
    "def plain(values):\n    return sum(float(dedent(str(each))) for each in values)\n\n\n"
    "def total(values):\n    return plain(values)",
    "# exercise: sums.Average\nclass Average:\n    def __init__(self):\n        super().__init__()\n"
    "        self.count = 0\n"
    "        self.so_far = 0.0\n\n    def add(self, value):\n        self.count += 1\n        self.so_far += value\n"
    "\n    def mean(self):\n        return self.so_far / self.count\n"
    "\n    def __len__(self):\n        return self.count\n"
    "\n    def __hash__(self):\n        return super().__hash__()",
)


def test_after_a_check_the_package_computes_by_the_cells(run):
    """What was made before goes on to fit: an Average is of the same class, with methods that are done now."""
    use = "made.add(1.0), made.add(3.0), made.mean(), sums.total([1, 2]), type(made) is sums.Average, len(made), "
    use += "sums.Average().count, hash(made) == object.__hash__(made)"
    traced = (
        "import traceback\ntry:\n    sums.total(['a'])\nexcept ValueError:\n    lines = traceback.format_exc()\n"
        "[line.strip() for line in lines.splitlines() if 'float(dedent' in line or 'your cells' in line]"
    )
    others = (
        "import textwrap\nsums.dedent is textwrap.dedent, textwrap.dedent.__code__.co_filename == textwrap.__file__"
    )
    shown = run(*LATER, "check('sums.total')", use, traced, others)
    assert shown[1][0] == "'not done'"
    assert shown[5][0] == "(None, None, 2.0, 3.0, True, 2, 0, True)"
    assert "return sum(float(dedent(str(each))) for each in values)" in shown[6][0]
    assert "sums.py (with your cells)" in shown[6][0]
    assert shown[7][0] == "(True, True)", "what the package only imports is left alone"


def test_cell_that_is_changed_and_checked_again_counts_in_the_package_too(run):
    changed = TOTAL.replace("return", "return 2 *")
    setup = "from checks.notebook import check\nfrom tiny import sums\nfrom tiny.sums import as_vector, total as kept"
    shown = run(
        *(setup, TOTAL, "check('sums.total')", "kept([1, 2])", changed, "check('sums.total')", "kept([1, 2])"),
        "# exercise: sums.total\ndef total(:",
        *("check('sums.total')", "kept([1, 2]), sums.total is kept"),
    )
    assert [shown[place][0] for place in (3, 6, 9)] == ["3.0", "6.0", "(6.0, True)"]


def test_super_may_come_and_go(run):
    """A function with it cannot take the code of one without."""
    without = LATER[-1]
    with_it = without.replace("return self.so_far / self.count", "super().__init__()\n        return 7.0")
    ask = "again = sums.Average(); again.add(4.0); made.add(4.0); made.mean(), again.mean()"
    shown = run(
        LATER[0], *(part for cell in (without, with_it, without) for part in (cell, "check('sums.Average')", ask))
    )
    assert [shown[place][0] for place in (3, 6, 9)] == ["(4.0, 4.0)", "(7.0, 7.0)", "(4.0, 4.0)"]


# --- what is shown ------------------------------------------------------------------------------------------


def failed(**more):
    return Shown(**{"name": "test_a", "points": 2.0, "passed": False, "message": "got <1>", **more})


def test_page_escapes_what_a_student_wrote():
    page = Checked("a.b", (failed(printed="<script>", code="x < y", place="cell a.b, line 2"),))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "cell a.b, line 2: <code>x &lt; y</code>" in page


def test_failures_that_say_the_same_are_shown_once():
    text = repr(Checked("a.b", (failed(), failed(name="test_b"), Shown("test_c", 1.0, True))))
    assert text.startswith("a.b: 1 of 5 public points\n\ntest_a and 1 more\n    got <1>")
    assert "test_b" not in text


def test_small_arrays_are_shown_whole_with_the_wrong_ones_marked():
    shown = Checked("a.b", (failed(arrays=(np.array([[1.0, 2.0]]), np.array([[1.0, 3.0]]))),))
    assert "    at [0, 0]: got 1, want 1\n    at [0, 1]: got 2, want 3  <- wrong" in repr(shown)
    page = shown._repr_html_()
    assert "<td>[0, 0]</td><td>1</td><td>1</td><td></td>" in page
    assert "<td>[0, 1]</td><td>2</td><td>3</td><td>wrong</td>" in page


def test_of_large_arrays_the_first_wrong_elements_are_shown():
    want = np.arange(100.0)
    text = repr(Checked("a.b", (failed(arrays=(np.where(want > 50, np.nan, want), want)),)))
    assert "at [51]: got nan, want 51  <- wrong" in text
    assert text.count("<- wrong") == 10
    assert "49 of 100 elements are wrong" in text


@pytest.mark.parametrize(
    ("got", "want", "is_shown"),
    [
        (np.ones(2), np.zeros(2), True),
        (np.ones(2), np.ones(2), False),
        (np.ones(2), np.ones(3), False),
        (1.0, 2.0, False),
        ("a", "b", False),
        (np.array(["a"]), np.array(["b"]), False),
    ],
    ids=["differ", "equal", "shapes", "numbers", "texts", "text-arrays"],
)
def test_arrays_are_taken_from_the_test_that_compared_two(tmp_path, got, want, is_shown):
    file = tmp_path / "test_x.py"
    exec(compile("def same(got, want):\n    raise AssertionError", str(file), "exec"), names := {})
    with pytest.raises(AssertionError) as caught:
        names["same"](got, want)
    assert bool(difference(caught.value, file)) == is_shown
    assert difference(caught.value, tmp_path / "other.py") == ()
