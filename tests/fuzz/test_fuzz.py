"""Some of the fuzzing that was done at length by hand, for every change of the readers."""

import gc
import random
import time
import tracemalloc

import pytest

from tests.fuzz import dear, hand_ins, wire

pytestmark = pytest.mark.slow


def test_damaged_frames_are_read_or_refused_at_no_great_cost():
    """By hand: python -m tests.fuzz.wire, guided by coverage."""
    rng, known = random.Random(0), wire.seeds()
    tracemalloc.start()
    try:
        outcomes = {wire.read(hand_ins.mutated(rng, rng.choice(known))) for _ in range(8000)}
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
    assert outcomes == {"read", "refused"}


def test_frames_that_are_in_order_are_read():
    assert {wire.read(seed) for seed in wire.seeds()} == {"read"}


def test_damaged_archives_and_notebooks_are_read_or_refused():
    """By hand: python -m tests.fuzz.hand_ins 100000."""
    outcomes, slowest_s = hand_ins.fuzz(2000, seed=0)
    for kind in (*hand_ins.seeds(), "ipynb"):
        assert outcomes[f"{kind} read"] > 0
        assert outcomes[f"{kind} refused"] > 0
    assert slowest_s < 1


def test_what_is_dear_to_read_is_read_or_refused_in_a_moment():
    """By hand: python -m tests.fuzz.dear 100000."""
    outcomes, slowest_s, which = dear.fuzz(200, seed=0)
    kinds = {"ipynb assembled", "ipynb refused", "py read", "py refused", "tar assembled", "tar refused"}
    assert kinds <= outcomes.keys()
    assert slowest_s < 2, which


@pytest.mark.parametrize("shape", dear.SHAPES)
def test_what_a_cell_costs_grows_with_its_size(tmp_path, shape):
    """Four times as much takes four times as long, or little: by the square it would be sixteen times."""

    def cost_s(size):
        started = time.thread_time()
        assert dear.read(tmp_path, "ipynb", dear.of_shape(shape, size)) == "ipynb assembled"
        return time.thread_time() - started

    cost_s(100)
    gc.collect()
    gc.freeze()  # what other tests have left in memory would be gone through for the large one, and not for the small
    try:
        small, large = (min(cost_s(size) for _ in range(2)) for size in (1000, 4000))
    finally:
        gc.unfreeze()
    assert large < 9 * small + 0.1
