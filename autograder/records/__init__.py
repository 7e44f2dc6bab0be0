"""Keeps gradings: whose records a results folder holds, and who is in the class."""

from autograder.records.dry_run import DryRun
from autograder.records.kept_folder import KeptFolder, left_out, membership
from autograder.records.owner import Owner
from autograder.records.store import Store, file_url

__all__ = ["DryRun", "KeptFolder", "Owner", "Store", "file_url", "left_out", "membership"]
