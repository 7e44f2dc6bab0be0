"""`python -m autograder` is the command `autograder`."""

import sys

if not sys.flags.safe_path:  # Python has put the current folder first, where hand-ins may lie, a numpy.py among them
    del sys.path[0]

from autograder.cli import main

if __name__ == "__main__":
    main()
