"""Wrong answers that classes give to a1_linear_models, each as a change of the reference, with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how.
"""

MISCONCEPTIONS = [
    {
        "name": "a power too few",
        "changes": {"linear.polynomial": ("degree + 1", "degree")},
        "hint": "a straight line has degree 1: how many numbers does it take to draw one?",
    },
    {
        "name": "the highest power first",
        "changes": {"linear.polynomial": "return np.vander(x, degree + 1)"},
        "hint": "put in x = 0: which column of yours is the one of the bias, and which one is it to be?",
    },
    {
        "name": "powers from one on",
        "changes": {"linear.polynomial": ("np.arange(degree + 1)", "np.arange(1, degree + 2)")},
        "hint": "what does a polynomial give at x = 0? Look for the weight of yours that can make this anything but 0.",
    },
    {
        "name": "multiples in place of powers",
        "changes": {"linear.polynomial": ("** np.arange", "* np.arange")},
        "hint": "by what must one multiply a column to get the next one, and what does your code do to it?",
    },
    {
        "name": "a gaussian without its 2",
        "changes": {"linear.gaussian": ("-0.5 * distance**2", "-(distance**2)")},
        "hint": "one width away from its center a bell is exp(-1/2) high, about 0.61: how high is yours?",
    },
    {
        "name": "a distance that is not squared",
        "changes": {"linear.gaussian": ("-0.5 * distance**2", "-0.5 * distance")},
        "hint": "compare the heights a step to the left and a step to the right of a center: is it a bell?",
    },
    {
        "name": "a bell that grows with the distance",
        "changes": {"linear.gaussian": ("-0.5 * distance**2", "0.5 * distance**2")},
        "hint": "what becomes of your bell far away from its center, and what should?",
    },
    {
        "name": "a density in place of a bell",
        "changes": {
            "linear.gaussian": (
                "np.exp(-0.5 * distance**2)",
                "np.exp(-0.5 * distance**2) / (width * np.sqrt(2 * np.pi))",
            )
        },
        "hint": "how high is your bell at its very center? This is no probability: nothing asks for an area of 1.",
    },
    {
        "name": "bells without the column of the bias",
        "changes": {
            "linear.gaussian": (
                "np.column_stack([np.ones(len(x)), np.exp(-0.5 * distance**2)])",
                "np.exp(-0.5 * distance**2)",
            )
        },
        "hint": "with M centers, how many columns does the docstring want, and what is in the one that no center has?",
    },
    {
        "name": "the bias behind the bells",
        "changes": {
            "linear.gaussian": (
                "[np.ones(len(x)), np.exp(-0.5 * distance**2)]",
                "[np.exp(-0.5 * distance**2), np.ones(len(x))]",
            )
        },
        "hint": "which weight is to be the bias, the first one or the last?",
    },
    {
        "name": "a sigmoid that falls",
        "changes": {"linear.logistic": ("a >= 0", "a <= 0")},
        "hint": "towards which number should the curve go for large a? Try a = 5 and a = -5.",
    },
    {
        "name": "twice as steep, by tanh",
        "changes": {"linear.logistic": "return (1.0 + np.tanh(a)) / 2.0"},
        "hint": "how steep is the logistic sigmoid in the middle, and how steep is your curve?",
    },
    {
        "name": "infinity divided by infinity",
        "changes": {"linear.logistic": "return np.exp(a) / (1.0 + np.exp(a))"},
        "hint": "what is exp(1000) in float64, and what is that divided by itself?",
    },
    {
        "name": "one minus nearly one",
        "changes": {"linear.logistic": "return 1.0 - 1.0 / (1.0 + np.exp(a))"},
        "hint": "try a = -40: what is left when a number that rounding has made 1 is taken away from 1?",
    },
    {
        "name": "the input cut off",
        "changes": {"linear.logistic": "return 1.0 / (1.0 + np.exp(-np.clip(a, -30.0, 30.0)))"},
        "hint": "print the values at -31, -100 and -700: should they be one and the same number?",
    },
    {
        "name": "steps that go down",
        "changes": {"linear.sigmoidal": ("x[:, np.newaxis] - centers", "centers - x[:, np.newaxis]")},
        "hint": "far to the right of a center, should a step be at 0 or at 1?",
    },
    {
        "name": "multiplied by the width of a step",
        "changes": {"linear.sigmoidal": ("/ width", "* width")},
        "hint": "should a large width make a step gentle or steep? Draw yours for two widths.",
    },
    {
        "name": "steps without the column of the bias",
        "changes": {"linear.sigmoidal": ("np.insert(steps, 0, 1.0, axis=1)", "steps")},
        "hint": "count the columns: there is a phi that belongs to no center, so what does it hold?",
    },
    {
        "name": "steps from -1 to 1",
        "changes": {
            "linear.sigmoidal": (
                "logistic((x[:, np.newaxis] - centers) / width)",
                "np.tanh((x[:, np.newaxis] - centers) / width)",
            )
        },
        "hint": "between which two numbers does a step of the docstring's formula go, and between which does yours?",
    },
    {
        "name": "inner products in place of weights",
        "changes": {"linear.least_squares": "return phi.T @ t"},
        "hint": "make all of Phi twice as large: what must happen to the weights, and what happens to yours?",
    },
    {
        "name": "a pseudo-inverse of the squared matrix",
        "changes": {"linear.least_squares": "return np.linalg.pinv(phi.T @ phi) @ (phi.T @ t)"},
        "hint": "Phi with two columns that differ by 1e-9: print Phi^T Phi with all of its digits. Where is the "
        "difference?",
    },
    {
        "name": "a little ridge for safety",
        "changes": {
            "linear.least_squares": "return np.linalg.solve(phi.T @ phi + 1e-6 * np.eye(phi.shape[1]), phi.T @ t)"
        },
        "hint": "take targets that lie exactly on a line: how far are your weights from that line's, and why at all?",
    },
    {
        "name": "through the first examples only",
        "changes": {
            "linear.least_squares": (
                "np.linalg.lstsq(phi, t, rcond=None)",
                "np.linalg.lstsq(phi[: phi.shape[1]], t[: phi.shape[1]], rcond=None)",
            )
        },
        "hint": "change nothing but the last target: do your weights take notice?",
    },
    {
        "name": "no weight for the bias",
        "changes": {"linear.least_squares": ("lstsq(phi, t", "lstsq(phi[:, 1:], t")},
        "hint": "every column of Phi has a weight of its own: how many are there, and how many do you return?",
    },
    {
        "name": "away from the maximum",
        "changes": {"linear.irls_step": ("(t - y)", "(y - t)")},
        "hint": "is the likelihood larger after your step than before? Work it out for both weights.",
    },
    {
        "name": "the step without the weights it starts from",
        "changes": {"linear.irls_step": ("w + least", "least")},
        "hint": "start at the maximum, where there is nowhere to go: which weights must come back, and which do?",
    },
    {
        "name": "R without its second factor",
        "changes": {"linear.irls_step": ("(y * (1.0 - y))", "y")},
        "hint": "how steep is the sigmoid where y = 1/2, and where y is nearly 1? Compare with your R.",
    },
    {
        "name": "R left out",
        "changes": {"linear.irls_step": ("((y * (1.0 - y))[:, np.newaxis] * phi)", "phi")},
        "hint": "with y = 1/2 for all examples, how much larger is Phi^T Phi than the matrix H of the docstring?",
    },
    {
        "name": "a step of the gradient, not of Newton",
        "changes": {"linear.irls_step": ("least_squares(hessian, phi.T @ (t - y))", "phi.T @ (t - y)")},
        "hint": "the gradient says which way is up, but what says how far to go? Your step grows with every example.",
    },
    {
        "name": "f forgotten",
        "changes": {"linear.LinearModel.predict": "return self.basis(x) @ self.w"},
        "hint": "a class is predicted by a number between 0 and 1: what in your code keeps the sum between them?",
    },
    {
        "name": "f of each basis function",
        "changes": {"linear.LinearModel.predict": "return self.f(self.basis(x)) @ self.w"},
        "hint": "read the model's formula from the inside to the outside: what comes first, the sum or f?",
    },
    {
        "name": "f of each term of the sum",
        "changes": {"linear.LinearModel.predict": "return self.f(self.basis(x) * self.w).sum(axis=1)"},
        "hint": "for one input, how often is f to be called: once, or once for each weight?",
    },
    {
        "name": "the bias twice",
        "changes": {"linear.LinearModel.predict": "return self.f(self.w[0] + self.basis(x) @ self.w)"},
        "hint": "set all weights to 0 but the first one: what should come out, and what does?",
    },
    {
        "name": "more than the threshold",
        "changes": {"linear.ThresholdUnit.fires": (">=", ">")},
        "hint": "what does a unit do whose weighted input is exactly its threshold? The docstring says it in one word.",
    },
    {
        "name": "the threshold taken for a bias",
        "changes": {"linear.ThresholdUnit.fires": ("x @ self.w >= self.theta", "x @ self.w + self.theta >= 0")},
        "hint": "does a larger threshold make it easier or harder to fire? Try it on your unit.",
    },
    {
        "name": "minus one at rest",
        "changes": {"linear.ThresholdUnit.fires": ("1.0, 0.0", "1.0, -1.0")},
        "hint": "which two numbers does a neuron of McCulloch and Pitts know?",
    },
    {
        "name": "AND of two, however many there are",
        "changes": {"linear.logical_and": "return threshold_unit(np.ones(n), 2)"},
        "hint": "take three inputs, two of which are 1: does your unit fire?",
    },
    {
        "name": "one is enough for AND",
        "changes": {"linear.logical_and": "return threshold_unit(np.ones(n), 1)"},
        "hint": "which line of the truth table does your unit get wrong, and which gate has a 1 there?",
    },
    {
        "name": "OR of nothing",
        "changes": {"linear.logical_or": "return threshold_unit(np.ones(n), 0)"},
        "hint": "what is the weighted sum if all inputs are 0, and does it reach your threshold?",
    },
    {
        "name": "all are needed for OR",
        "changes": {"linear.logical_or": "return threshold_unit(np.ones(n), n)"},
        "hint": "put a single 1 in: is the sum as large as your threshold? It should be, whichever input it is.",
    },
    {
        "name": "NOT that passes its input on",
        "changes": {"linear.logical_not": "return threshold_unit([1.0], 1)"},
        "hint": "should the input speak for firing or against it, and which weight says so?",
    },
    {
        "name": "NOT that never fires",
        "changes": {"linear.logical_not": "return threshold_unit([-1.0], 0.5)"},
        "hint": "an input of 0 adds nothing: what does that leave to reach your threshold with?",
    },
    {
        "name": "half is a majority",
        "changes": {"linear.majority": "return threshold_unit(np.ones(n), n / 2)"},
        "hint": "two of four are in favour: is that a majority, and what does your unit say?",
    },
    {
        "name": "two are a majority",
        "changes": {"linear.majority": "return threshold_unit(np.ones(n), 2)"},
        "hint": "how many of seven make a majority? It worked out for three.",
    },
    {
        "name": "none but all are a majority",
        "changes": {"linear.majority": "return threshold_unit(np.ones(n), n)"},
        "hint": "one of seven is against: does that stop a majority?",
    },
    {
        "name": "the best unit, right or not",
        "changes": {
            "linear.find_unit": """
grid = [threshold_unit(w, theta) for *w, theta in product(*[weights] * x.shape[1], thresholds)]
return max(grid, key=lambda unit: np.sum(unit(x) == t))
"""
        },
        "hint": "three of the four lines of XOR can be got right: is that a unit that computes XOR?",
    },
    {
        "name": "gives up at the first unit that fails",
        "changes": {
            "linear.find_unit": """
for *w, theta in product(*[weights] * x.shape[1], thresholds):
    unit = threshold_unit(w, theta)
    return unit if np.array_equal(unit(x), t) else None
"""
        },
        "hint": "count how many units your search looks at before it returns. When can it know that there is none?",
    },
    {
        "name": "a row for each unit",
        "changes": {"linear.two_layers": ("axis=-1", "axis=0")},
        "hint": "5 examples and 2 hidden units: which shape does the output unit want, and which one does it get?",
    },
    {
        "name": "the hidden units from last to first",
        "changes": {"linear.two_layers": ("in hidden]", "in hidden[::-1]]")},
        "hint": "give the output unit a different weight for each input: which hidden unit meets the first of them?",
    },
    {
        "name": "OR for XOR",
        "changes": {"linear.xor_units": ("[1.0, -1.0], 1)", "[1.0, 1.0], 1)")},
        "hint": "put in two ones and follow them to the end: which hidden unit ought to speak against firing?",
    },
    {
        "name": "AND for XOR",
        "changes": {"linear.xor_units": ("[1.0, -1.0], 1)", "[1.0, 1.0], 2)")},
        "hint": "put in a single one: how many hidden units fire, and how many does your output unit wait for?",
    },
    {
        "name": "equal for different",
        "changes": {"linear.xor_units": ("[1.0, -1.0], 1)", "[-1.0, 1.0], 0)")},
        "hint": "write the four outputs beside those of the docstring: in how many lines do they agree?",
    },
]
