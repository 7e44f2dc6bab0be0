"""What runs inside the sandbox, with student code, and what both ends say. Standard library, numpy, msgspec only."""
