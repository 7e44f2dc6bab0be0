"""`python -m checks`: where one stands, a watch over the files, hints, stubs put back, and the zip to hand in."""

import sys

from .loop.commands import main

sys.exit(main(sys.argv[1:]))
