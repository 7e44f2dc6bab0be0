"""What was handed in: a class folder becomes submissions, a submission becomes source files in memory."""

from autograder.intake.classes import SeveralHandIns
from autograder.intake.forms import HandIn, not_handed_in, read_hand_in
from autograder.intake.found import Submission
from autograder.intake.listing import UnreadableHandIn
from autograder.intake.names import safe_id, safe_ids
from autograder.intake.notebooks import Stubs
from autograder.intake.roster import find_submissions

__all__ = [
    "HandIn",
    "SeveralHandIns",
    "Stubs",
    "Submission",
    "UnreadableHandIn",
    "find_submissions",
    "not_handed_in",
    "read_hand_in",
    "safe_id",
    "safe_ids",
]
