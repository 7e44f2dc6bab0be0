"""The findings as Markdown: its part of RESULTS.md, which the command prints; beside each ratio its aim."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# At most: of one assignment, and of all together.
AIMS = {"b": (2.5, 2.0), "c": (0.6, 0.6), "d": (0.4, 0.4), "e": (0.12, 0.12)}
MAX_MESSAGES, MIN_TWO_JOBS, MAX_PEAK_BYTES = 8, 1.8, 150e6
WAYS = {
    "a": "`autograder grade`: student code in the sandbox",
    "b": "in the tests' process, each test in a fork of its own",
    "b0": "in the tests' process, without forks",
    "c": "a pytest process for each submission",
    "d": "`nbgrader autograde`, its own Execute: a kernel for each submission",
    "e": "`otter run`: a process and a kernel for each submission",
}

Document = Mapping[str, Any]


def markdown(document: Document) -> str:
    """What it writes into RESULTS.md."""
    parts = [_head(document), _costs(document), _starts(document), _messages(document)]
    parts += [_grader(document["grader"]), _loop(document), _speed(document["speed"])]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def ratios(costs: Mapping[str, float]) -> dict[str, float]:
    """a over each other way."""
    return {letter: costs["a"] / other for letter, other in costs.items() if letter in AIMS and other > 0}


def together(document: Document, kind: str) -> dict[str, float]:
    """The seconds of all assignments' references, or classes, by way."""
    all_costs = [each[kind] for each in document["assignments"].values() if each[kind]]
    return {letter: sum(each[letter] for each in all_costs) for letter in (all_costs[0] if all_costs else ())}


