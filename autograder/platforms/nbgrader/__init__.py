"""nbgrader: a course folder written for it, and its autograder with our engine and sandbox in the place of a kernel.

`export` writes the folder; `preprocessors` holds the steps that its nbgrader_config.py sets; `warm` keeps graders
between submissions, `outcome` writes what they find into a notebook's cells; `gradebook` fills nbgrader's gradebook
without nbgrader's own pass over each submission; `kernel` is for who runs nbgrader without our preprocessor.
"""

from typing import Any


def grade_cell(exercise: str) -> Any:
    """The points of an exercise of this notebook, as nbgrader reads them; what the grade cell calls in a kernel.

    Trust: a student's code ran in this kernel before, and can forge what it shows. See `kernel`.
    """
    from autograder.platforms.nbgrader.kernel import grade_cell

    return grade_cell(exercise)
