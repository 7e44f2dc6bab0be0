"""What runs inside the sandbox, with student code: the wire and the worker. Standard library, numpy, msgspec only."""
