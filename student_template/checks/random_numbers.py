"""Random numbers for tests: the same test and the same seed give the same numbers on every machine."""

import hashlib

import numpy as np


def rng_for(test_name: str, seed: int, stream: str = "test") -> np.random.Generator:
    """A generator for one test of one run, independent of every other test's and of the order of tests.

    test_name is "<file stem>::<item name>", such as "test_public::test_total[empty]". Another `stream` gives
    numbers independent of the test's own: a checker may draw without moving what the test draws next.

    Raises: ValueError if seed is negative
    """
    if seed < 0:
        raise ValueError(f"seed: got {seed}, want 0 or more")
    # hash() differs from one interpreter to the next; this does not
    digest = hashlib.sha256(f"{stream}\0{test_name}".encode()).digest()
    words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, 16, 4)]
    return np.random.default_rng([seed, *words])
