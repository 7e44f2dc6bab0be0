"""Draw the pictures of the course, all or the named ones, and print where they are."""

import argparse
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure  # without pyplot: no window, no global state

from .style import RC

PICTURES = (
    "activations",
    "bishop",
    "cybenko",
    "expression_graph",
    "loss_curves",
    "moons",
    "relu_kinks",
    "step_size",
    "xor_plane",
)


def write(name: str, folder: Path) -> Path:
    """The path of the picture called name, drawn into folder."""
    picture = import_module(f"{__package__}.{name}")
    if name == "expression_graph":
        path = folder / f"{name}.svg"
        path.write_text(picture.draw(), encoding="utf-8")
        return path
    path = folder / f"{name}.png"
    with mpl.rc_context({**mpl.rcParamsDefault, **RC, "backend": "agg"}):
        figure = Figure(figsize=picture.SIZE, layout="constrained")
        picture.draw(figure)
        figure.savefig(path, metadata={"Software": None})
    return path


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.plots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(PICTURES)}; all if none is named")
    parser.add_argument("--out", type=Path, default=Path("build/plots"), help="folder to draw into (%(default)s)")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in PICTURES:
            parser.error(f"no picture called {name!r}; want one of {', '.join(PICTURES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or PICTURES:
        print(write(name, options.out), flush=True)


if __name__ == "__main__":
    main()
