"""The trusted end of the boundary: starts the sandbox, talks to the worker, shows it to tests as `student`."""

SANDBOXES = ("any", "bubblewrap", "landlock", "unprivileged", "none")  # here, where the names cost no import
