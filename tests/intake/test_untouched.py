"""What counts as nothing done, and what then stands for it."""

import json

import pytest

from autograder.intake import SeveralHandIns, UnreadableHandIn
from autograder.intake.notebooks import Stubs
from autograder.intake.untouched import is_untouched

TEMPLATE = '''"""Products."""

import numpy as np

SCALE = 2.0


def check(a):
    """Given."""
    return np.asarray(a)


def mul(a, b):
    """a times b."""
    a = check(a)
    raise NotImplementedError("mul")


class Mul:
    """Given, but for forward."""

    def forward(self, a, b):
        """a times b."""
        raise NotImplementedError("Mul.forward")

    def backward(self, grad):
        return grad
'''
DONE = TEMPLATE.replace('raise NotImplementedError("mul")', "return a * check(b)")
STUBS = Stubs({"functional": TEMPLATE, "tensor": "def add(): ...\n"}, ("functional.mul", "functional.Mul.forward"))


def changed(*changes):
    text = TEMPLATE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "source",
    [
        "",
        " \n",
        TEMPLATE,
        TEMPLATE.replace("\n", "\r\n"),
        "# Ann Example, group 4\n" + TEMPLATE,
        "import math\n" + TEMPLATE,
        changed(('raise NotImplementedError("mul")', "pass")),
        changed(('raise NotImplementedError("mul")', "...")),
        changed(('raise NotImplementedError("mul")', "return"), ('raise NotImplementedError("Mul.forward")', "pass")),
        changed(('raise NotImplementedError("mul")', "return None")),
        changed(('    """a times b."""\n', "")),
        changed(("    a = check(a)\n", "")),
        changed(("return grad\n", "return grad  # ?\n")),
        changed(("    a = check(a)\n", "    a = check(a) * b\n    print(a)\n")),  # it raises all the same
        TEMPLATE + "\n\ndef helper(a):\n    return 2 * a\n",
        "from solved import *\n" + TEMPLATE,  # the stubs come after it
        TEMPLATE + '\n\nif __name__ == "__main__":\n    from solved import *\n    x = mul(1, 2)\n',
        TEMPLATE + "\n\nx = [mul, Mul]\n",
        TEMPLATE + "\n\nexec(open('solved.py').read())\n",  # there is no such file where it is graded
        'def mul(a, b):\n    raise NotImplementedError\n\n\nif __name__ == "__main__":\n    print(mul(1, 2))\n'.replace(
            "print(mul(1, 2))", "print(1)"
        ),
    ],
)
def test_template_in_which_nothing_was_done_is_untouched(source):
    assert is_untouched(source, TEMPLATE)


@pytest.mark.parametrize(
    "source",
    [
        DONE,
        changed(('raise NotImplementedError("mul")', "return 0")),
        changed(('raise NotImplementedError("mul")', "a * b")),
        changed(('raise NotImplementedError("mul")', "print(a)")),
        changed(('raise NotImplementedError("mul")', "for x in a:\n        pass")),
        TEMPLATE + "\n\nmul = lambda a, b: a * b\n",
        TEMPLATE + "\n\nif True:\n    def mul(a, b):\n        return a * b\n",
        TEMPLATE + "\n\nfrom solved import mul\n",
        TEMPLATE + "\n\nfrom solved import *\n",
        "from solved import *\n",
        "from solved import mul, Mul\n",
        TEMPLATE + "\n\nglobals().update(vars(solved))\n",
        changed(
            ('raise NotImplementedError("mul")', 'if a is b:\n        return a\n    raise NotImplementedError("mul")')
        ),
        TEMPLATE + "\n\nmul(",  # a begun line
        "def mul(a, b): " + "(" * 500 + ")" * 500,
        "x = 1\0",
        "x = 1\n",
        "raise SystemExit\n",
    ],
)
def test_whatever_may_be_work_is_not(source):
    assert not is_untouched(source, TEMPLATE)


def test_nothing_open_leaves_only_the_letters_to_compare():
    given = "def f():\n    return 1\n"
    assert is_untouched(given + "\n", given)
    assert not is_untouched("def f():\n    return 2\n", given)


