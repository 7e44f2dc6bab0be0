"""What is tried gets the verdicts of its stages, and one zygote serves all that is tried."""

import socket

import pytest

from autograder.boundary.ends import describe_end
from autograder.boundary.limits import Confinement, TestLimits
from autograder.boundary.sandbox import find_sandbox
from autograder.boundary.session import Session
from autograder.boundary.student_error import StudentError
from autograder.grading.graders import Graders
from autograder.grading.jobs import Settings
from autograder.proving.trials import PROGRAM, OneZygote, Trial

pytestmark = pytest.mark.slow


@pytest.fixture
def tried(lab):
    """tried(sources, stages): [(test, code), ...] for each module in turn, by one grader."""

    def run(sources, stages, **how):
        settings = Settings(course=str(lab.root), assignment="t1_sums", follow_through=True)
        graders = Graders(lab.course.assignment("t1"), settings, jobs=1, program=PROGRAM)

        def job_for(name):
            files = {"sums": (sources[name] or lab.reference).encode()}
            return Trial(id=name, files=files, stages=stages, cpu_s=1.0, wall_s=60.0, **how)

        try:
            graders.start()
            answers = dict(graders.ask_all(list(sources), job_for))
        finally:
            graders.end()
        return {name: [(each.test.name, each.code) for each in found.verdicts] for name, found in answers.items()}

    return run


def test_stage_of_a_trial_ends_at_its_first_lost_point(lab, tried):
    stages = ((1, 0, 2), (5, 6), (2, 4))
    names = ["test_total[empty]", "test_total[three]", "test_running_totals"]
    wrong = lab.source(("return float(as_vector(values).sum())", "return 1.0"))
    found = tried({"right": None, "wrong": wrong, "right_again": None}, stages)
    everything = [*names, "test_total_of_random_numbers", "test_running_totals_of_random_numbers[0]", names[2]]
    passed = [(name, "passed") for name in [*everything, "test_average"]]
    assert found["right"] == found["right_again"] == passed, "nothing of a mutant stays in the sandbox"
    assert found["wrong"] == [
        ("test_total[empty]", "wrong"),
        ("test_total_of_random_numbers", "wrong"),
        ("test_running_totals", "passed"),
        ("test_average", "passed"),
    ]


def test_trial_that_loops_is_stopped_at_its_own_limit(lab, tried):
    file = lab.assignment_folder / "assignment.toml"
    file.write_text(file.read_text().replace("cpu_s = 1.0", "cpu_s = 30.0"))
    loop = lab.source(("return float(as_vector(values).sum())", "while True:\n        pass"))
    assert tried({"loop": loop}, ((0, 1),)) == {"loop": [("test_total[three]", "cpu_limit")]}


def test_whole_stage_goes_on_past_lost_points_and_ends_where_a_test_was_stopped(lab, tried):
    total = "return float(as_vector(values).sum())"
    stages = ((0, 1, 2), (5,))
    wrong, loop = lab.source((total, "return 1.0")), lab.source((total, "while True:\n        pass"))
    found = tried({"wrong": wrong, "loop": loop}, stages, whole=True)
    assert [code for _, code in found["wrong"]] == ["wrong", "wrong", "passed", "wrong"]
    assert [code for _, code in found["loop"]] == ["cpu_limit", "cpu_limit"], "one of each stage"


@pytest.fixture
def worker_with():
    """worker_with(source): a worker of one zygote with this module as `code`; closed at the end."""
    started = []

    def start(source, sandbox=None):
        worker = OneZygote(sandbox or find_sandbox(), Confinement(512 << 20, 12))
        started.append(worker)
        worker.load("submission", {"__init__": b"", "code": source.encode()})
        return worker

    yield start
    for worker in started:
        worker.close()


def session_of(worker, place=0):
    limits = TestLimits(5.0, 20.0, 1000)
    return Session(lambda: worker.begin(limits, place), lambda: describe_end(worker.end(), limits))


def test_trial_after_another_is_graded_without_it_in_the_same_zygote(worker_with):
    worker = worker_with("def answer():\n    return 1\n")
    assert session_of(worker).root().code.answer() == 1
    files = {"__init__": b"", "code": b"from .other import answer\n"}
    for number in (2, 3):
        worker.load("submission", files | {"other": f"def answer():\n    return {number}\n".encode()})
        assert session_of(worker).root().code.answer() == number
    assert worker.n_started == 1


def test_tests_in_any_order_are_served_by_one_zygote(worker_with):
    """Elsewhere a test has the process number of its place, and one that is gone costs a zygote."""
    worker = worker_with("answer = 1\n")
    for place in (3, 1, 2):
        assert session_of(worker, place).root().code.answer == 1
        worker.end()
    assert worker.n_started == 1


def test_zygote_that_has_ended_is_not_kept(worker_with):
    worker = worker_with("answer = 1\n")
    assert session_of(worker).root().code.answer == 1
    worker.control.sock.shutdown(socket.SHUT_RDWR)
    worker.load("submission", {"__init__": b"", "code": b"answer = 2\n"})
    assert session_of(worker).root().code.answer == 2
    assert worker.n_started == 2


def test_module_that_was_broken_is_whole_for_the_next_that_has_it(worker_with):
    """The zygote keeps what it has compiled, and what stood in a module's place is none of it."""
    files = {"__init__": b"", "code": b"def f():\n    return 7\n"}
    worker = worker_with("")
    worker.load("submission", files, broken={"code": "it hangs"})
    with pytest.raises(StudentError, match="SyntaxError: it hangs"):
        session_of(worker).get(0, "code")
    worker.end()
    worker.load("submission", files)
    assert session_of(worker).root().code.f() == 7
    assert worker.n_started == 1
