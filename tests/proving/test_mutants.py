"""Mutants: which changes the operators make, and that each is known by an id that stays."""

import ast
from textwrap import dedent, indent

import pytest

from autograder.course import Course
from autograder.course.regions import regions
from autograder.proving.mutants import EQUIVALENT, mutants, mutants_of, read_equivalents, stale
from autograder.proving.operators import OPERATORS

ENTRY = '["sums.total:drop-call:1"]\nwas = "{was}"\nbecomes = "{becomes}"\nreason = "{reason}"\n'
WAS, BECOMES = "return float(as_vector(values).sum())", "return float(as_vector(values))"


def module(solution, head="def f(self, x, y, a: float, b: float):"):
    """A module of one function with this solution."""
    lines = [head, '    """Docstring."""', "    ### BEGIN SOLUTION", indent(dedent(solution), "    ")]
    return "\n".join([*lines, "    ### END SOLUTION", ""])


def of(source, name="m.f"):
    return list(mutants_of(source, "m", name, [each for each in regions(source, "m") if each.name == name], "m.f"))


def becomes(solution, operator, **options):
    """The new texts that an operator makes of a solution, in their order."""
    return [each.new for each in of(module(solution, **options)) if each.operator == operator]


EXAMPLES = [
    ("arithmetic", "return x * y", ["x / y"]),
    ("arithmetic", "return (x + y) @ a", ["(x + y) * a", "x - y"]),
    ("arithmetic", "x += y", ["x -= y"]),
    ("drop-term", "return x - y", ["x", "-y"]),
    ("drop-factor", "return x / y", ["x", "1.0 / y"]),
    ("drop-factor", "return x * (y + a)", ["x", "y + a"]),
    ("swap-operands", "return x @ y", ["y @ x"]),
    ("swap-operands", "return x + y", []),
    ("sign", "return [-x, y]", ["x", "-y"]),
    ("constant", "return x[2] + 3", ["3", "1", "4", "2", "0", "1"]),
    ("constant", "return 0.5 * x", ["0.0", "1.0", "2.0"]),
    ("compare", "return x < y", ["x <= y", "x > y"]),
    ("axis", "return x.sum(axis=1)", ["0", "-1", "None"]),
    ("keepdims", "return x.sum(axis=a, keepdims=b)", ["True", "False"]),
    ("transpose", "return x.T @ np.transpose(y) + a.swapaxes(0, 1)", ["x", "y", "a"]),
    ("slice", "return x[1:]", ["2:", "0:", ":", "1:-1"]),
    ("sibling", "return np.log(x.sum())", ["np.log1p", "x.mean"]),
    ("drop-call", "return np.exp(x).sum(axis=0)", ["np.exp(x)", "x"]),
    ("drop-call", "return float(x)", []),
    ("drop-keyword", "return f(x, k=1, axis=0)", ["f(x, axis=0)"]),
    ("swap-arguments", "return np.where(x, y, a) + np.maximum(x, y)", ["np.where(x, a, y)"]),
    ("range", "return range(x)", ["range(x + 1)", "range(x - 1)", "range(1, x)"]),
    ("swap-elements", "x, y = self\nreturn y, x", ["y, x", "x, y"]),
    ("variable", "return a", ["b"]),
    ("attribute", "return self.w @ self.v", ["self.v", "self.w"]),
    ("saved", "x.keep(y.data)\nout = y.data + 1\nreturn T(out)", ["x.keep(out)"]),
    ("condition", "return x if x < y else y", ["x >= y", "True", "False"]),
    ("boolean", "return x and y", ["x or y", "y", "x"]),
    ("loop", "for each in x:\n    y.add(each)", ["()"]),
    ("jump", "while x:\n    break", ["continue"]),
    ("assign", "x += y", ["x = y"]),
    ("drop-statement", "x.add(y)\nreturn None", ["pass"]),
]


@pytest.mark.parametrize(
    ("operator", "solution", "want"), EXAMPLES, ids=lambda value: value if "\n" not in value else ""
)
def test_operator_makes_these_changes(operator, solution, want):
    assert becomes(solution, operator) == want


def test_every_operator_has_an_example():
    assert {operator for operator, _, want in EXAMPLES if want} == OPERATORS.keys()


def test_words_types_and_docstrings_are_left_alone():
    solution = '''\
        def inner(y: "3" = 4) -> "5":
            """6"""
            raise ValueError(f"got {y + 7}", 8)
        '''
    changed = of(module(solution))
    assert {each.old for each in changed if each.operator == "constant"} == {"4"}
    assert "raise" in {each.old.split("(")[0].split()[0] for each in changed if each.operator == "drop-statement"}


