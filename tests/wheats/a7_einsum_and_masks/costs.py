"""a7, with einsum, masks and preallocated arrays: counts in a Counter, matrices for chains of layers."""

from collections import Counter, deque


def count_calls(method, f, sizes):
    counter = Counter()
    for place, n in enumerate(sizes):

        def watched(*asked, place=place):
            counter[place] += 1
            return f(*asked)

        method(watched, np.ones(shape=n))
    return [counter[place] for place in range(len(sizes))]


def symbolic_sizes(f, sizes):
    found = np.zeros(len(sizes), dtype=int)
    for place, n in enumerate(sizes):
        variables = [symbolic.Var("z" * (k + 1)) for k in range(n)]
        formula = f(variables)
        for variable in variables:
            found[place] += formula.diff(variable).size
    return found.tolist()


def checkpointed_gradient(steps, state, grad, every):
    if every < 1:
        raise ValueError("checkpointed_gradient: every is less than 1")
    begins = np.arange(0, len(steps), every).tolist()
    stack = deque()
    for begin in begins:
        stack.append(state)
        for k in range(begin, min(begin + every, len(steps))):
            state = steps[k].forward(state)
    del state
    while begins:
        begin, inside = begins.pop(), deque([stack.pop()])
        for step in steps[begin : begin + every]:
            inside.append(step.forward(inside[-1]))
        inside.pop()
        for step in reversed(steps[begin : begin + every]):
            grad = step.backward(inside.pop(), grad)
    return grad


def gradient_norms(weights, x, f, slope, grad):
    states, slopes = [np.asarray(x, float)], []
    for W in weights:
        a = np.einsum("ij,j->i", W, states[-1])
        states.append(f(a))
        slopes.append(slope(a))
    norms = np.full(len(weights) + 1, np.nan)
    g = np.array(grad, dtype=float)
    for k in range(len(weights), -1, -1):
        norms[k] = np.einsum("i,i->", g, g) ** 0.5
        if k:
            g = np.einsum("ij,i->j", weights[k - 1], np.multiply(slopes[k - 1], g))
    return norms


def gradient_factor(slope, gain, spread):
    quantiles = np.random.default_rng(7).standard_normal(2_000_000)
    return float(gain * np.sqrt(np.mean(slope(spread * np.concatenate([quantiles, -quantiles])) ** 2)))
