"""The pictures of the course, one file each, drawn by the code in `feedforward`: by yours, as soon as it is done.

    python -m pictures                     # which there are, and what there is to see
    python -m pictures relu_kinks          # draws one, relu_kinks.svg, for any browser
    pictures.show("relu_kinks")            # the same in a notebook

They take matplotlib, which nothing else here needs: `python -m pip install matplotlib`. A file says at its top what
there is to see. Its functions compute the data from fixed seeds, so that a test can check what the picture claims, and
`draw` puts them on a matplotlib figure of SIZE inches. `expression_graph` takes no matplotlib: its `svg` is the text.
"""

import sys
from importlib import import_module
from io import StringIO
from pathlib import Path

PICTURES = (
    "basis_functions",
    "overfitting",
    "xor_diagonals",
    "step_size",
    "expression_graph",
    "activations",
    "stable_formulas",
    "depth",
    "network",
    "initialisation",
    "losses",
    "xor_plane",
    "sgd_path",
    "cybenko",
    "relu_kinks",
    "bishop",
    "loss_curves",
    "moons",
    "cost_by_inputs",
    "gradient_by_depth",
)
OWN = ("xor_plane",)  # of your code alone: a picture of the reference's would be the solution


class NotDrawnError(Exception):
    """Why a picture cannot be drawn here."""


class Shown:
    """What a notebook shows: the picture, or why there is none."""

    def __init__(self, svg: str | None, text: str) -> None:
        self.svg, self.text = svg, text

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str | None:
        return self.svg


def show(name: str) -> Shown:
    """The picture called name, drawn by the code as it is now; what is missing for it, if something is."""
    try:
        return Shown(drawing(name), f"{name}: a notebook shows it; python -m pictures {name} writes a file")
    except NotDrawnError as error:
        return Shown(None, str(error))


def drawing(name: str) -> str:
    """The picture as the text of an SVG file.

    Raises: NotDrawnError if there is no such picture or no matplotlib, or if an exercise that it draws is not done
    """
    if name not in PICTURES:
        raise NotDrawnError(f"no picture called {name!r}; want one of {', '.join(PICTURES)}")
    sys.modules.pop(f"{__name__}.{name}", None)  # what it computed was computed by the code of then
    try:
        picture = import_module(f"{__name__}.{name}")
        if hasattr(picture, "svg"):
            return picture.svg()
        return _figure(picture)
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise NotDrawnError(
            f"{name}: not drawn: matplotlib is not installed; run python -m pip install matplotlib"
        ) from None
    except NotImplementedError as error:
        raise NotDrawnError(f"{name}: not drawn: not done yet: {error}") from None


def _figure(picture) -> str:
    import matplotlib as mpl
    from feedforward.graph import DARK
    from matplotlib.figure import Figure  # without pyplot: no window, no global state

    from .style import RC

    content = StringIO()
    with mpl.rc_context({**mpl.rcParamsDefault, **RC, "backend": "agg"}):
        figure = Figure(figsize=picture.SIZE, layout="constrained")
        picture.draw(figure)
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    text = content.getvalue().replace("<svg ", '<svg class="picture" ', 1).replace("<defs>", f"{DARK}<defs>", 1)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def write(name: str, folder: Path) -> Path:
    """The path of the picture called name, drawn into folder."""
    text = drawing(name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.svg"
    path.write_text(text, encoding="utf-8")
    return path
