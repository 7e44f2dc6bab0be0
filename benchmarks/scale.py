"""What a class of many costs: CPU time and memory for each hand-in, and how long listing and resuming take.

Run: python -m benchmarks.scale [--hand-ins 10000] [--real 1000] [--assignment NAME]; the table goes into RESULTS.md.

Two ways. With graders, `autograder grade` of copies of the reference, each a comment apart. Without, a grader that
takes no time stands in their place: what is left is the folder, the database, the table, and what the class's process
holds. CPU time, of all processes, so that a busy machine changes little; memory is each process's peak.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.course.manifest import Course
from autograder.errors import there
from autograder.grading.batch import Batch
from autograder.grading.graders import Graders, Pool
from autograder.grading.jobs import Job, Settings, Unchanged
from autograder.grading.results_folder import records_in
from autograder.grading.verdicts import Graded, TestSpec
from autograder.intake import Submission
from autograder.records import KeptFolder, Owner, Store, file_url
from benchmarks.results import machine, write_part

ROOT = Path(__file__).parents[1]
POLL_S = 0.1


class NoTime:
    """Graders that have one answer for all, of the hand-in that was graded before for it."""

    def __init__(self, settings: Settings, tests: tuple[TestSpec, ...], collected: Any, answer: Graded) -> None:
        self.settings, self.tests, self.collected, self.answer = settings, tests, collected, answer

    def start(self) -> tuple[TestSpec, ...]:
        return self.tests

    def ask_all(
        self, items: Sequence[Any], job_for: Callable[[Any], Job | None]
    ) -> Iterator[tuple[Any, Graded | Unchanged]]:
        for item in items:
            job = job_for(item)
            if job is not None and job.known:
                yield item, Unchanged()
            elif job is not None:
                yield item, msgspec.structs.replace(self.answer, id=job.id, name=job.name)

    def end(self) -> None:
        pass


def hand_in(folder: Path, course: Course, modules: Sequence[str], number: int) -> None:
    """The reference, a comment apart from every other."""
    own = folder / f"s{number:06}"
    own.mkdir(parents=True)
    for module in modules:
        text = (course.package_folder / f"{module}.py").read_text(encoding="utf-8")
        (own / f"{module}.py").write_text(f"{text}\n# {number}\n", encoding="utf-8")


def without_graders(root: Path, assignment: str, n: int) -> dict[str, float]:
    """In this process: CPU seconds of a run of n, of a second one, of reading all records; the peak in MB."""
    course = Course.load(root)
    chosen = course.assignment(assignment)
    settings = Settings(course=str(root), assignment=chosen.name)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        hand_in(folder / "one", course, chosen.modules, 0)
        first = Graders(chosen, settings, 1)
        tests = first.start()
        job = Job(id="s", name="", paths=(os.fsencode(folder / "one" / "s000000"),))
        answer = first.ask(job)
        first.end()
        if not isinstance(answer, Graded):
            raise SystemExit("scale: the reference was not graded")
        pool: Pool = NoTime(settings, tests, first.collected, answer)
        owner = Owner.of(course, settings)
        who = [Submission(id=f"s{number:06}", name="", paths=(folder,)) for number in range(n)]
        out = folder / "results"

        def run() -> float:
            kept = KeptFolder(out, owner, Store(file_url(out), owner), is_whole=True)
            start = time.process_time()
            Batch(course, chosen, settings, kept, pool=lambda _: pool).grade(who)
            return time.process_time() - start

        graded_s, again_s = run(), run()
        start = time.process_time()
        n_read = sum(1 for _ in records_in(out))
        found = {"graded_s": graded_s, "again_s": again_s, "list_s": time.process_time() - start, "n": n_read}
        found["disk_mb"] = sum(each.stat().st_size for each in out.rglob("*") if each.is_file()) / 1e6
    return found | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def on_cluster(root: Path, assignment: str, n: int) -> dict[str, float]:
    """CPU ms of the scheduler, and of this process, for each of n hand-ins, on two workers that take no time."""
    from autograder.cluster.graders import ClusterGraders

    course = Course.load(root)
    chosen = course.assignment(assignment)
    settings = Settings(course=str(root), assignment=chosen.name)
    with tempfile.TemporaryDirectory() as made:
        hand_in(Path(made), course, chosen.modules, 0)
        job = Job(id="s", name="", paths=(os.fsencode(Path(made) / "s000000"),))
        command = [sys.executable, "-m", "tests.cluster.machines", made, "instant", "instant"]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as machines:
            told = json.loads(there(machines.stdout).readline())
            graders = ClusterGraders(course, chosen, settings, told["address"])
            graders.start()
            before, start = cpu_s(told["scheduler"]), time.process_time()
            n_found = sum(
                1 for _ in graders.ask_all(range(n), lambda number: msgspec.structs.replace(job, id=f"s{number}"))
            )
            found = {"asked_ms": time.process_time() - start, "scheduler_ms": cpu_s(told["scheduler"]) - before}
            graders.end()
            machines.kill()
    return {name: 1e3 * seconds / n_found for name, seconds in found.items()}


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def with_graders(root: Path, assignment: str, n: int) -> dict[str, float]:
    """A run of `autograder grade`: CPU seconds of all its processes, the peaks of its own and of its graders in MB."""
    course = Course.load(root)
    chosen = course.assignment(assignment)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number in range(n):
            hand_in(folder / "hand-ins", course, chosen.modules, number)
        command = [sys.executable, "-m", "autograder", "grade", str(folder / "hand-ins"), "--assignment", chosen.name]
        command += ["--course", str(root), "--out", str(folder / "out"), "--jobs", "2"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        own = graders = 0.0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            own = max(own, peak_mb(process.pid))
            graders = max([graders, *map(peak_mb, children(process.pid))])
            time.sleep(POLL_S)
        if status:
            raise SystemExit(f"scale: autograder grade ended with {os.waitstatus_to_exitcode(status)}")
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "own_mb": own, "grader_mb": graders}


def children(pid: int) -> list[int]:
    return [int(each) for each in _read(f"/proc/{pid}/task/{pid}/children").split()]


def peak_mb(pid: int) -> float:
    lines = [line for line in _read(f"/proc/{pid}/status").splitlines() if line.startswith("VmHWM")]
    return float(lines[0].split()[1]) / 1e3 if lines else 0.0


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError:  # it has ended
        return ""


def apart(n: int, course: Path, assignment: str) -> dict[str, float]:
    """`without_graders` in a process of its own, whose memory is its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--alone", str(n), "--course", str(course)]
    done = subprocess.run([*command, "--assignment", assignment], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(real: dict[int, dict[str, float]], alone: dict[int, dict[str, float]], cluster: dict[str, float]) -> str:
    lines = ["With graders, two side by side:", ""]
    lines += [
        "| hand-ins | CPU s for each | peak of the class's process, MB | peak of a grader, MB |",
        "|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {n} | {each['cpu_s'] / n:.4f} | {each['own_mb']:.0f} | {each['grader_mb']:.0f} |"
        for n, each in real.items()
    ]
    lines += ["", "With a grader that takes no time:", ""]
    lines += [
        "| hand-ins | CPU ms for each | CPU s of a second run, all unchanged | CPU s to read all records | "
        "peak of the process, MB | results, MB |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {n} | {1e3 * each['graded_s'] / n:.2f} | {each['again_s']:.2f} | {each['list_s']:.2f} | "
        f"{each['peak_mb']:.0f} | {each['disk_mb']:.1f} |"
        for n, each in alone.items()
    ]
    lines += ["", "On a cluster, whose workers take no time:", ""]
    lines += ["| CPU ms of the scheduler for each | CPU ms of the machine that was asked |", "|--:|--:|"]
    lines += [f"| {cluster['scheduler_ms']:.2f} | {cluster['asked_ms']:.2f} |"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="What a class of many costs.")
    parser.add_argument("--hand-ins", type=int, default=10_000, help="of the largest class without graders")
    parser.add_argument("--real", type=int, default=1000, help="of the largest class with graders")
    parser.add_argument("--course", type=Path, default=ROOT / "tests" / "tiny_course")
    parser.add_argument("--assignment", default="t1_sums")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        print(json.dumps(without_graders(asked.course, asked.assignment, asked.alone)))
        return
    real = {n: with_graders(asked.course, asked.assignment, n) for n in steps(asked.real)}
    alone = {n: apart(n, asked.course, asked.assignment) for n in steps(asked.hand_ins)}
    cluster = on_cluster(asked.course, asked.assignment, asked.hand_ins)
    how = (
        f"`python -m benchmarks.scale --hand-ins {asked.hand_ins} --real {asked.real}`, {asked.assignment}; {machine()}"
    )
    text = f"{how}\n\n{table(real, alone, cluster)}\n"
    write_part("# A class of many", text)
    print(text)


def steps(most: int) -> list[int]:
    """10, 100, ... up to the most."""
    return [*[10**power for power in range(1, 7) if 10**power < most], most]


if __name__ == "__main__":
    main()
