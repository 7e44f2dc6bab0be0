"""The reference package, imported from solutions/ for the length of the session."""

import importlib
import sys
from pathlib import Path

import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture(scope="session")
def feedforward():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SOLUTIONS)
        yield importlib.import_module("feedforward")
        for name in [name for name in sys.modules if name.partition(".")[0] == "feedforward"]:
            del sys.modules[name]


@pytest.fixture
def functional(feedforward):
    return feedforward.functional


@pytest.fixture
def Tensor(feedforward):
    return feedforward.tensor.Tensor
