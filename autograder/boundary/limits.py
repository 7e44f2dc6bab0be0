"""What student code may use up: one test of it, and everything in a sandbox."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TestLimits:
    """What one test may use; `output_bytes` is what is kept of what the submission prints."""

    __test__ = False

    cpu_s: float
    wall_s: float
    output_bytes: int


@dataclass(frozen=True)
class Confinement:
    """The limits that hold for everything in one sandbox, from its start."""

    memory_bytes: int
    processes: int
    imports: tuple[str, ...] = ("numpy",)  # what student code may import beside Python's own library
