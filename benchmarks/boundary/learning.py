"""What students wait for, and how fast the reference computes. Run by __main__.py, in a process of its own.

    python -m benchmarks.boundary.learning        one JSON document: the reference's speed, on the CPUs that it is given

In a process of its own because PyTorch is large, and a peak of memory begins with what the starting process holds.
"""

import contextlib
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course import Assignment, Course, handouts
from autograder.course.notebook_cells import notebook_cells, reference_sources
from autograder.course.release import listed, render, write
from autograder.platforms.notebook_file import notebook_json
from benchmarks.boundary.measuring import ROOT, BenchmarkError, measured

SIZES, BATCH, RATE = (784, 256, 128, 10), 128, 0.1
STEPS, ROUNDS = 10, 5
CHAINS = (100, 10_000)
WORD = "mul"  # python -m pytest -k mul

Array = np.ndarray[Any, Any]


# --- the student's loop ---------------------------------------------------------------------------------------


def loop(course: Course, assignment: Assignment, folder: Path, rounds: int) -> float:
    """Seconds of `pytest -k mul` in a copy of the template with this assignment filled in."""
    template = folder / "template"
    write(listed(render(course)), template)
    for module in assignment.modules:
        shutil.copy(course.module_file(module), template / course.package)
    command = [sys.executable, "-m", "pytest", "-q", "-k", WORD]
    cpus = list(os.sched_getaffinity(0))
    # 1: other assignments have tests of that name too, and they are not done
    times = [measured(command, cpus=cpus, cwd=template, good=(0, 1)).wall_s for _ in range(rounds + 1)]
    return statistics.median(times[1:])  # the first compiles


def checks(course: Course, assignment: Assignment, folder: Path) -> dict[str, float]:
    """Seconds of each check cell of the solved notebook, run once in a kernel, from its "busy" to its "idle".

    The cells find the reference's other modules beside them, and each has to pass.
    """
    import nbformat
    from nbclient import NotebookClient

    write(listed(render(course, assignment.name)), folder)
    for file in (folder / course.package).glob("[a-z]*.py"):
        shutil.copy(course.module_file(file.stem), file)
    cells = notebook_cells(course, assignment, handouts(assignment)[0], sources=reference_sources(course))
    notebook = nbformat.reads(notebook_json(cells, assignment).decode(), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    found = {}
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            exercise = cell.source.split('"')[1]
            if "all public tests pass" not in str(cell.outputs):
                raise BenchmarkError(f"{assignment.name}: check({exercise!r}) does not pass the reference")
            times = cell.metadata["execution"]
            busy, idle = (datetime.fromisoformat(times[f"iopub.status.{name}"]) for name in ("busy", "idle"))
            found[exercise] = (idle - busy).total_seconds()
    return found


# --- the reference --------------------------------------------------------------------------------------------


def speed() -> dict[str, Any]:
    """Seconds of one training step, of the reference and of others that compute the same gradients; of a node."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(BATCH, SIZES[0])), rng.integers(SIZES[-1], size=BATCH)
    weights = [rng.normal(0.0, n_in**-0.5, size=(n_out, n_in)) for n_in, n_out in pairwise(SIZES)]
    makers: dict[str, Callable[..., Callable[[], list[Array]]]] = {"reference": _reference, "numpy": _numpy}
    with contextlib.suppress(ImportError):
        import torch

        torch.set_num_threads(1)
        makers["torch"] = _torch
    steps = {name: make(x, labels, [weight.copy() for weight in weights]) for name, make in makers.items()}
    _check_same({name: step() for name, step in steps.items()})
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            times[name].append(_seconds(step, STEPS))
    nodes = {str(length): min(_seconds(_chain(length), 1) for _ in range(ROUNDS)) / length for length in CHAINS}
    return {"step_s": {name: statistics.median(each) for name, each in times.items()}, "node_s": nodes}


def _seconds(action: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times


def _check_same(gradients: dict[str, list[Array]]) -> None:
    """All of them the reference's: of the input, and of each weight and bias, layer by layer."""
    for name, theirs in gradients.items():
        for got, want in zip(theirs, gradients["reference"], strict=True):
            if not np.allclose(got, want, rtol=1e-9, atol=1e-12):
                raise BenchmarkError(
                    f"{name} computes other gradients than the reference: it is no step to compare with"
                )


def _reference(x: Array, labels: Array, weights: list[Array]) -> Callable[[], list[Array]]:
    sys.path.insert(0, str(ROOT / "solutions"))
    from feedforward import functional, nn, optim, tensor

    network = nn.MLP(SIZES, np.random.default_rng(0), activation=functional.relu)
    for layer, weight in zip(network.layers, weights, strict=True):
        layer.W.data = weight
    loss, optimizer = nn.CrossEntropyLoss(), optim.SGD(network.parameters(), RATE)

    def step() -> list[Array]:
        inputs = tensor.Tensor(x)
        network.zero_grad()
        loss(network(inputs), labels).backward()
        gradients = [inputs.grad, *(parameter.grad for parameter in network.parameters())]
        optimizer.step()
        return gradients

    return step


def _numpy(x: Array, labels: Array, weights: list[Array]) -> Callable[[], list[Array]]:
    biases, rows = [np.zeros(len(weight)) for weight in weights], np.arange(BATCH)

    def step() -> list[Array]:
        hidden = [x]
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            hidden.append(np.maximum(hidden[-1] @ weight.T + bias, 0.0))
        logits = hidden[-1] @ weights[-1].T + biases[-1]
        grad = np.exp(logits - logits.max(axis=1, keepdims=True))
        grad /= grad.sum(axis=1, keepdims=True)
        grad[rows, labels] -= 1.0
        grad /= BATCH
        gradients: list[Array] = []
        for layer in reversed(range(len(weights))):
            gradients[:0] = [grad.T @ hidden[layer], grad.sum(axis=0)]
            grad = grad @ weights[layer]
            if layer:
                grad *= hidden[layer] > 0
        for weight, bias, of_weight, of_bias in zip(weights, biases, gradients[::2], gradients[1::2], strict=True):
            weight -= RATE * of_weight
            bias -= RATE * of_bias
        return [grad, *gradients]

    return step


def _torch(x: Array, labels: Array, weights: list[Array]) -> Callable[[], list[Array]]:
    import torch

    layers = [torch.nn.Linear(weight.shape[1], len(weight), dtype=torch.float64) for weight in weights]
    with torch.no_grad():
        for layer, weight in zip(layers, weights, strict=True):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.zero_()
    between = [part for layer in layers for part in (layer, torch.nn.ReLU())][:-1]
    network, loss = torch.nn.Sequential(*between), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), RATE)
    data, target = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> list[Array]:
        inputs = data.detach().requires_grad_()
        optimizer.zero_grad()
        loss(network(inputs), target).backward()
        gradients = [inputs.grad.numpy(), *(parameter.grad.numpy() for parameter in network.parameters())]
        optimizer.step()
        return gradients

    return step


def _chain(length: int) -> Callable[[], object]:
    """x + 1 + 1 ..., so many nodes, forward and backward."""
    from feedforward import functional, tensor

    def run() -> None:
        one, value = tensor.Tensor(1.0), tensor.Tensor(0.0)
        for _ in range(length):
            value = functional.add(value, one)
        value.backward()

    return run


if __name__ == "__main__":
    print(json.dumps(speed()))
