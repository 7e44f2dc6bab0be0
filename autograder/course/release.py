"""Writes the students' template: stubs, public tests, handouts, and what runs them without the engine.

A template stands alone (numpy and pytest). It is made in memory first and searched for solutions, then written
to a folder beside the old one and put in its place, so that a failure leaves the old one as it was.
"""

import contextlib
import hashlib
import json
import re
import tempfile
from collections.abc import Mapping, Set
from pathlib import Path

from autograder.course import stand_ins
from autograder.course.exercises import exercises
from autograder.course.handout import handouts
from autograder.course.loop import told
from autograder.course.manifest import Assignment, Course
from autograder.course.regions import BEGIN, END, Region
from autograder.course.stubs import given_lines, module_stubs
from autograder.errors import CourseError

MARKER = ".generated"  # lists the files that release wrote, with their hashes
WORKFLOW = ".github/workflows/public-tests.yml"
SECRET_LENGTH = 12  # a shorter line ("return out") says nothing

_CHECKS = Path(__file__).parents[1] / "checks"
_LOWEST = {"numpy": "numpy>=2.0", "pytest": "pytest>=8"}  # the tests are tried with these
_CACHES = frozenset({"__pycache__", ".pytest_cache", ".checks"})


def release(course: Course, out: Path, only: str | None = None) -> list[Path]:
    """Writes the template to the folder `out` and returns the files written, sorted.

    With `only`, the hand-out of one assignment: its handouts and public tests, a README that speaks of it
    alone, and the whole package, every exercise a stub. The whole, because modules import each other and one
    assignment may build on another; a student who did the earlier ones copies their own files over.

    Raises: CourseError if a line of a solution would get out, or if `out` holds anything that release did not
    write; outside the course's own template, also if a generated file was worked on since
    """
    return write(render(course, only), out, keep_changes=out.resolve() != course.template.resolve())


def write(files: Mapping[str, bytes], out: Path, *, keep_changes: bool = True, private: bool = False) -> list[Path]:
    """Writes generated files to a folder, in the place of those that were generated before; their paths.

    What is `private` is in a folder that nobody else can enter.
    Raises: CourseError if the folder holds anything else, or with `keep_changes` anything that was worked on since
    """
    out = out.resolve()
    _refuse_to_lose_work(out, keep_changes)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as beside:
        fresh, old = Path(beside) / "new", Path(beside) / "old"
        fresh.mkdir(mode=0o700 if private else 0o777)
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.rename(old)
        try:
            fresh.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    return [out / name for name in files]


def drift(course: Course) -> list[str]:
    """One line for each file of the template that is not what release would write; empty if it is current."""
    expected = render(course)
    there = _files(course.template)
    shown = course.template.relative_to(course.root).as_posix()
    lines = []
    for name in sorted(expected.keys() | there.keys()):
        if name not in there:
            lines.append(f'{shown}/{name}: missing; run "autograder release"')
        elif name not in expected:
            lines.append(f"{shown}/{name}: extra: release does not write it; delete it")
        elif there[name].read_bytes() != expected[name]:
            lines.append(f'{shown}/{name}: different from what release writes; run "autograder release"')
    return lines


def render(course: Course, only: str | None = None) -> dict[str, bytes]:
    """The template's files by their path in it, sorted: the same bytes every time."""
    chosen = [course.assignment(only)] if only is not None else course.assignments
    stubs, solutions = module_stubs(course)
    files: dict[str, bytes] = {}
    for path in _files(course.package_folder).values():
        inside = path.relative_to(course.package_folder)
        module = ".".join(inside.with_suffix("").parts)
        content = stubs[module].text.encode() if path.suffix == ".py" else path.read_bytes()
        files[f"{course.package}/{inside.as_posix()}"] = content
    for assignment in chosen:
        files[f"tests/{assignment.name}/test_public.py"] = assignment.public_tests.read_bytes()
        if stand_ins.are_public(assignment):
            name = assignment.stand_ins.name
            files[f"tests/{assignment.name}/{name}"] = assignment.stand_ins.read_bytes()
        for handout in handouts(assignment):
            language = handout.path.name.removeprefix("handout")  # ".md" or ".ru.md"
            files[f"handouts/{assignment.name}{language}"] = handout.render(stubs).encode()
    files |= {f"{course.pictures.name}/{inside}": path.read_bytes() for inside, path in _files(course.pictures).items()}
    files |= {f"checks/{inside}": path.read_bytes() for inside, path in _files(_CHECKS).items()}
    files["checks/course.json"] = told(course, chosen, stubs)
    files |= _rendered(course, chosen, only is not None)
    # Its stubs are the modules, where lines that are given can be told apart.
    refuse_to_leak(files | {"checks/course.json": told(course, chosen, {})}, solutions, given_lines(course))
    return listed(files)


