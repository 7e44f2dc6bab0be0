"""Gradients of a submission, held against the slopes of the reference, and whether they look derived."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from autograder.boundary.remote import OpaqueValue, Remote
from autograder.checks.gradients import GradcheckError, GradcheckReport, Right, function_of, gradcheck
from autograder.checks.gradients.gradcheck import Known
from autograder.checks.gradients.noise import NOISY
from autograder.checks.words import say
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError

MAX_KNOWN = 1000  # checks of which it is kept what the reference gave


class Side(NamedTuple):
    """A package whose functions gradients are taken of, and the classes that this takes."""

    package: Any
    tensor: Any
    context: Any


class Gradients:
    """Checks the gradients of an assignment's submissions; what the reference gives is asked once for all of them."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self.config = course.gradcheck
        self.policy = assignment.policy.numerical_backward
        self.known: dict[tuple[Any, ...], Known] = {}

    def side(self, package: Any) -> Side:
        """A submission's package or the reference, ready to be asked; CourseError if the course names no classes."""
        if self.config is None:
            raise CourseError(
                'gradcheck: assignments/course.toml has no [gradcheck]; add it with tensor = "module.Class"'
            )
        context = self.config.context
        return Side(package, _look_up(package, self.config.tensor), _look_up(package, context) if context else None)

    def check(
        self,
        student: Side,
        reference: Side,
        f: Any,
        *inputs: Any,
        test: tuple[Any, ...],
        rng: np.random.Generator,
        wider_numbers: Mapping[str, int],
        name: str | None = None,
        **options: Any,
    ) -> tuple[GradcheckReport, str]:
        """What a check that passed measured, and what the instructor should know of the gradients.

        f: "module.Name" or f(package, *tensors); it closes over nothing that came from the submission
        test: what tells this check's random numbers from others'
        wider_numbers: module -> the line at which the submission asks for complex or extended numbers
        """
        key = (*test, *map(_bytes, inputs), repr(sorted(options.items())), rng.bit_generator.state["state"]["state"])
        report = gradcheck(
            function_of(student.package, f),
            *inputs,
            tensor=student.tensor,
            context=student.context,
            rng=rng,
            name=name or (f.rpartition(".")[2] if isinstance(f, str) else None),
            measure_noise=self.policy != "allow",
            right=Right(function_of(reference.package, f), reference.tensor, reference.context, self._known(key)),
            **options,
        )
        remark, refusal = self._looks(report.noise, f, name or "backward", wider_numbers)
        if refusal and self.policy == "fail":
            raise GradcheckError(refusal)
        return report, remark

    def _known(self, key: tuple[Any, ...]) -> Known:
        while len(self.known) >= MAX_KNOWN:
            del self.known[next(iter(self.known))]
        return self.known.setdefault(key, Known())

    def _looks(self, noise: float, f: Any, name: str, wider_numbers: Mapping[str, int]) -> tuple[str, str]:
        """(a remark, the words of a refusal) on gradients that look as if no formula had been derived."""
        if self.policy == "allow":
            return "", ""
        if noise > NOISY:
            return say("asked.numerical", noise=noise), say("asked.numerical_fails", name=name)
        own = f.partition(".")[0] if isinstance(f, str) else None  # else it may be of any module
        for module, line in wider_numbers.items():
            if own in (None, module):
                where = f"{module}.py:{line}"
                return say("asked.imaginary", where=where), say("asked.imaginary_fails", name=name, where=where)
        return "", ""


def _look_up(root: Any, dotted: str) -> Any:
    """The class that the course's gradcheck is told of; OpaqueValue if a submission has something else there."""
    is_submission = type(root) is Remote  # or the course's own code, in this process
    for name in dotted.split("."):
        root = getattr(root, name)
        # A number instead of a module is its author's doing, though it is found in set-up.
        if is_submission and type(root) is not Remote:
            raise OpaqueValue(say("failed.no_class", name=name, dotted=dotted, got=type(root).__name__))
    return root


def _bytes(value: Any) -> bytes:
    array: np.ndarray[Any, Any] = np.asarray(value)
    return repr((array.shape, array.dtype)).encode() + array.tobytes()