def test_mutants_compile_and_differ_from_the_reference_and_from_each_other():
    source = module("if x < 0:\n    return -x\nelif not x:\n    x += 1\nreturn [x, x]")
    trees = [ast.dump(ast.parse(each.source)) for each in of(source)]
    assert len({*trees, ast.dump(ast.parse(source))}) == len(trees) + 1
    assert len(trees) > 10


def test_equal_elements_and_symmetric_functions_make_no_mutant():
    assert becomes("return [x, x]", "swap-elements") == []
    assert becomes("return np.add(x, y)", "swap-arguments") == []


def test_change_keeps_the_brackets_that_it_needs():
    assert [each.becomes for each in of(module("return x * y ** 2")) if each.operator == "arithmetic"] == [
        "return x / y ** 2",
        "return x * (y * 2)",
    ]


def test_change_of_a_line_with_letters_of_several_bytes_is_in_its_place():
    source = module('return f("ж", x + y)')
    assert [each.becomes for each in of(source) if each.operator == "arithmetic"] == ['return f("ж", x - y)']


def test_mutant_says_what_it_changes():
    source = module("y = x\nreturn y * 2")
    (mutant,) = [each for each in of(source) if each.operator == "arithmetic"]
    assert mutant.id == "m.f:arithmetic:1"
    assert (mutant.exercise, mutant.module, mutant.line) == ("m.f", "m", 5)
    assert (mutant.old, mutant.new) == ("y * 2", "y / 2")
    assert (mutant.was, mutant.becomes) == ("return y * 2", "return y / 2")
    assert mutant.diff.splitlines() == [
        "--- m.py",
        "+++ m.f:arithmetic:1",
        "-    return y * 2",
        "+    return y / 2",
    ]
    assert mutant.source == source.replace("y * 2", "y / 2")


def test_ids_do_not_move_when_other_code_changes():
    source = module("return x + y - 1")
    longer = "import math\n\n\n" + module("return 1 + 2 * 3", head="def g():") + "\n\n" + source
    assert [each.id for each in of(source)] == [each.id for each in of(longer)]
    assert [each.becomes for each in of(source)] == [each.becomes for each in of(longer)]


def test_regions_of_one_function_count_on(tiny_root):
    course = Course.load(tiny_root)
    found = mutants(course, course.assignment("t1"))
    ids = [each.id for each in found]
    assert len(set(ids)) == len(ids)
    assert {each.exercise for each in found} == {"sums.total", "sums.running_totals", "sums.Average"}
    dropped = [each for each in found if each.id.startswith("sums.running_totals:drop-statement")]
    assert [each.was for each in dropped] == ["sums = np.cumsum(vector)", "return sums"]
    guard = next(each for each in found if each.old.startswith("raise"))
    assert guard.becomes == "pass"


@pytest.mark.parametrize(
    ("entry", "want"),
    [
        (ENTRY.format(was=WAS, becomes=BECOMES, reason="so"), []),
        (ENTRY.format(was=WAS, becomes="return 1", reason="so"), [f"is now {WAS!r} -> {BECOMES!r}"]),
        (ENTRY.format(was="return 0", becomes=BECOMES, reason="so"), [f"is now {WAS!r} -> {BECOMES!r}"]),
        (ENTRY.format(was=WAS, becomes=BECOMES, reason=" "), ["has no reason"]),
        (ENTRY.format(was="", becomes="", reason="so").replace("call:1", "call:9"), ["there is no such mutant"]),
    ],
    ids=["good", "other_change", "other_line", "no_reason", "no_such_mutant"],
)
def test_entry_that_is_about_no_mutant_is_stale(tiny_root, entry, want):
    course = Course.load(tiny_root)
    assignment = course.assignment("t1")
    (assignment.folder / EQUIVALENT).write_text(entry)
    lines = stale(read_equivalents(assignment), mutants(course, assignment))
    assert [line.partition(": ")[2] for line in lines] == want


@pytest.mark.parametrize(
    "text",
    ["[", '["a:b:1"]\nwas = "x"\n', ENTRY + "more = 1\n", "a = 1\n"],
    ids=["not_toml", "keys_missing", "key_unknown", "no_table"],
)
def test_list_that_cannot_be_read_is_refused(tiny_root, refused, text):
    assignment = Course.load(tiny_root).assignment("t1")
    (assignment.folder / EQUIVALENT).write_text(text)
    with refused(EQUIVALENT, "want was, becomes and reason for each id"):
        read_equivalents(assignment)


def test_assignment_without_a_list_has_no_equivalents(tiny_root):
    assert read_equivalents(Course.load(tiny_root).assignment("t1")) == {}
