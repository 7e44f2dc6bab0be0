"""What tests of grading share: the lab, and what looks at the processes and files of a run."""

from tests.lab import (  # noqa: F401
    a_class,
    graded_class,
    lab,
    later,
    make_lab,
    processes,
    real_graders,
    sabotage,
    start_with,
    tree,
    wait_for,
)
