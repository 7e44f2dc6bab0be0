"""Grades courses of this shape: stubs for students, a reference, hidden tests, and student code shut in a sandbox."""

__all__: list[str] = []
