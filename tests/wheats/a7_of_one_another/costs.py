"""a7, parts of a chain as chains, one layer as a network: what is large is made of what is small."""


def count_calls(method, f, sizes):
    def once(n):
        calls = []

        def spied(*args, **kwargs):
            calls.append(None)
            return f(*args, **kwargs)

        method(spied, np.ones((n,)))
        return len(calls)

    return [once(int(n)) for n in sizes]


def symbolic_sizes(f, sizes):
    def gradient(n):
        variables = [symbolic.Var("abc"[k % 3] + str(k)) for k in range(n)]
        formula = f(variables)
        return [formula.diff(each) for each in variables]

    return [sum(map(lambda d: d.size, gradient(n))) for n in sizes]


def _whole(steps, state, grad):
    """The gradient of a short chain, with all its states held."""
    if not steps:
        return grad
    first, *others = steps
    after = first.forward(state) if others else None
    return first.backward(state, _whole(others, after, grad))


def checkpointed_gradient(steps, state, grad, every):
    if every < 1:
        raise ValueError("checkpointed_gradient: want every >= 1")
    states = {0: state}
    for k in range((len(steps) - 1) // every * every):
        state = steps[k].forward(state)
        if (k + 1) % every == 0:
            states[k + 1] = state
    for k in reversed(range(0, len(steps), every)):
        grad = _whole(steps[k : k + every], states[k], grad)
        del states[k]
    return grad


def gradient_norms(weights, x, f, slope, grad):
    def norms(layers, h):
        """Gradients at h and behind it, from the first on."""
        if not len(layers):
            return [grad]
        a = layers[0] @ h
        later = norms(layers[1:], f(a))
        return [np.dot(later[0] * slope(a), layers[0]), *later]

    return np.array([np.sqrt(np.dot(g, g)) for g in norms(list(weights), x)])


def gradient_factor(slope, gain, spread):
    edges = np.linspace(-8, 8, 8001)
    middles = (edges[1:] + edges[:-1]) / 2
    chances = np.exp(-(middles**2) / 2)
    chances /= chances.sum()
    return float(np.sqrt(chances @ (gain * slope(spread * middles)) ** 2))
