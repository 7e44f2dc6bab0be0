"""Wrong answers that classes give to a7_modes_and_costs: changes of the reference, each with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how.
"""

MISCONCEPTIONS = [
    {
        "name": "dual: the product of the tangents",
        "changes": {
            "dual.Dual.__mul__": "return Dual(self.primal * other.primal, self.tangent * other.tangent)",
        },
        "hint": "multiply out (a + b ε)(c + d ε). Which of the four products has ε², and which have ε?",
    },
    {
        "name": "dual: a product of which only the left factor moves",
        "changes": {"dual.Dual.__mul__": (" + self.primal * other.tangent", "")},
        "hint": "in 4 ε times 3 only the left factor moves, in 3 times 4 ε only the right one. Try both.",
    },
    {
        "name": "dual: a quotient with a plus",
        "changes": {"dual.Dual.__truediv__": ("self.tangent - quotient", "self.tangent + quotient")},
        "hint": "when the denominator grows, does a positive quotient grow, too?",
    },
    {
        "name": "dual: a quotient not divided by the square",
        "changes": {
            "dual.Dual.__truediv__": (
                "(self.tangent - quotient * other.tangent) / other.primal",
                "(self.tangent * other.primal - self.primal * other.tangent) / other.primal",
            )
        },
        "hint": "of 1 / x at x = 2 the derivative is -1/4. Is yours, and what is below the line in the quotient rule?",
    },
    {
        "name": "dual: a power without its inner derivative",
        "changes": {"dual.Dual.__pow__": ("n * self.primal ** (n - 1) * self.tangent", "n * self.primal ** (n - 1)")},
        "hint": "double the tangent of a: should that of a³ stay what it is?",
    },
    {
        "name": "dual: the exponent not lowered",
        "changes": {"dual.Dual.__pow__": ("self.primal ** (n - 1) * self", "self.primal**n * self")},
        "hint": "the derivative of x² at 3 is 6. What does your power rule make of it?",
    },
    {
        "name": "dual: zero to the power 0 - 1",
        "changes": {
            "dual.Dual.__pow__": "return Dual(self.primal**n, n * self.primal ** (n - 1) * self.tangent)",
        },
        "hint": "x to the power 0 is 1 everywhere. At x = 0 your rule divides by zero before it multiplies by it.",
    },
    {
        "name": "dual: the difference adds the tangents",
        "changes": {"dual.Dual.__sub__": ("self.tangent - other.tangent", "self.tangent + other.tangent")},
        "hint": "what is the tangent of a - a, for any a?",
    },
    {
        "name": "dual: the matrix product's factors exchanged",
        "changes": {
            "dual.Dual.__matmul__": (
                "self.tangent @ other.primal + self.primal @ other.tangent",
                "other.primal @ self.tangent + other.tangent @ self.primal",
            )
        },
        "hint": "A B and B A differ. In the product rule for matrices, which factor keeps its place on the left?",
    },
    {
        "name": "exp: the tangent passed through exp too",
        "changes": {"dual.exp": ("power * a.tangent", "exp(a.tangent)")},
        "hint": "double the tangent of a: then that of exp(a) doubles. Does yours?",
    },
    {
        "name": "exp: no inner derivative",
        "changes": {"dual.exp": ("Dual(power, power * a.tangent)", "Dual(power, power)")},
        "hint": "exp(2 x) at x = 0 has the slope 2. Where does the inner 2 come in with your rule?",
    },
    {
        "name": "log: times the primal",
        "changes": {"dual.log": ("a.tangent / a.primal", "a.tangent * a.primal")},
        "hint": "the logarithm gets flatter to the right. Does the tangent that you give it?",
    },
    {
        "name": "log: no inner derivative",
        "changes": {"dual.log": ("a.tangent / a.primal", "1.0 / a.primal")},
        "hint": "ln(x²) is 2 ln x, with twice the slope. Where is the inner derivative in your logarithm?",
    },
    {
        "name": "sin: the cosine of the tangent",
        "changes": {"dual.sin": ("cos(a.primal) * a.tangent", "cos(a.tangent)")},
        "hint": "sin near 0 is about x: what should sin of 0 + 3 ε be?",
    },
    {
        "name": "sin: a minus that belongs to the cosine",
        "changes": {"dual.sin": ("cos(a.primal) * a", "-cos(a.primal) * a")},
        "hint": "the sine rises at 0. Which sign has its slope there, and which has yours?",
    },
    {
        "name": "cos: the minus forgotten",
        "changes": {"dual.cos": ("-sin(a.primal)", "sin(a.primal)")},
        "hint": "right of 0 the cosine falls. Which sign has its slope there, and which has yours?",
    },
    {
        "name": "cos: the sine of the tangent",
        "changes": {"dual.cos": ("-sin(a.primal) * a.tangent", "-sin(a.tangent)")},
        "hint": "at its top, at 0, the cosine is flat, however fast x moves. What does your tangent say there?",
    },
    {
        "name": "tanh: one minus the value",
        "changes": {"dual.tanh": ("1.0 - t * t", "1.0 - t")},
        "hint": "tanh is as steep at -2 as at 2. Is it with your slope?",
    },
    {
        "name": "tanh: the sigmoid's slope",
        "changes": {"dual.tanh": ("1.0 - t * t", "t * (1.0 - t)")},
        "hint": "tanh has the slope 1 at 0. Which function's derivative is the one that you have taken?",
    },
    {
        "name": "derivative: the value returned",
        "changes": {"modes.derivative": ("result.tangent", "result.primal")},
        "hint": "a Dual carries two arrays. Which one have you returned?",
    },
    {
        "name": "derivative: x moves at speed x",
        "changes": {"modes.derivative": ("np.ones(x.shape)", "x")},
        "hint": "of f(x) = x the slope is 1 everywhere. With your start it is x.",
    },
    {
        "name": "derivative: one element moves",
        "changes": {
            "modes.derivative": (
                "np.ones(x.shape)",
                "(np.arange(x.size) == 0).astype(float).reshape(x.shape)",
            )
        },
        "hint": "only the first slope comes out: which elements of x stand still in your run?",
    },
    {
        "name": "jvp: the value returned",
        "changes": {"modes.jvp": (".tangent", ".primal")},
        "hint": "J v is 0 for v = 0. What do you return then?",
    },
    {
        "name": "jvp: v forgotten",
        "changes": {"modes.jvp": ("Dual(x, v)", "Dual(x, np.ones(x.shape))")},
        "hint": "double v: J v doubles. Does your answer depend on v at all?",
    },
    {
        "name": "jvp: v multiplied once more",
        "changes": {"modes.jvp": (".tangent", ".tangent * np.sum(v)")},
        "hint": "double v: J v doubles. Yours becomes four times as much, so where does v come in twice?",
    },
    {
        "name": "vjp: u forgotten",
        "changes": {
            "modes.vjp": """
                start = Tensor(x)
                out = f(start)
                out.backward(np.ones(out.shape))
                return np.zeros(start.shape) if start.grad is None else start.grad
            """,
        },
        "hint": "all outputs count alike with you. How much should each of them count?",
    },
    {
        "name": "vjp: multiplied by u at the wrong end",
        "changes": {
            "modes.vjp": """
                start = Tensor(x)
                out = f(start)
                out.backward(np.ones(out.shape))
                grad = np.zeros(start.shape) if start.grad is None else start.grad
                return grad * np.sum(u)
            """,
        },
        "hint": "take u with a single 1: you should get one row of J. You get the sum of all rows.",
    },
    {
        "name": "jacobian_forward: transposed",
        "changes": {
            "modes.jacobian_forward": """
                columns = []
                for index in np.ndindex(x.shape):
                    direction = np.zeros(x.shape)
                    direction[index] = 1.0
                    columns.append(as_dual(f(Dual(x, direction))).tangent)
                J = np.stack(columns)
                return J.reshape(x.shape + J.shape[1:])
            """,
        },
        "hint": "one run gives ∂f_i / ∂x_j for one j and all i. Is that a row or a column of J?",
    },
    {
        "name": "jacobian_forward: rows and columns folded the wrong way",
        "changes": {
            "modes.jacobian_forward": (
                "J = np.stack(columns, axis=-1)",
                "J = np.reshape(columns, (*np.shape(columns)[1:], -1))",
            )
        },
        "hint": "the right numbers in the wrong places: reshape does not transpose.",
    },
    {
        "name": "jacobian_reverse: rows that add up",
        "changes": {
            "modes.jacobian_reverse": ("start.zero_grad()\n        ", ""),
        },
        "hint": "the first row is right and the second one is the sum of two. What has a pass back done to .grad?",
    },
    {
        "name": "jacobian_reverse: transposed",
        "changes": {
            "modes.jacobian_reverse": (
                "np.stack(rows).reshape(out.shape + start.shape)",
                "np.stack(rows, axis=-1).reshape(start.shape + out.shape)",
            )
        },
        "hint": "one pass back gives ∂f_i / ∂x_j for one i and all j. Is that a row or a column of J?",
    },
    {
        "name": "hvp: the gradient of the value",
        "changes": {
            "modes.hvp": """
                start = Tensor(x)
                value = as_dual(f(Dual(start, Tensor(v)))).primal
                if isinstance(value, Tensor):
                    value.backward()
                return np.zeros(x.shape) if start.grad is None else start.grad
            """,
        },
        "hint": "that is the gradient of f. Of which number do you want it, so that it is a second derivative?",
    },
    {
        "name": "hvp: all ones for v",
        "changes": {"modes.hvp": ("Tensor(v)", "Tensor(np.ones(x.shape))")},
        "hint": "you get the row sums of H. How does v come into your answer?",
    },
    {
        "name": "count_calls: one count for all sizes",
        "changes": {
            "costs.count_calls": """
                counts, points = [], []

                def counted(point):
                    points.append(point)
                    return f(point)

                for n in sizes:
                    method(counted, np.ones(n))
                    counts.append(len(points))
                return counts
            """,
        },
        "hint": "ask for sizes 3 and 3: do you get the same count twice?",
    },
    {
        "name": "count_calls: the method gets no value",
        "changes": {"costs.count_calls": ("return f(point)", "f(point)")},
        "hint": "the method computes with what f says. What does it get from the function that you hand to it?",
    },
    {
        "name": "symbolic_sizes: the formula itself",
        "changes": {
            "costs.symbolic_sizes": (
                "sum(formula.diff(variable).size for variable in variables)",
                "sum(formula.size for variable in variables)",
            )
        },
        "hint": "that is the size of f. What has to be written down for its derivatives?",
    },
    {
        "name": "symbolic_sizes: one derivative",
        "changes": {
            "costs.symbolic_sizes": (
                "sum(formula.diff(variable).size for variable in variables)",
                "formula.diff(variables[0]).size",
            )
        },
        "hint": "a gradient in n variables has n derivatives. How many have you measured?",
    },
    {
        "name": "symbolic_sizes: the longest derivative",
        "changes": {
            "costs.symbolic_sizes": (
                "sum(formula.diff(variable).size for variable in variables)",
                "max(formula.diff(variable).size for variable in variables)",
            )
        },
        "hint": "all the derivatives have to be written down, and not the longest one alone.",
    },
    {
        "name": "checkpoints: every state held",
        "changes": {
            "costs.checkpointed_gradient": """
                states = []
                for step in steps:
                    states.append(state)
                    state = step.forward(state)
                for step, before in zip(reversed(steps), reversed(states), strict=True):
                    grad = step.backward(before, grad)
                return grad
            """,
        },
        "hint": "right, and it fills the memory: how many states are in your list when the way back begins?",
    },
    {
        "name": "checkpoints: from the start for each step",
        "changes": {
            "costs.checkpointed_gradient": """
                for number in reversed(range(len(steps))):
                    before = state
                    for step in steps[:number]:
                        before = step.forward(before)
                    grad = steps[number].backward(before, grad)
                return grad
            """,
        },
        "hint": "right, and it holds next to nothing: but how often is the first step of the chain run?",
    },
    {
        "name": "checkpoints: from the checkpoint for each step",
        "changes": {
            "costs.checkpointed_gradient": """
                kept = {}
                for number, step in enumerate(steps):
                    if number % every == 0:
                        kept[number] = state
                    state = step.forward(state)
                for number in reversed(range(len(steps))):
                    first = number - number % every
                    state = kept[first]
                    for step in steps[first:number]:
                        state = step.forward(state)
                    grad = steps[number].backward(state, grad)
                return grad
            """,
        },
        "hint": "a part of the chain is run anew for each of its steps. Is once not enough, while its states are held?",
    },
    {
        "name": "checkpoints: backward at the step's output",
        "changes": {
            "costs.checkpointed_gradient": """
                kept = {}
                for number, step in enumerate(steps):
                    if number % every == 0:
                        kept[number] = state
                    state = step.forward(state)
                for first in sorted(kept, reverse=True):
                    part = steps[first : first + every]
                    states = [kept.pop(first)]
                    for step in part:
                        states.append(step.forward(states[-1]))
                    for step in reversed(part):
                        grad = step.backward(states.pop(), grad)
                return grad
            """,
        },
        "hint": "backward wants the state that went into the step. Which one do you take from your list first?",
    },
    {
        "name": "checkpoints: the short part left out",
        "changes": {
            "costs.checkpointed_gradient": (
                "part = steps[first : first + every]",
                "part = steps[first : first + every] if first + every <= len(steps) else []",
            )
        },
        "hint": "seven steps by threes: the last part has one step. Does it have a backward with you?",
    },
    {
        "name": "norms: the matrix not transposed",
        "changes": {
            "costs.gradient_norms": (
                "grad = W.T @ (slope(a) * grad)",
                "grad = (slope(a) * grad) @ (W if len(W) != len(W.T) else W.T)",
            )
        },
        "hint": "forward W sums over the inputs of a layer. Over what does the way back have to sum?",
    },
    {
        "name": "norms: the slope at the state",
        "changes": {
            "costs.gradient_norms": (
                "sums.append(W @ h)\n        h = f(sums[-1])",
                "h = f(W @ h)\n        sums.append(h)",
            )
        },
        "hint": "h_k = f(a_k): where is the slope of f taken, at what goes into f or at what comes out?",
    },
    {
        "name": "norms: no slopes",
        "changes": {"costs.gradient_norms": ("(slope(a) * grad)", "grad")},
        "hint": "you go back through the matrices. What does f do to the gradient on the way?",
    },
    {
        "name": "norms: the slope after the matrix",
        "changes": {
            "costs.gradient_norms": """
                sums, h = [], x
                for W in weights:
                    sums.append(W @ h)
                    h = f(sums[-1])
                norms = [np.linalg.norm(grad)]
                before = [x, *sums[:-1]]
                for W, a in zip(reversed(weights), reversed(before), strict=True):
                    grad = slope(a) * (W.T @ grad)
                    norms.append(np.linalg.norm(grad))
                return np.array(norms[::-1])
            """,
        },
        "hint": "f came after W on the way forward. Which of the two comes first on the way back?",
    },
    {
        "name": "norms: from the last layer to the first",
        "changes": {"costs.gradient_norms": ("norms[::-1]", "norms")},
        "hint": "entry 0 belongs to the input x, and the last one is the length of grad. Which is which with you?",
    },
    {
        "name": "norms: squared lengths",
        "changes": {
            "costs.gradient_norms": (
                "return np.array(norms[::-1])",
                "return np.array(norms[::-1]) ** 2",
            )
        },
        "hint": "how long is the arrow (3, 4)?",
    },
    {
        "name": "factor: the mean of the slope, squared",
        "changes": {
            "costs.gradient_factor": (
                "mean = np.sum(density * slope(spread * z) ** 2) / np.sum(density)",
                "mean = (np.sum(density * slope(spread * z)) / np.sum(density)) ** 2",
            )
        },
        "hint": "half of ReLU's slopes are 1. What is the mean of their squares, and what the square of their mean?",
    },
    {
        "name": "factor: the square of the length",
        "changes": {"costs.gradient_factor": ("gain * np.sqrt(mean)", "gain**2 * mean")},
        "hint": "that is the factor of the squared length. Which one is that of the length itself?",
    },
    {
        "name": "factor: the spread ignored",
        "changes": {"costs.gradient_factor": ("slope(spread * z)", "slope(z)")},
        "hint": "let the sums be ten times as large: the slopes of tanh get small. Does your factor?",
    },
    {
        "name": "factor: the spread taken for a variance",
        "changes": {"costs.gradient_factor": ("slope(spread * z)", "slope(np.sqrt(spread) * z)")},
        "hint": "spread is a standard deviation: what is s Z spread like?",
    },
]
