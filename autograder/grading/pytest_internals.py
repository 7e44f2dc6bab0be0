"""What is not part of pytest's public interface, and used nevertheless; `make canary` tries it with the newest pytest."""

from _pytest.outcomes import OutcomeException
from _pytest.runner import runtestprotocol

__all__ = ["OutcomeException", "runtestprotocol"]
