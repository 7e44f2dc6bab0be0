"""Wrong answers that classes give to a6_training, each as a change of the reference, with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how. Random orders come from the rng that is
passed in, as the reference's do: one seed, one answer.
"""

MISCONCEPTIONS = [
    {
        "name": "sgd: uphill",
        "changes": {"optim.SGD.step": ("-= self.lr", "+= self.lr")},
        "hint": "the gradient points to where the loss grows. After one step on w² from w = 1, is w nearer to 0?",
    },
    {
        "name": "sgd: momentum ignored",
        "changes": {"optim.SGD.step": ("self.momentum * v + g", "g")},
        "hint": "with momentum, a second step under the same gradient is longer than the first. Is yours?",
    },
    {
        "name": "sgd: the step before the new velocity",
        "changes": {
            "optim.SGD.step": """
                moved = [(w, v) for w, v in zip(self.params, self.velocities) if w.grad is not None]
                gradients = [w.grad + self.weight_decay * w.data for w, _ in moved]
                length = np.sqrt(sum(np.sum(g**2) for g in gradients))
                if self.normalize and length > 0:
                    gradients = [g / length for g in gradients]
                for (w, v), g in zip(moved, gradients):
                    w.data -= self.lr * v
                    v[...] = self.momentum * v + g
            """,
        },
        "hint": "does the very first step move w? If not, which of the two lines has come too early?",
    },
    {
        "name": "sgd: an average for a velocity",
        "changes": {
            "optim.SGD.step": (
                "v + g",
                "v + (1 - self.momentum) * g",
            )
        },
        "hint": "how long is the first step with momentum 0.9, and how long without? Here the two are equal.",
    },
    {
        "name": "sgd: momentum damps the new gradient too",
        "changes": {
            "optim.SGD.step": (
                "self.momentum * v + g",
                "self.momentum * (v + g)",
            )
        },
        "hint": "v is 0 at first. With momentum 0.5, what is v after one gradient of 1, and what does the formula say?",
    },
    {
        "name": "sgd: momentum of the last gradient alone",
        "changes": {
            "optim.SGD.step": (
                "-= self.lr * v",
                "-= self.lr * v\n            v[...] = g",
            )
        },
        "hint": "after three steps v should hold something of the first gradient still. Does yours?",
    },
    {
        "name": "sgd: the learning rate inside the velocity",
        "changes": {
            "optim.SGD.step": (
                " + g\n            w.data -= self.lr * v",
                " + self.lr * g\n            w.data -= v",
            )
        },
        "hint": "make lr ten times smaller between two steps: does that act on all of the next step, or on a part?",
    },
    {
        "name": "sgd: weight decay ignored",
        "changes": {"optim.SGD.step": (" + self.weight_decay * w.data", "")},
        "hint": "with a gradient of 0 and weight decay, should w stay where it is?",
    },
    {
        "name": "sgd: weight decay with the wrong sign",
        "changes": {"optim.SGD.step": ("+ self.weight_decay", "- self.weight_decay")},
        "hint": "with a gradient of 0, does weight decay make your weights smaller or larger?",
    },
    {
        "name": "sgd: weight decay doubled",
        "changes": {"optim.SGD.step": ("self.weight_decay *", "2.0 * self.weight_decay *")},
        "hint": "weight decay is the gradient of γ w² / 2. What does the half do to it?",
    },
    {
        "name": "sgd: weight decay beside the velocity",
        "changes": {
            "optim.SGD.step": (
                "+ self.weight_decay * w.data for w, _ in moved]",
                "for w, _ in moved]\n"
                "        for w, _ in moved:\n"
                "            w.data = (1.0 - self.lr * self.weight_decay) * w.data",
            )
        },
        "hint": "is the decay a part of g in the formula, or something done to w? Length and momentum act on all of g.",
    },
    {
        "name": "sgd: normalize ignored",
        "changes": {"optim.SGD.step": ("if self.normalize:", "if False:")},
        "hint": "make all gradients ten times larger: how should a normalised step change, and how does yours?",
    },
    {
        "name": "sgd: a length without its root",
        "changes": {
            "optim.SGD.step": (
                "math.hypot(*(np.hypot.reduce(np.ravel(g)) for g in gradients))",
                "sum(np.sum(g**2) for g in gradients)",
            )
        },
        "hint": "how long is the arrow (3, 4), and how long is it after you have normalised it?",
    },
    {
        "name": "sgd: each parameter normalised by itself",
        "changes": {"optim.SGD.step": ("length or 1.0", "np.linalg.norm(g) or 1.0")},
        "hint": "all gradients together are one arrow. After your division, is its direction still the same?",
    },
    {
        "name": "sgd: a gradient of length 0 normalised",
        "changes": {"optim.SGD.step": ("(length or 1.0)", "length")},
        "hint": "what does numpy make of 0 / 0, and where should the weights go when every gradient is 0?",
    },
    {
        "name": "sgd: the velocity normalised, not the gradient",
        "changes": {
            "optim.SGD.step": """
                moved = [(w, v) for w, v in zip(self.params, self.velocities) if w.grad is not None]
                for w, v in moved:
                    g = w.grad + self.weight_decay * w.data
                    v[...] = self.momentum * v + g
                length = np.sqrt(sum(np.sum(v**2) for _, v in moved))
                if not self.normalize or length == 0:
                    length = 1.0
                for w, v in moved:
                    w.data -= self.lr * v / length
            """,
        },
        "hint": "in the formula, is g divided by its length before it comes to v or after? Then long steps may follow.",
    },
    {
        "name": "sgd: zero_grad leaves zeros",
        "changes": {"optim.SGD.zero_grad": ("each.grad = None", "each.grad = np.zeros(each.shape)")},
        "hint": "a parameter that backward never reached must not be moved by weight decay. By what can step know it?",
    },
    {
        "name": "sgd: zero_grad of the first parameter",
        "changes": {"optim.SGD.zero_grad": ("in self.params:", "in self.params[:1]:")},
        "hint": "look at the gradients of all parameters after zero_grad: which are left?",
    },
    {
        "name": "split: x and y shuffled apart",
        "changes": {
            "train.train_test_split": (
                "return x[train], x[test], y[train], y[test]",
                "other = rng.permutation(len(x))\n    return x[train], x[test], y[other[n_test:]], y[other[:n_test]]",
            )
        },
        "hint": "split x = 0 ... 9 with y = x: are the parts of x and of y still the same numbers in the same order?",
    },
    {
        "name": "split: x shuffled, y as it was",
        "changes": {"train.train_test_split": ("y[train], y[test]", "y[n_test:], y[:n_test]")},
        "hint": "split x = 0 ... 9 with y = x: which of the two is still in order, and what has become of the pairs?",
    },
    {
        "name": "split: the test set is in the training set too",
        "changes": {"train.train_test_split": ("order[:n_test], order[n_test:]", "order[:n_test], order")},
        "hint": "add up the sizes of your two sets: who is in both?",
    },
    {
        "name": "split: not shuffled",
        "changes": {
            "train.train_test_split": (
                "order[:n_test], order[n_test:]",
                "np.arange(len(x) - n_test, len(x)), np.arange(len(x) - n_test)",
            )
        },
        "hint": "iris is sorted by species. Which species would be in your test set?",
    },
    {
        "name": "split: training and test set exchanged",
        "changes": {"train.train_test_split": ("test, train =", "train, test =")},
        "hint": "for a test_fraction of 0.1, which of your sets is the small one?",
    },
    {
        "name": "split: the size rounded down",
        "changes": {"train.train_test_split": ("round(test_fraction * len(x))", "int(test_fraction * len(x))")},
        "hint": "what should 0.19 of 20 examples be, and what does int make of 3.8?",
    },
    {
        "name": "minibatches: the last ones dropped",
        "changes": {
            "train.minibatches": ("range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)")
        },
        "hint": "add up the sizes of your batches of 3 from 7 examples: who is missing?",
    },
    {
        "name": "minibatches: an empty one at the end",
        "changes": {"train.minibatches": ("range(0, len(x), batch_size)", "range(0, len(x) + 1, batch_size)")},
        "hint": "print the sizes of your batches of 4 from 8 examples: how many are there?",
    },
    {
        "name": "minibatches: x and y shuffled apart",
        "changes": {
            "train.minibatches": """
                order, other = rng.permutation(len(x)), rng.permutation(len(x))
                for start in range(0, len(x), batch_size):
                    yield x[order[start : start + batch_size]], y[other[start : start + batch_size]]
            """,
        },
        "hint": "take y = x: is every batch of y equal to its batch of x?",
    },
    {
        "name": "minibatches: not shuffled",
        "changes": {"train.minibatches": ("rng.permutation(len(x))", "np.arange(len(x))")},
        "hint": "run two epochs and print their first batches. What ought to differ?",
    },
    {
        "name": "minibatches: drawn with replacement",
        "changes": {"train.minibatches": ("rng.permutation(len(x))", "rng.integers(len(x), size=len(x))")},
        "hint": "count how many times each example comes in one epoch. Once each?",
    },
    {
        "name": "minibatches: of about equal size",
        "changes": {
            "train.minibatches": """
                for part in np.array_split(rng.permutation(len(x)), -(-len(x) // batch_size)):
                    yield x[part], y[part]
            """,
        },
        "hint": "7 examples by threes: who is asked to be short, the last batch or several?",
    },
    {
        "name": "fit: gradients not zeroed",
        "changes": {"train.fit": ("optimizer.zero_grad()", "pass")},
        "hint": "backward adds to what is there. What is there at the second minibatch?",
    },
    {
        "name": "fit: gradients zeroed once an epoch",
        "changes": {
            "train.fit": (
                "total = 0.0\n"
                "        for x_batch, y_batch in minibatches(x, y, batch_size, rng):\n"
                "            J_batch = objective(loss, model, x_batch, y_batch, penalty)\n"
                "            optimizer.zero_grad()",
                "total = 0.0\n"
                "        optimizer.zero_grad()\n"
                "        for x_batch, y_batch in minibatches(x, y, batch_size, rng):\n"
                "            J_batch = objective(loss, model, x_batch, y_batch, penalty)",
            )
        },
        "hint": "an epoch of one minibatch goes right, one of two does not. What does the second one start from?",
    },
    {
        "name": "fit: no gradient left for the step",
        "changes": {
            "train.fit": (
                "optimizer.zero_grad()\n            J_batch.backward()",
                "J_batch.backward()\n            optimizer.zero_grad()",
            )
        },
        "hint": "print the weights before and after a step: do they move? Print what step finds in the gradients, too.",
    },
    {
        "name": "fit: the penalty left out",
        "changes": {"train.fit": ("y_batch, penalty)", "y_batch)")},
        "hint": "train once with penalty 0 and once with 10: should the weights end up the same?",
    },
    {
        "name": "fit: all examples in every step",
        "changes": {
            "train.fit": ("objective(loss, model, x_batch, y_batch, penalty)", "objective(loss, model, x, y, penalty)")
        },
        "hint": "what does your loop do with the minibatch that it was given? Print its size and the model's input's.",
    },
    {
        "name": "fit: the same minibatches in every epoch",
        "changes": {
            "train.fit": (
                "for _ in range(epochs):\n"
                "        total = 0.0\n"
                "        for x_batch, y_batch in minibatches(x, y, batch_size, rng):",
                "batches = list(minibatches(x, y, batch_size, rng))\n"
                "    for _ in range(epochs):\n"
                "        total = 0.0\n"
                "        for x_batch, y_batch in batches:",
            )
        },
        "hint": "print the first minibatch of two epochs. When should the examples be shuffled?",
    },
    {
        "name": "fit: the mean of the minibatches' means",
        "changes": {
            "train.fit": (
                "total += J_batch.item() * len(x_batch)\n        means.append(total / len(x))",
                "total += J_batch.item()\n        means.append(total / -(-len(x) // batch_size))",
            )
        },
        "hint": "minibatches of 6 and of 1: how much should the example that is alone count beside each of the six?",
    },
    {
        "name": "fit: the sum of the minibatches' losses",
        "changes": {
            "train.fit": (
                "total += J_batch.item() * len(x_batch)\n        means.append(total / len(x))",
                "total += J_batch.item()\n        means.append(total)",
            )
        },
        "hint": "halve the batch size: should the number of an epoch become about twice as large?",
    },
    {
        "name": "fit: the last minibatch's loss",
        "changes": {"train.fit": ("means.append(total / len(x))", "means.append(J_batch.item())")},
        "hint": "which examples have a part in the number that you return for an epoch?",
    },
    {
        "name": "fit: a number for each minibatch",
        "changes": {
            "train.fit": (
                "total += J_batch.item() * len(x_batch)\n        means.append(total / len(x))",
                "means.append(J_batch.item())",
            )
        },
        "hint": "how many numbers come back from 3 epochs of 5 minibatches, and how many are asked for?",
    },
    {
        "name": "accuracy: the largest of a column",
        "changes": {"train.accuracy": ("axis=1", "axis=0")},
        "hint": "for 4 examples with 3 scores each, how many predictions should there be, and how many do you get?",
    },
    {
        "name": "accuracy: the number of right ones",
        "changes": {"train.accuracy": ("np.mean(", "np.sum(")},
        "hint": "can your accuracy be more than 1?",
    },
    {
        "name": "accuracy: in percent",
        "changes": {"train.accuracy": ("np.mean(predicted == labels)", "100.0 * np.mean(predicted == labels)")},
        "hint": "what is the accuracy of one who is always right, by the docstring and by you?",
    },
    {
        "name": "accuracy: the error",
        "changes": {"train.accuracy": ("predicted == labels", "predicted != labels")},
        "hint": "what do you give to one who is always right?",
    },
    {
        "name": "accuracy: signs compared with labels 0 and 1",
        "changes": {"train.accuracy": ("np.where(scores < 0, -1, 1)", "np.where(scores < 0, 0, 1)")},
        "hint": "which labels do two classes have here, and can your prediction ever equal the smaller one?",
    },
    {
        "name": "accuracy: scores cut at one half",
        "changes": {"train.accuracy": ("scores < 0", "scores < 0.5")},
        "hint": "a probability of one half belongs to which score? Here no sigmoid has come between.",
    },
    {
        "name": "accuracy: a column of scores taken for one class",
        "changes": {"train.accuracy": ("scores.shape == labels.shape", "scores.ndim == 1")},
        "hint": "what is the largest of one number? Scores of shape (n, 1) need another rule.",
    },
    {
        "name": "cybenko: no theta",
        "changes": {"approximation.CybenkoSum.forward": (" + self.theta", "")},
        "hint": "without θ every unit has its middle at x = 0. Where would a bump at x = 1/2 come from?",
    },
    {
        "name": "cybenko: theta subtracted",
        "changes": {"approximation.CybenkoSum.forward": ("+ self.theta", "- self.theta")},
        "hint": "by the formula, at which x is a unit with w = 1 and θ = -3 in its middle, and at which x is yours?",
    },
    {
        "name": "cybenko: the sigmoid of the sum",
        "changes": {
            "approximation.CybenkoSum.forward": """
                return functional.sigmoid((x @ self.w.T + self.theta) @ self.alpha)
            """,
        },
        "hint": "can your G be larger than 1? It should, if α is: what happens to each unit before they are added up?",
    },
    {
        "name": "cybenko: tanh",
        "changes": {"approximation.CybenkoSum.forward": ("functional.sigmoid", "functional.tanh")},
        "hint": "far on the left a unit should give 0. What does yours give there?",
    },
    {
        "name": "cybenko: w in place of its transpose",
        "changes": {"approximation.CybenkoSum.forward": ("self.w.T", "self.w")},
        "hint": "w has a row for each unit, x a row for each input. Which of their axes must meet?",
    },
    {
        "name": "cybenko: alpha off the tape",
        "changes": {"approximation.CybenkoSum.forward": ("@ self.alpha", "@ self.alpha.data")},
        "hint": "after backward, which of the three parameters has no gradient?",
    },
    {
        "name": "approximation: alpha as it was drawn",
        "changes": {"approximation.approximation_errors": ("G.alpha.data = ", "fitted = ")},
        "hint": "does the error fall with more units? See whether the alpha that you found ever comes into G.",
    },
    {
        "name": "approximation: measured where it was fitted",
        "changes": {
            "approximation.approximation_errors": ("np.linspace(0.0, 1.0, 1000)", "np.linspace(0.0, 1.0, 200)")
        },
        "hint": "how well does a curve do between the points that it was fitted to? Where do you look?",
    },
    {
        "name": "approximation: the mean error",
        "changes": {"approximation.approximation_errors": ("np.max(", "np.mean(")},
        "hint": "Cybenko promises something for every x at once. Which number says how far off G is at its worst?",
    },
    {
        "name": "approximation: the root of the mean square",
        "changes": {
            "approximation.approximation_errors": (
                "np.max(np.abs(G(fine[:, np.newaxis]).data - f(fine)))",
                "np.sqrt(np.mean((G(fine[:, np.newaxis]).data - f(fine)) ** 2))",
            )
        },
        "hint": "alpha is fitted by squares, but how is the error to be measured: on the whole, or at its worst?",
    },
    {
        "name": "approximation: errors above f alone",
        "changes": {"approximation.approximation_errors": ("np.max(np.abs(", "np.max(+(")},
        "hint": "where G is far below f, what sign has your difference, and does it count?",
    },
    {
        "name": "approximation: as many units as the first time",
        "changes": {
            "approximation.approximation_errors": ("CybenkoSum(1, n_units, rng)", "CybenkoSum(1, units[0], rng)")
        },
        "hint": "print the shape of G's w for each number that you were given.",
    },
    {
        "name": "kinks: not sorted",
        "changes": {
            "approximation.relu_kinks": """
                bends = (w != 0) & (v != 0)
                kinks = -c[bends] / w[bends]
                if len(kinks) == 0:
                    return kinks, np.zeros(1)
                between = np.concatenate([kinks[:1] - 1.0, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1.0])
                is_on = between[:, np.newaxis] * w + c > 0
                return kinks, is_on @ (v * w)
            """,
        },
        "hint": "walk along x from left to right: in which order do you meet the kinks?",
    },
    {
        "name": "kinks: one for each unit",
        "changes": {
            "approximation.relu_kinks": """
                bends = (w != 0) & (v != 0)
                kinks = np.sort(-c[bends] / w[bends])
                if len(kinks) == 0:
                    return kinks, np.zeros(1)
                between = np.concatenate([kinks[:1] - 1.0, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1.0])
                is_on = between[:, np.newaxis] * w + c > 0
                return kinks, is_on @ (v * w)
            """,
        },
        "hint": "if two units bend at one place, how many pieces are there?",
    },
    {
        "name": "kinks: the sign of the bias lost",
        "changes": {
            "approximation.relu_kinks": """
                bends = (w != 0) & (v != 0)
                kinks = np.unique(c[bends] / w[bends])
                if len(kinks) == 0:
                    return kinks, np.zeros(1)
                between = np.concatenate([kinks[:1] - 1.0, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1.0])
                is_on = between[:, np.newaxis] * w + c > 0
                return kinks, is_on @ (v * w)
            """,
        },
        "hint": "where is 2 x - 6 zero, and where do you say?",
    },
    {
        "name": "kinks: w / c for c / w",
        "changes": {
            "approximation.relu_kinks": """
                bends = (w != 0) & (v != 0)
                kinks = np.unique(-w[bends] / c[bends])
                if len(kinks) == 0:
                    return kinks, np.zeros(1)
                between = np.concatenate([kinks[:1] - 1.0, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1.0])
                is_on = between[:, np.newaxis] * w + c > 0
                return kinks, is_on @ (v * w)
            """,
        },
        "hint": "solve w x + c = 0 for x on paper. Which of the two is divided by which?",
    },
    {
        "name": "kinks: units whose output weight is 0 too",
        "changes": {"approximation.relu_kinks": ("(w != 0) & (v != 0)", "w != 0")},
        "hint": "a unit may bend without the network noticing. When?",
    },
    {
        "name": "kinks: every unit on to the right",
        "changes": {
            "approximation.relu_kinks": ("np.where(w[bends] > 0, piece > place, piece <= place)", "piece > place")
        },
        "hint": "draw max(0, -x): on which side of its kink is it on? How does w decide?",
    },
    {
        "name": "kinks: the output weights forgotten",
        "changes": {"approximation.relu_kinks": ("(v * w)[bends]", "w[bends]")},
        "hint": "double every v: what happens to the slopes of the network, and to yours?",
    },
    {
        "name": "kinks: no slope where there is no kink",
        "changes": {"approximation.relu_kinks": ("(v * w)[bends]", "(v * w)[bends] if len(kinks) else np.zeros(0)")},
        "hint": "a straight line has no kink. How many slopes has it?",
    },
]
