"""Every sample class on every platform by the real tool, and whether each member gets there what `grade` gives.

python -m tests.platforms [nbgrader] [otter] [gradescope] [modules] [a1 a2 ...]

Nothing named is everything: half an hour of computing. A member's hand-in is the notebook that holds the same code,
and the score to compare with is that of `autograder grade --follow-through`. `modules` is Gradescope once more, with
what was handed in as it is and the scores of the class's expected.toml.
"""

import argparse
import logging
import shutil
import tempfile
import tomllib
import warnings
from pathlib import Path

from autograder.course import Course
from autograder.intake import find_submissions
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
    replica = installed(name, folder)
    return {path.stem: replica.run(path).results["score"] for path in notebooks}


def by_modules(name, folder):
    """{id: score} of what the class has handed in, by run_autograder; {id: score} that its expected.toml has."""
    assignment, replica = COURSE.assignment(name), installed(name, folder)
    class_folder = COURSE.root / "examples" / f"{name[:2]}_class"
    found = {}
    for each in find_submissions([class_folder], package=COURSE.package, modules=assignment.modules):
        hand_in = folder / "hand-in" / each.id
        hand_in.mkdir(parents=True)
        # Canvas has put names in front of single files; Gradescope leaves them as they are.
        named = {path: f"{path.stem.rpartition('_')[2]}.py" for path in each.paths if path.suffix == ".py"}
        paths = [Path(shutil.copy(path, hand_in / named[path])) if path in named else path for path in each.paths]
        found[each.id] = replica.run(*paths).results["score"]
    return found, tomllib.loads((class_folder / "expected.toml").read_text(encoding="utf-8"))["scores"]


def installed(name, folder):
    """A replica of Gradescope's container with the assignment's autograder in it."""
    replica = Replica(folder, export(COURSE, COURSE.assignment(name), folder, Options(name)).read_bytes())
    done = replica.install()
    assert done.returncode == 0, done.stderr
    return replica


PLATFORMS = {"nbgrader": by_nbgrader, "otter": by_otter, "gradescope": by_gradescope}
MODULES = "modules"


def compare(name, platforms, folder):
    """Whether all notebooks get the same scores on these platforms, which are printed."""
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
        equal &= told(platform, PLATFORMS[platform](name, folder / platform, notebooks), ours)
    return equal


def told(what, theirs, ours):
    """Whether two tables of scores are equal, which is printed."""
    other = {each: (theirs.get(each), ours.get(each)) for each in theirs | ours if theirs.get(each) != ours.get(each)}
    print(f"  {what}: {len(ours) - len(other)} of {len(ours)} equal {other or ''}", flush=True)
    return not other


def main():
    """0 if every score is the same everywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="a platform or an assignment")
    names = parser.parse_args().names
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    ways = [*PLATFORMS, MODULES]
    wanted = [each for each in ways if each in names] or ways
    platforms = [each for each in wanted if each != MODULES]
    assignments = [COURSE.assignment(each).name for each in names if each not in ways]
    equal = True
    for name in assignments or [each.name for each in COURSE.assignments]:
        with tempfile.TemporaryDirectory() as folder:
            equal &= not platforms or compare(name, platforms, Path(folder))
        if MODULES in wanted:
            with tempfile.TemporaryDirectory() as folder:
                equal &= told(f"{name} by {MODULES}", *by_modules(name, Path(folder)))
    return 0 if equal else 1


if __name__ == "__main__":
    raise SystemExit(main())