# --- what stands for it --------------------------------------------------------------------------------------

OTHER_NAMES = ["functional_final.py", "solution.py", "functional_1.py", "Functional.py", "functional.txt", "functional"]


@pytest.mark.parametrize("name", OTHER_NAMES)
@pytest.mark.parametrize("place", ["", "feedforward/"])
@pytest.mark.parametrize("template", [TEMPLATE, "import math\n" + TEMPLATE, ""])
def test_one_source_under_another_name_stands_for_an_untouched_module(folder, read, name, place, template):
    root = folder({f"{place}functional.py": template.encode(), name: DONE.encode()})
    found = read(root, stubs=STUBS)
    assert found.files["functional"] == DONE.encode()
    assert f"nothing was done in '{place}functional.py', and {name!r} stands for it" in found.notes


def test_module_that_is_missing_is_found_by_what_it_defines(folder, read):
    root = folder({"tensor.py": b"def add(): return 1\n", "functional_final.py": DONE.encode()})
    found = read(root, modules=("tensor", "functional"), stubs=STUBS)
    assert found.files["functional"] == DONE.encode()
    assert "no functional.py here, and 'functional_final.py' stands for it" in found.notes


def test_of_two_that_could_stand_for_it_none_is_taken_in_silence(folder, read):
    root = folder({"functional.py": TEMPLATE.encode(), "a.py": DONE.encode(), "b.py": DONE.encode() + b"#"})
    with pytest.raises(UnreadableHandIn, match=r"nothing was done in 'functional.py', and 'a.py' and 'b.py' define"):
        read(root, stubs=STUBS)


def test_module_that_was_worked_on_counts_and_the_other_is_told_of(folder, read):
    own = DONE.replace("a * check(b)", "0")
    found = read(folder({"functional.py": own.encode(), "functional_final.py": DONE.encode()}), stubs=STUBS)
    assert found.files["functional"] == own.encode()
    assert "'functional_final.py' was not taken as functional.py: 'functional.py' counts" in found.notes


@pytest.mark.parametrize("other", [TEMPLATE, "def times(a, b):\n    return a * b\n"])
def test_what_does_no_exercise_stands_for_nothing(folder, read, other):
    root = folder({"functional.py": TEMPLATE.encode(), "helper.py": other.encode()})
    found = read(root, stubs=STUBS)
    assert found.files["functional"] == TEMPLATE.encode()
    assert not [note for note in found.notes if "stands for it" in note]


@pytest.mark.parametrize("last", [b"", TEMPLATE.encode()])
def test_last_upload_in_which_nothing_was_done_gives_way_to_the_one_before(folder, read, last):
    uploads = {
        "d_1_100_functional.py": b"old",
        "d_1_101_functional-1.py": DONE.encode(),
        "d_1_102_functional-2.py": last,
    }
    found = read(*sorted(folder(uploads).iterdir()), stubs=STUBS)
    assert found.files == {"functional": DONE.encode()}
    assert {
        "'d_1_102_functional-2.py' was not read: nothing was done in it, 'd_1_101_functional-1.py' counts",
        "'d_1_100_functional.py' was not read: 'd_1_101_functional-1.py' was uploaded after it",
    } <= set(found.notes)


def test_copy_that_was_uploaded_later_counts(folder, read):
    root = folder({"d_1_100_functional.py": DONE.encode() + b"# old", "d_1_103_functional (2).py": DONE.encode()})
    assert read(*sorted(root.iterdir()), stubs=STUBS).files == {"functional": DONE.encode()}


@pytest.mark.parametrize("names", [("v3", "v4"), ("attempt 3", "attempt 4"), ("try 4", "try 5"), ("4", "5")])
def test_version_is_no_number_of_an_assignment(folder, read, names):
    stubs = Stubs(STUBS.modules, STUBS.exercises, "a4_products")
    root = folder({f"{name}/functional.py": f"{DONE}# {name}".encode() for name in names})
    with pytest.raises(UnreadableHandIn, match="the modules are in 2 folders"):
        read(root, stubs=stubs)


