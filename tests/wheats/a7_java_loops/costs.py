"""a7, as somebody who has learnt Java writes it: counters as objects, while loops, running totals."""

import math


class CallCounter:
    def __init__(self, function):
        self.function = function
        self.count = 0

    def call(self, argument):
        self.count = self.count + 1
        return self.function(argument)


def count_calls(method, f, sizes):
    result = []
    for i in range(len(sizes)):
        counter = CallCounter(f)
        point = np.zeros(sizes[i])
        for k in range(sizes[i]):
            point[k] = 1.0
        method(counter.call, point)
        result.append(counter.count)
    return result


def symbolic_sizes(f, sizes):
    result = []
    for i in range(len(sizes)):
        variables = []
        for k in range(sizes[i]):
            variables.append(symbolic.Var("variable" + str(k + 1)))
        expression = f(variables)
        total = 0
        for k in range(sizes[i]):
            derivative = expression.diff(variables[k])
            total += derivative.size
        result.append(total)
    return result


def checkpointed_gradient(steps, state, grad, every):
    if every < 1:
        raise ValueError("every must be at least 1")
    n = len(steps)
    checkpoints = []
    i = 0
    while i < n:
        if i % every == 0:
            checkpoints.append(state)
        state = steps[i].forward(state)
        i += 1
    last = len(checkpoints) - 1
    while last >= 0:
        begin = last * every
        end = min(begin + every, n)
        states = [None] * (end - begin)
        states[0] = checkpoints[last]
        for k in range(1, end - begin):
            states[k] = steps[begin + k - 1].forward(states[k - 1])
        for k in range(end - begin - 1, -1, -1):
            grad = steps[begin + k].backward(states[k], grad)
        last -= 1
    return grad


def lengthOf(vector):
    total = 0.0
    for number in vector:
        total += number * number
    return math.sqrt(total)


def gradient_norms(weights, x, f, slope, grad):
    l = len(weights)
    slopes = []
    h = x
    for k in range(l):
        a = weights[k].dot(h)
        slopes.append(slope(a))
        h = f(a)
    norms = np.zeros(l + 1)
    norms[l] = lengthOf(grad)
    for k in range(l - 1, -1, -1):
        W = weights[k]
        before = np.zeros(W.shape[1])
        for j in range(W.shape[1]):
            for i in range(W.shape[0]):
                before[j] += W[i][j] * slopes[k][i] * grad[i]
        grad = before
        norms[k] = lengthOf(grad)
    return norms


def gradient_factor(slope, gain, spread):
    n = 20000
    width = 20.0 / n
    total = 0.0
    places = np.zeros(n)
    for i in range(n):
        places[i] = -10.0 + (i + 0.5) * width
    values = slope(spread * places)
    for i in range(n):
        total += values[i] ** 2 * math.exp(-places[i] ** 2 / 2) / math.sqrt(2 * math.pi) * width
    return float(gain * math.sqrt(total))
