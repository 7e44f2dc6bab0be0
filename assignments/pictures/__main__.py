"""Draw the named pictures by the code in `feedforward` and print where they are; without a name, list them."""

import argparse
import ast
import sys
from pathlib import Path

from . import OWN, PICTURES, NotDrawnError, write


def what(name: str) -> str:
    """The first line of a picture's file, which is not run for it."""
    text = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(PICTURES)}")
    parser.add_argument("--out", type=Path, default=Path(), help="folder to draw into, in place of this one")
    parser.add_argument("--all", action="store_true", help=f"all but those that show a solution: {', '.join(OWN)}")
    options = parser.parse_args(arguments)
    names = [name for name in PICTURES if name not in OWN] if options.all else options.names
    if not names:
        print("\n".join(f"{name:18}{what(name)}" for name in PICTURES))
    status = 0
    for name in names:
        try:
            print(write(name, options.out), flush=True)
        except NotDrawnError as error:
            print(error, file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
