"""What the tests find of mutants, on a copy of the tiny course where one test is idle and one mistake goes unseen."""

from io import StringIO

import pytest
from rich.console import Console

from autograder.errors import CourseError
from autograder.proving.mutants import EQUIVALENT, Mutant
from autograder.proving.mutation import Mutation, mutate
from autograder.proving.mutation_report import print_mutations

pytestmark = pytest.mark.slow

UNSEEN = "sums.Average.mean:attribute:1"  # if self.so_far == 0: no test adds up to nothing
IDLE = """    first, second = student.sums.Average(), student.sums.Average()
    assert first is not second
"""
ENTRY = """
["sums.total:{id}"]
was = "return float(as_vector(values).sum(axis=0))"
becomes = "return {becomes}"
reason = "a vector has one axis"
"""
LISTED = {
    "axis:2": "float(as_vector(values).sum(axis=-1))",
    "axis:3": "float(as_vector(values).sum(axis=None))",
    "sign:1": "-float(as_vector(values).sum(axis=0))",  # which is not so
}


@pytest.fixture(scope="module")
def weak(make_lab, tmp_path_factory):
    """The tiny course, its last test robbed of what it finds, and a list of equivalent mutants."""
    lab = make_lab(tmp_path_factory.mktemp("mutants"))
    module = lab.root / "solutions" / "tiny" / "sums.py"
    module.write_text(lab.source((".sum()", ".sum(axis=0)")))
    tests = lab.assignment_folder / "test_hidden.py"
    head, found, _ = tests.read_text().rpartition("    first, second")
    assert found
    tests.write_text(head + IDLE)
    entries = [ENTRY.format(id=identity, becomes=becomes) for identity, becomes in LISTED.items()]
    (lab.assignment_folder / EQUIVALENT).write_text("".join(entries))
    return lab


@pytest.fixture(scope="module")
def mutation(weak):
    done = []
    found = mutate(weak.course, weak.course.assignment("t1"), jobs=2, progress=lambda *n: done.append(n))
    assert done == [(n, 39) for n in range(1, 40)]
    return found


def mutate_one(lab, **options):
    return mutate(lab.course, lab.course.assignment("t1"), **options)


def test_mutant_that_loses_a_point_is_killed(mutation):
    assert len(mutation.mutants) == 39
    assert len(mutation.killed) == 36
    assert "sums.Average.add:assign:1" in mutation.killed
    assert mutation.score == 36 / 37


def test_mutant_that_loses_none_survives(mutation):
    assert [each.id for each in mutation.survivors] == [UNSEEN]
    assert not mutation.holds


def test_listed_mutant_does_not_count(mutation):
    assert mutation.equivalent == {"sums.total:axis:2", "sums.total:axis:3"}


def test_listed_mutant_that_loses_points_is_stale(mutation):
    assert mutation.stale == ["sums.total:sign:1: loses points"]
    assert "sums.total:sign:1" in mutation.killed


def test_public_tests_are_counted_alone(mutation):
    assert "sums.Average.mean:condition:2" in mutation.killed - mutation.killed_in_public, "a hidden test's guard"
    assert mutation.public_score == 31 / 37


def test_test_that_kills_none_is_named(mutation):
    assert mutation.idle == ["test_averages_do_not_mix"]


def test_one_exercise_is_graded_alone(weak):
    found = mutate_one(weak, exercise="sums.total")
    assert {each.exercise for each in found.mutants} == {"sums.total"}
    assert len(found.killed) == 6
    assert found.idle == []


def test_sample_is_the_same_for_the_same_seed_and_names_no_idle_tests(weak):
    first, second, other = (mutate_one(weak, sample=3, seed=seed) for seed in (1, 1, 2))
    assert [each.id for each in first.mutants] == [each.id for each in second.mutants]
    assert [each.id for each in first.mutants] != [each.id for each in other.mutants]
    assert len(first.mutants) == 3
    assert first.idle is None


def test_reference_that_loses_points_is_refused(lab):
    lab.tests("", public="@pytest.mark.points(100, exercise='sums.total')\ndef test_no(student): assert False\n")
    with pytest.raises(
        CourseError, match='t1_sums: the reference loses points in test_no; run "autograder verify t1_sums"'
    ):
        mutate_one(lab, exercise="sums.total")


def test_fault_is_no_kill_and_ends_the_run(lab, sabotage):
    sabotage("plugin.judge = lambda *_: ('fault', 'fault', 'the disk is full', verdicts.StudentWords())")
    with pytest.raises(CourseError, match=r"sums.total: could not be graded: test_total.*: the disk is full"):
        mutate_one(lab, exercise="sums.total")


def shown(*mutations):
    console = Console(file=StringIO(), width=120, highlight=False, soft_wrap=True)
    print_mutations(console, mutations)
    return console.file.getvalue()


def a_mutant(identity):
    region, operator, _ = identity.split(":")
    texts = {"old": "0", "new": "1", "was": "[0]", "becomes": "[1]", "diff": "-[0]\n+[1]", "source": ""}
    return Mutant(id=identity, exercise=region, module="m", operator=operator, line=7, **texts)


def test_report_shows_the_table_and_all_that_has_to_be_looked_at():
    ids = [f"m.f:constant:{number}" for number in range(1, 5)]
    found = Mutation(
        "t1", [a_mutant(each) for each in ids], killed={ids[0], ids[1]}, killed_in_public={ids[0]}, equivalent={ids[2]}
    )
    found.stale, found.idle = [f"{ids[1]}: loses points"], ["test_a", "test_b[x]"]
    text = shown(found, Mutation("t2", [a_mutant(ids[0])], killed={ids[0]}, idle=[]))
    assert " t1         │       4 │      2 │          1 │         1 │  66.7% │  33.3% " in text
    assert " t2         │       1 │      1 │          0 │         0 │ 100.0% │   0.0% " in text
    assert "survivor t1: m.f, line 7 of m.py\n-[0]\n+[1]\n" in text
    assert "stale t1: m.f:constant:2: loses points; mend or remove the entry\n" in text
    assert "t1: 2 tests find no mutant: test_a, test_b[x]\n" in text
    assert "t2: every test finds a mutant\n" in text


@pytest.mark.parametrize(
    ("n_killed", "stale", "holds"), [(100, [], True), (99, [], False), (100, ["x: loses points"], False)]
)
def test_only_a_full_house_holds(n_killed, stale, holds):
    everyone = [a_mutant(f"m.f:constant:{number}") for number in range(100)]
    killed = {each.id for each in everyone[:n_killed]}
    assert Mutation("t1", everyone, killed=killed, stale=stale).holds is holds
