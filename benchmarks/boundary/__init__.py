"""What the trust boundary costs, beside having none. Run: python -m benchmarks.boundary; see __main__.py."""
