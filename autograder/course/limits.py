"""What student code may use up by default; an assignment says otherwise in `[limits]` of its assignment.toml."""

from typing import Annotated

import msgspec
from msgspec import Meta

PositiveFloat = Annotated[float, Meta(gt=0, description="a positive number")]
PositiveInt = Annotated[int, Meta(gt=0, description="a positive whole number")]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one test (submission_wall_s: one whole submission) may use up."""

    cpu_s: PositiveFloat = 3.0
    wall_s: PositiveFloat = 10.0
    submission_wall_s: PositiveFloat = 300.0
    memory_bytes: PositiveInt = 2**30
    processes: PositiveInt = 4  # each may use memory_bytes; the worker and the test's process are two of them
    output_bytes: PositiveInt = 65_536
