"""Every sample class on every platform by the real tool, and whether each member gets there what `grade` gives.

python -m tests.platforms [nbgrader] [otter] [gradescope] [a1 a2 ...]

Nothing named is everything: half an hour of computing. A member's hand-in is the notebook that holds the same code; on
Gradescope it is that notebook too. The score to compare with is that of `autograder grade --follow-through`.
"""

import logging
import sys
import tempfile
import warnings
from pathlib import Path

from autograder.course import Course
from autograder.platforms.gradescope import Options, export
from tests.notebooks import members, members_notebook
from tests.platforms.nbgrader.lab import Lab
from tests.platforms.otter.tool import Assigned, by_us, scores
from tests.platforms.replica import Replica

COURSE = Course.load(Path(__file__).parents[2])


def by_nbgrader(name, folder, notebooks):
    """{member: score} by `nbgrader autograde`."""
    lab = Lab(COURSE, name, folder / "course")
    for path in notebooks:
        lab.submit(path.stem, path.read_bytes())
    done = lab.autograde()
    assert done["success"], done["log"]
    return lab.scores()


def by_otter(name, folder, notebooks):
    """{member: score} by `otter run`."""
    assigned = Assigned(COURSE, name, folder)
    return {path.stem: round(sum(scores(assigned.run(path)[0]).values()), 9) for path in notebooks}


def by_gradescope(name, folder, notebooks):
    """{member: score} by run_autograder, in a replica of Gradescope's container."""
    replica = Replica(folder, export(COURSE, COURSE.assignment(name), folder, Options(name)).read_bytes())
    installed = replica.install()
    assert installed.returncode == 0, installed.stderr
    return {path.stem: replica.run(path).results["score"] for path in notebooks}


PLATFORMS = {"nbgrader": by_nbgrader, "otter": by_otter, "gradescope": by_gradescope}


def compare(name, platforms, folder):
    """The lines to print, and whether all is equal."""
    assignment = COURSE.assignment(name)
    hand_ins = folder / "hand-ins"
    hand_ins.mkdir(parents=True)
    for member in members(COURSE, assignment):
        (hand_ins / f"{member}.ipynb").write_bytes(members_notebook(COURSE, assignment, member))
    notebooks = sorted(hand_ins.glob("*.ipynb"))
    records = by_us(COURSE, assignment, folder / "ours", hand_ins)
    ours = {member: record["score"] for member, record in records.items()}
    equal = True
    print(f"{name}: {', '.join(f'{member} {score:g}' for member, score in ours.items())}", flush=True)
    for platform in platforms:
        (folder / platform).mkdir()
        theirs = PLATFORMS[platform](name, folder / platform, notebooks)
        other = {member: (theirs.get(member), want) for member, want in ours.items() if theirs.get(member) != want}
        equal &= not other and theirs.keys() == ours.keys()
        print(f"  {platform}: {len(ours) - len(other)} of {len(ours)} equal {other or ''}", flush=True)
    return equal


def main(*chosen):
    """0 if every score is the same everywhere."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    platforms = [each for each in PLATFORMS if each in chosen] or list(PLATFORMS)
    names = [COURSE.assignment(each).name for each in chosen if each not in PLATFORMS]
    equal = True
    for name in names or [each.name for each in COURSE.assignments]:
        with tempfile.TemporaryDirectory() as folder:
            equal &= compare(name, platforms, Path(folder))
    return 0 if equal else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
