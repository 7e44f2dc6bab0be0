"""What is private to pytest, and used nevertheless: `make canary` tries it with the newest pytest."""

from _pytest.outcomes import OutcomeException
from _pytest.runner import runtestprotocol

__all__ = ["OutcomeException", "runtestprotocol"]