def listed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, sorted, and the list of them by which a later run knows what it may replace."""
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files) if name != MARKER}
    return dict(sorted({**files, MARKER: (json.dumps(hashes, indent=1) + "\n").encode()}.items()))


def _rendered(course: Course, chosen: list[Assignment], only: bool) -> dict[str, bytes]:
    """README.md, pyproject.toml, conftest.py and what GitHub runs, from their Jinja templates."""
    import jinja2  # late: most commands make no template

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.course", "template"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # Markdown, TOML and Python, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["toml"] = _toml
    tops = {path.relative_to(course.package_folder).parts[0] for path in course.package_folder.rglob("*.py")}
    first = next(each for each in exercises(course).values() if each.assignment == chosen[0].name)
    values = {
        "title": course.title,
        "package": course.package,
        "imports": list(course.imports),
        "python": course.python or "",
        "data": _data(course),
        "dependencies": [_LOWEST.get(name, name) for name in (*course.imports, "pytest")],
        "modules": sorted({top.removesuffix(".py") for top in tops} - {"__init__", "__main__"}),
        "gradcheck": course.gradcheck,
        "beside": any(map(stand_ins.are_public, chosen)),
        "limit_s": f"{max(each.limits.wall_s for each in chosen):g}",
        "only": only,
        "pictures": course.pictures.is_dir(),
        "module": first.name.split(".")[0],
        "example": first.name.split(".")[1].lower(),
        "assignments": [_in_readme(course, each) for each in chosen],
    }
    names = ("README.md", "conftest.py", "pyproject.toml", WORKFLOW)
    return {name: environment.get_template(Path(name).name + ".jinja").render(values).encode() for name in names}


def _data(course: Course) -> list[str]:
    """What of the package is no Python, by folder and ending."""
    names = {name: Path(name) for name in _files(course.package_folder) if not name.endswith(".py")}
    return sorted({(path.parent / f"*{path.suffix}").as_posix() for path in names.values()})


def _in_readme(course: Course, assignment: Assignment) -> dict[str, str]:
    languages = {"English": assignment.handout, "русский": assignment.handout_ru}
    links = [
        f"[{language}](handouts/{assignment.name}{path.name.removeprefix('handout')})"
        for language, path in languages.items()
        if path.exists()
    ]
    modules = [course.module_file(module).relative_to(course.reference) for module in assignment.modules]
    return {
        "name": assignment.name,
        "title": assignment.title,
        "links": ", ".join(links),
        "files": ", ".join(f"`{path.as_posix()}`" for path in modules),
    }


def _toml(value: str | list[str]) -> str:
    """A TOML string, or a list of them: JSON's escapes are some of TOML's, but for one character it leaves alone."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def refuse_to_leak(files: Mapping[str, bytes], solutions: list[tuple[str, Region]], given: Set[str]) -> None:
    """CourseError if a line of a solution stands in what students get, be it within a longer line.

    `given` lines are left out: solutions of dropped assignments, which may say the same as one that is kept back.
    """
    texts = {
        name: "\n".join(
            line for line in content.decode("utf-8", errors="replace").split("\n") if line.strip() not in given
        )
        for name, content in files.items()
    }
    for name, text in texts.items():
        for marker in (BEGIN, END):
            if marker in text:
                raise CourseError(f'{name}: "{marker}" would be released; take it out of the source')
    for file, region in solutions:
        for number, line in region.secrets:
            if len(line) < SECRET_LENGTH:
                continue
            whole = re.compile(rf"(?<!\w){re.escape(line)}(?!\w)")
            for name, text in texts.items():
                if line in text and whole.search(text):
                    raise CourseError(
                        f"{name}: line of a solution would be released: {line!r}, from {file}:{number} "
                        f"({region.name}); change one of the two"
                    )


def _refuse_to_lose_work(out: Path, keep_changes: bool) -> None:
    if out.exists() and not out.is_dir():
        raise CourseError(f"{out}: not a folder; want a new folder, an empty one or a generated template")
    there = _files(out)
    if not there and not (out.exists() and any(each.name not in _CACHES for each in out.iterdir())):
        return
    if MARKER not in there:
        raise CourseError(f"{out}: not empty and not a generated template; want a new folder or an empty one")
    hashes: dict[str, str] = {}
    with contextlib.suppress(ValueError, AttributeError):  # a conflict of two branches leaves no JSON
        hashes = dict(json.loads(there[MARKER].read_text(encoding="utf-8")).items())
    for name, path in there.items():
        if name == MARKER:
            continue
        if hashes and name not in hashes:
            raise CourseError(f"{out}: holds {name}, which release did not write; move it away first")
        if keep_changes and hashlib.sha256(path.read_bytes()).hexdigest() != hashes.get(name):
            raise CourseError(f"{out}: {name} was changed since it was generated; want a new folder")


def _files(folder: Path) -> dict[str, Path]:
    """Every file below a folder, caches left out, by its path from there, sorted."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: path for name, path in sorted(found.items()) if not _CACHES.intersection(Path(name).parts)}
