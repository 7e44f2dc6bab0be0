"""What runs beside student code: the wire and the worker. Standard library, numpy and msgspec only."""
