"""micrograd's first example: an expression in which everything is used again, and its derivatives by one backward pass.

`examples.plots.expression_graph` has the function that draws such a graph: `svg(g, {"a": a, "b": b, "g": g})`.
"""

from feedforward import functional
from feedforward.tensor import Tensor


def run() -> tuple[Tensor, Tensor, Tensor]:
    """(a, b, g) after g.backward(); every other tensor can be reached from g."""
    a, b = Tensor(-4.0), Tensor(2.0)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + functional.relu(b + a)
    d = d + 3 * d + functional.relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    return a, b, g


def main() -> None:
    a, b, g = run()
    print(f"g = {g.item():.4f}   dg/da = {a.grad.item():.4f}   dg/db = {b.grad.item():.4f}")


if __name__ == "__main__":
    main()
