"""What the boundary costs: calls through the sandbox beside calls in this process, on one CPU and on two; starting.

Run: python -m benchmarks.round_trip. All in one run, so that the ratios hold whatever else the machine does.
"""

import os
import time
from collections.abc import Callable

import numpy as np

from autograder.boundary.ends import describe_end
from autograder.boundary.limits import Confinement, TestLimits
from autograder.boundary.sandbox import find_sandbox
from autograder.boundary.session import Session
from autograder.boundary.worker import Worker

SOURCE = b"""
class Box:
    def __init__(self, data):
        self.data = data

def same(x):
    return x
"""
LIMITS = TestLimits(cpu_s=60, wall_s=120, output_bytes=1000)
CALLS, TESTS, ROUNDS = 3000, 50, 3


def seconds(action: Callable[[], object], times: int) -> float:
    """The best of some rounds, for one call."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            action()
        best = min(best, (time.perf_counter() - start) / times)
    return best


def through_the_sandbox(worker: Worker) -> dict[str, float]:
    """Seconds for a call of each kind, and for a test that asks for a module and nothing else."""

    def session() -> Session:
        return Session(lambda: worker.begin(LIMITS), lambda: describe_end(worker.end(), LIMITS))

    def whole_test() -> None:
        session().get(0, "probe")
        worker.end()

    probe = session().root().probe
    array = np.ones((3, 4))
    measured = {
        "a call that returns a handle": seconds(lambda: probe.Box(1.0), CALLS),
        "a call with an array there and back": seconds(lambda: probe.same(array), CALLS),
    }
    worker.end()

    def submission(end_before: Callable[[], None]) -> None:
        end_before()
        whole_test()

    return measured | {
        "a test's own process": seconds(whole_test, TESTS),
        "a submission's own zygote, with that": seconds(lambda: submission(worker.clear), TESTS // 5),
        "a sandbox, with both of these": seconds(lambda: submission(worker.close), TESTS // 10),
    }


def main() -> None:
    """Print the table."""
    namespace: dict[str, Callable[..., object]] = {}
    exec(SOURCE, namespace)
    array = np.ones((3, 4))
    here = seconds(lambda: namespace["same"](array), CALLS)
    cpus = sorted(os.sched_getaffinity(0))
    tables = {}
    for name, allowed in (("one CPU", cpus[:1]), ("any CPU", cpus)):
        os.sched_setaffinity(0, allowed)
        with Worker(find_sandbox(), Confinement(1 << 30, 16)) as worker:
            worker.load("probed", {"__init__": b"", "probe": SOURCE})
            tables[name] = through_the_sandbox(worker)
    os.sched_setaffinity(0, cpus)
    print(f"{'':38}{'one CPU':>12}{'any CPU':>12}{'any / one':>12}")
    for what, one in tables["one CPU"].items():
        other = tables["any CPU"][what]
        print(f"{what:38}{one * 1e6:9.0f} us{other * 1e6:9.0f} us{other / one:12.2f}")
    crossing = tables["one CPU"]["a call with an array there and back"]
    print(f"\na call with an array, through the sandbox / in this process: {crossing / here:.0f}")


if __name__ == "__main__":
    main()
