"""What runs where tests run. Needs numpy and pytest only: it is copied into the student's template as it is."""

from .gradcheck import GradcheckError, GradcheckReport, GradcheckUndecided, Right, function_of, gradcheck

__all__ = ["GradcheckError", "GradcheckReport", "GradcheckUndecided", "Right", "function_of", "gradcheck"]
