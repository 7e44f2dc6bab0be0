"""The command that a template brings along, for whoever works through its exercises.

What it knows of the course stands in checks/course.json, which is generated. What it keeps is in the folder .checks:
how tests went last (`progress`), hints that were given, and what `reset` has replaced.
"""
