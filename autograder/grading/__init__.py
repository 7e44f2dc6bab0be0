"""Grades submissions: pytest in a trusted process, verdicts, result files, a class in parallel."""
