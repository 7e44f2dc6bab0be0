"""What the tests of t1_target let run beside student code."""


def add_to(counter, times):
    """Calls add so often."""
    for _ in range(times):
        counter.add()
