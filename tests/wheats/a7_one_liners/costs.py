"""a7, in as few lines as possible: comprehensions, accumulate, reduce."""

from functools import reduce
from itertools import accumulate


def count_calls(method, f, sizes):
    return [len(seen) for n in sizes if method(lambda p, seen=(seen := []): (seen.append(1), f(p))[1], np.ones(n)) is not seen]


def symbolic_sizes(f, sizes):
    return [sum(f_.diff(v).size for v in vs) for vs in [[symbolic.Var(f"q{i}") for i in range(n)] for n in sizes] for f_ in [f(vs)]]


def checkpointed_gradient(steps, state, grad, every):
    if every < 1:
        raise ValueError("every: want at least 1")
    run = lambda part, s: list(accumulate(part, lambda s, step: step.forward(s), initial=s))
    parts = [steps[k : k + every] for k in range(0, len(steps), every)]
    starts = list(accumulate(parts[:-1], lambda s, part: run(part, s)[-1], initial=state))
    while parts:
        part = parts.pop()
        grad = reduce(lambda g, pair: pair[0].backward(pair[1], g), list(zip(part, run(part[:-1], starts.pop())))[::-1], grad)
    return grad


def gradient_norms(weights, x, f, slope, grad):
    sums = [weights[0] @ x] if len(weights) else []
    for W in weights[1:]:
        sums.append(W @ f(sums[-1]))
    back = accumulate(list(zip(weights, map(slope, sums)))[::-1], lambda g, layer: layer[0].T @ (layer[1] * g), initial=grad)
    return np.array([(g @ g) ** 0.5 for g in back][::-1])


def gradient_factor(slope, gain, spread):
    z = np.linspace(-9, 9, 100_001)
    return float(gain * np.average(slope(spread * z) ** 2, weights=np.exp(-z * z / 2)) ** 0.5)