@pytest.mark.parametrize("names", [("hw 4", "hw 5"), ("a4", "a5"), ("a4_products", "a5_sums"), ("Lab 4 v2", "lab 3")])
def test_folder_of_the_assignment_counts(folder, read, names):
    stubs = Stubs(STUBS.modules, STUBS.exercises, "a4_products")
    root = folder({f"{name}/functional.py": f"{DONE}# {name}".encode() for name in names})
    assert read(root, stubs=stubs).files["functional"].decode().endswith(names[0])


# --- what must not be taken ----------------------------------------------------------------------------------


def test_tests_stand_for_nothing(folder, read):
    for name in ("test_functional.py", "functional_test.py"):
        found = read(folder({"functional.py": TEMPLATE.encode(), name: DONE.encode()}, name), stubs=STUBS)
        assert found.files["functional"] == TEMPLATE.encode()
        found = read(folder({name: DONE.encode() + b"#", "mine.py": DONE.encode()}, f"lone {name}"), stubs=STUBS)
        assert found.files["functional"] == DONE.encode()


def test_equal_sources_are_one(folder, read):
    files = {"functional.py": TEMPLATE.encode(), "final.py": DONE.encode(), "final (1).py": DONE.encode()}
    assert read(folder(files), stubs=STUBS).files["functional"] == DONE.encode()
    del files["functional.py"]
    assert read(folder(files, "bob"), stubs=STUBS).files["functional"] == DONE.encode()


def test_source_below_stands_for_it_where_none_is_nearer(folder, read):
    root = folder({"functional.py": TEMPLATE.encode(), "src/final.py": DONE.encode()})
    assert read(root, stubs=STUBS).files["functional"] == DONE.encode()


def test_drafts_of_one_module_do_not_cost_the_other(folder, read):
    files = {"tensor.py": b"def add(): return 1\n", "functional.py": TEMPLATE.encode()}
    root = folder({**files, "draft1.py": DONE.encode(), "draft2.py": DONE.encode() + b"#"})
    found = read(root, modules=("tensor", "functional"), stubs=STUBS)
    assert found.files["tensor"] == files["tensor.py"]
    assert found.files["functional"] == files["functional.py"]
    assert any("'draft1.py' and 'draft2.py' define what it should; hand in one" in note for note in found.notes)


def test_source_that_the_module_imports_is_no_rival(folder, read):
    root = folder({"functional.py": b"from .solution import *\n", "solution.py": DONE.encode()})
    found = read(root, stubs=STUBS)
    assert found.files["functional"] == b"from .solution import *\n"
    assert found.notes == ()


def notebook(*sources):
    cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize("more", [{}, {"functional.py": TEMPLATE.encode()}, {"feedforward/functional.py": b""}])
def test_notebook_in_which_nothing_was_done_hides_no_source(folder, read, more):
    stub = TEMPLATE[TEMPLATE.index("def mul") : TEMPLATE.index("class Mul")].strip()
    untouched = f"# exercise: functional.mul\n{stub}\n"
    files = {"a4.ipynb": notebook(untouched), "solution.py": DONE.encode(), **more}
    assert read(folder(files), stubs=STUBS).files["functional"] == DONE.encode()


@pytest.mark.parametrize(
    "files",
    [
        {"ann/final.py": b"", "bob/functional.py": b"#"},
        {"ann/Functional.py": b"", "bob/functional.py": b"#"},
        {"ann/final.py": b"", "bob/solution.py": b"#", "cem/mine.py": b"##"},
    ],
)
def test_class_too_deep_is_told_by_what_its_sources_define(folder, read, files):
    root = folder({name: DONE.encode() + end for name, end in files.items()})
    with pytest.raises(SeveralHandIns, match=r"looks like a class of 2: 'ann/"):
        read(root, stubs=STUBS, may_be_class=True)


def test_untouched_modules_are_not_the_same_where_what_was_done_differs(folder, read):
    files = {f"{name}/functional.py": TEMPLATE.encode() for name in ("one", "other")}
    root = folder({**files, "one/final.py": b"x = 1\n" + DONE.encode(), "other/final.py": DONE.encode()})
    with pytest.raises(UnreadableHandIn, match="the modules are in 2 folders"):
        read(root, stubs=STUBS)
