"""Hand-ins of an assignment with one module of three exercises: the module, and the notebook."""

import json

from autograder.intake import Stubs

NAMES = ("total", "middle", "spread")
TEMPLATE = "".join(f"def {name}(values):\n    raise NotImplementedError\n\n\n" for name in NAMES)
STUBS = Stubs({"sums": TEMPLATE}, tuple(f"sums.{name}" for name in NAMES))


def module(value, names=NAMES):
    return "".join(f"def {name}(values):\n    return {value}\n\n\n" for name in names).encode()


def notebook(value=None, names=NAMES):
    """Each exercise in its cell; without a value the untouched stubs."""
    does = "raise NotImplementedError" if value is None else f"return {value}"
    sources = [f"# exercise: sums.{name}\ndef {name}(values):\n    {does}" for name in names]
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
