"""The data sets of the course: two real ones from files, and two that are made up.

    x, labels, names = iris()                       # (150, 4), (150,) whole numbers, the three species
    x, y = diabetes()                               # (442, 10), (442,)
    x, labels = moons(200, 0.1, rng)                # (200, 2), (200,) of -1 and +1
    x, y = bishop("sine")                           # (50, 1), (50, 1)

Where the two files come from and under which licence says data/README.md. Everything here is given.
"""

import pkgutil
from collections.abc import Callable

import numpy as np

SPECIES = ("setosa", "versicolor", "virginica")

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "square": lambda x: x**2,
    "sine": lambda x: np.sin(np.pi * x),
    "absolute": np.abs,
    "heaviside": lambda x: np.where(x < 0, 0.0, 1.0),
}


def _rows(name: str) -> list[list[str]]:
    """The cells of a file in data/, line by line, without the line of names on top."""
    content = pkgutil.get_data(__package__, f"data/{name}")
    if content is None:
        raise FileNotFoundError(f"data: got no file {name}, want it in the folder data beside this module")
    return [line.split(",") for line in content.decode("ascii").splitlines()[1:]]


def iris() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Measurements of 150 iris flowers in cm, their species as numbers, and the names of the species.

    Shapes: -> x (150, 4): length and width of sepal and petal; labels (150,), 0, 1 or 2; three names
    Order:  50 of each species, one species after another
    Source: Fisher 1936
    """
    rows = _rows("iris.csv")
    x = np.array([row[:4] for row in rows], dtype=np.float64)
    return x, np.array([SPECIES.index(row[4]) for row in rows]), SPECIES


def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Ten measurements of each of 442 patients, and how far their diabetes went within a year.

    Shapes: -> x (442, 10), in the units in which they were measured; y (442,), from 25 to 346
    Source: Efron, Hastie, Johnstone, Tibshirani 2004
    """
    table = np.array(_rows("diabetes.csv"), dtype=np.float64)
    return table[:, :-1], table[:, -1]


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points on two half circles that reach into each other, and which of the two each belongs to.

    noise:  the standard deviation of the normal number added to each coordinate
    Shapes: -> x (n, 2), labels (n,), -1 for the upper moon and +1 for the lower one, in turn
    """
    labels = np.where(np.arange(n) % 2 == 0, -1.0, 1.0)
    angle = rng.uniform(0.0, np.pi, size=n)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)])
    x = np.where(labels[:, np.newaxis] < 0, upper, lower)
    return x + rng.normal(0.0, noise, size=x.shape), labels


def bishop(name: str, n: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """One of Bishop's four functions, at n points spread evenly from -1 to 1.

    name:   "square" (x²), "sine" (sin πx: the whole wave of the book's picture), "absolute" (|x|) or "heaviside"
    Shapes: -> x (n, 1), y (n, 1), as a network of one input and one output wants them
    Source: Bishop 2006, figure 5.3
    """
    if name not in FUNCTIONS:
        raise ValueError(f"bishop: got {name!r}, want one of {', '.join(FUNCTIONS)}")
    x = np.linspace(-1.0, 1.0, n).reshape(n, 1)
    return x, FUNCTIONS[name](x)


def standardize(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """train and the others, shifted and scaled so that each column of train has mean 0 and standard deviation 1.

    Mean and deviation are those of train for all of them: nothing about a test set may reach the model before the test.
    A column that is constant in train has deviation 0, which counts as 1: it is shifted and not scaled.

    Shapes: train (n, columns) or (n,); others with the same columns -> the same shapes
    """
    # A constant is found by comparing: its computed deviation may be 1e-17, as the mean of 0.1, 0.1, 0.1 is rounded.
    mean, constant = train.mean(axis=0), np.ptp(train, axis=0) == 0
    deviation = np.where(constant, 1.0, train.std(axis=0))
    return [(each - mean) / deviation for each in (train, *others)]