def _held(value: float, aim: float, *, at_least: bool = False, digits: int = 2) -> str:
    """ "1.93 (at most 2)", and whether that is missed."""
    missed = value < aim if at_least else value > aim
    return f"{value:.{digits}f} ({'at least' if at_least else 'at most'} {aim:g}{', MISSED' if missed else ''})"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table, padded so that it can be read as it is."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    dashes = [("-" * width if at == 0 else "-" * (width - 1) + ":") for at, width in enumerate(widths)]
    for row in [head, dashes, *rows]:
        padded = [
            text.ljust(width) if at == 0 else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"| {' | '.join(padded)} |"


def _head(document: Document) -> Iterator[str]:
    machine = document["machine"]
    yield "# What the trust boundary costs, beside having none"
    yield ""
    yield f"`python -m benchmarks.boundary{document['arguments']}`, {machine['date']}, commit {machine['commit']}:"
    yield f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']},"
    yield f"Python {machine['python']}, numpy {machine['numpy']}."
    yield f"Load at the start: {machine['load']:.2f}" + (
        ". **THE MACHINE WAS BUSY (--anyway): these figures are no measure.**" if document["is_busy"] else "."
    )


def _costs(document: Document) -> Iterator[str]:
    letters = document["ways"]
    yield "## One submission"
    yield ""
    yield "CPU seconds (user and system, all processes of both sides), on one CPU, without the start of a, b, b0 and d;"
    yield f"medians of {document['rounds']} rounds in alternation (d and e: of the class one), of the reference by"
    yield f"{document['hand_ins']} hand-ins against two."
    yield ""
    for letter in letters:
        yield f"- **{letter}** {WAYS[letter]}"
    yield ""
    compared = [letter for letter in letters if letter in AIMS]
    head = ["", *letters, *(f"a/{letter}" for letter in compared)]
    rows = []
    kinds = {"reference_s": "reference", "class_s": "class"}
    for kind, word in kinds.items():
        for name, found in document["assignments"].items():
            if found[kind]:
                size = f" of {found['class_size']}" if kind == "class_s" else ""
                rows.append([f"{name}, {word}{size}", *_cost_cells(found[kind], letters, compared, 0)])
        if len(document["assignments"]) > 1 and (all_of_them := together(document, kind)):
            rows.append([f"**all, {word}**", *_cost_cells(all_of_them, letters, compared, 1)])
    yield from _rows(head, rows)
    differing = [f"{letter} {len(lines)}" for letter, lines in _differences(document).items() if lines]
    yield ""
    yield "Hand-ins that never end are in the classes: they take what the limit allows, in every way the same. The one"
    yield "of a3 that searches for the answer is left out."
    yield f"Tests of the classes with another outcome than in a: {', '.join(differing) or 'none'}."


def _differences(document: Document) -> dict[str, list[str]]:
    return {
        letter: [line for each in document["assignments"].values() for line in each["class_differs"].get(letter, [])]
        for letter in document["ways"]
    }


def _cost_cells(costs: Mapping[str, float], letters: Sequence[str], compared: Sequence[str], which: int) -> list[str]:
    found = ratios(costs)
    over = [_held(found[letter], AIMS[letter][which]) if letter in found else "no measure" for letter in compared]
    return [*(f"{costs[letter]:.3f}" for letter in letters), *over]


def _starts(document: Document) -> Iterator[str]:
    yield "## Starting, once for a class"
    yield ""
    yield "CPU seconds: imports, collecting the tests; in a the try of the sandbox and a run of the reference, as in b."
    yield ""
    starts = {name: each["start_s"] for name, each in document["assignments"].items()}
    letters = list(next(iter(starts.values())))
    yield from _rows(
        ["", *letters], [[name, *(f"{each[letter]:.2f}" for letter in letters)] for name, each in starts.items()]
    )


def _messages(document: Document) -> Iterator[str]:
    counts = {name: each["messages"] for name, each in document["assignments"].items()}
    yield "## Messages over the boundary"
    yield ""
    yield "Of the reference, where it is not the first of a class."
    yield ""
    head = ["", "a submission", "a test, median", "largest"]
    yield from _rows(
        head,
        [
            [name, str(each["all"]), _held(each["median"], MAX_MESSAGES, digits=0), str(each["largest"])]
            for name, each in counts.items()
        ],
    )


def _grader(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"## The grader, on {found['assignment']}"
    yield ""
    for count, peak in found["peak_bytes"].items():
        held = _held(peak / 1e6, MAX_PEAK_BYTES / 1e6, digits=0)
        yield f"- peak memory in MB of the largest process, {count} hand-ins: {held}"
    two = found["two_jobs"]
    told = "not measured: there is one CPU" if two is None else _held(two, MIN_TWO_JOBS, at_least=True)
    yield f"- `--jobs 2` against `--jobs 1`, wall clock, start and all, how many times as fast: {told}"


def _loop(document: Document) -> Iterator[str]:
    yield "## The student's loop"
    yield ""
    if document["loop_s"] is not None:
        yield f"`pytest -k mul` in the template, with the operations of a3 filled in: {document['loop_s']:.2f} s."
        yield ""
    yield "A `check` cell of the notebook, in seconds:"
    yield ""
    rows = []
    for name, found in document["checks_s"].items():
        longest = max(found, key=lambda exercise: found[exercise])
        rows.append([name, f"{statistics.median(found.values()):.2f}", f"{found[longest]:.2f}", longest])
    yield from _rows(["", "median", "longest", "of"], rows)


def _speed(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## The reference"
    yield ""
    steps = found["step_s"]
    yield "One step (forward, backward, SGD) of an MLP 784-256-128-10, batch 128, float64, one CPU:"
    yield ""
    for name, seconds in steps.items():
        ratio = "" if name == "reference" else f"; the reference takes {steps['reference'] / seconds:.2f} times that"
        yield f"- {name}: {seconds * 1e3:.2f} ms{ratio}"
    if "torch" not in steps:
        yield "- PyTorch is not installed"
    for length, seconds in found["node_s"].items():
        yield f"- a node of a chain of {int(length):,}, backward included: {seconds * 1e6:.1f} µs"
