"""Runs every attack on every backend and prints what each made of it; `--write` puts the table into docs/security.md.

python -m tests.attacks [--write] [BACKEND ...]
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.attacks.arena import BACKENDS, GROUPS, attacks, with_table, words_of

COLOURS = {"stopped": "green", "contained": "yellow", "not stopped": "red"}


def main() -> int:
    """0 if every backend made of every attack what its file says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    parser.add_argument("backends", nargs="*", metavar="backend", help=", ".join(BACKENDS))
    arguments = parser.parse_args()
    chosen = arguments.backends or list(BACKENDS)
    if unknown := sorted({*chosen} - {*BACKENDS}):
        parser.error(f"no backend is called {', '.join(unknown)}; there are {', '.join(BACKENDS)}")
    measured: dict[tuple[str, str], str] = {}
    arenas = [(backend, group) for backend in chosen for group in GROUPS]
    # An arena is one grader and one sandbox, so as many as there are cores go side by side.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for (backend, _), words in zip(arenas, pool.map(words_of, *zip(*arenas, strict=True)), strict=True):
            measured |= {(name, backend): word for name, word in words.items()}
    shown = Table("attack", *chosen)
    surprises = 0
    for group, title in GROUPS.items():
        shown.add_section()
        shown.add_row(f"[bold]{title}[/bold]")
        for attack in attacks(group):
            cells = []
            for backend in chosen:
                (said,) = attack.expects(backend, backend)
                got = measured.get((attack.name, backend), "not tried")
                surprises += got != said and attack.is_tried(backend)
                text = f"[{COLOURS.get(got, 'dim')}]{got}[/]"
                cells.append(text if got == said else f"{text} [reverse]want {said}[/reverse]")
            shown.add_row(escape(attack.name), *cells)
    Console(soft_wrap=False).print(shown)
    if arguments.write:
        page = Path(__file__).parents[2] / "docs" / "security.md"
        page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{len(measured)} fights, {surprises} not as their files say")
    return 1 if surprises else 0


if __name__ == "__main__":
    raise SystemExit(main())
