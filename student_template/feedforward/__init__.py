"""Feedforward networks from scratch in numpy, float64 throughout.

A module (`feedforward.tensor`, `feedforward.functional`, ...) is loaded when it is first asked for, so a mistake in
one does not keep the others from importing.
"""

from importlib import import_module
from types import ModuleType

import numpy as np

__all__ = ["rng"]


def __getattr__(name: str) -> ModuleType:
    """The module of this package called name, imported at its first use (PEP 562)."""
    full = f"{__name__}.{name}"
    try:
        return import_module(full)
    except ModuleNotFoundError as error:
        if error.name != full:  # it is there, and something that it imports is not
            raise
        raise AttributeError(f"feedforward: no module or attribute {name!r}") from None


def rng(seed: int) -> np.random.Generator:
    """A numpy random generator; the same seed gives the same numbers."""
    return np.random.default_rng(seed)
