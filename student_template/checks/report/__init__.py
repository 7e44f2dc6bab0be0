"""What a run of the tests says: points, failures, and the next thing to do."""
