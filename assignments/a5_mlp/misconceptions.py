"""Wrong answers that classes give to a5_mlp, each as a change of the reference, with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how.
"""

MISCONCEPTIONS = [
    {
        "name": "linear: the variance taken for the standard deviation",
        "changes": {"nn.Linear.__init__": ("gain / np.sqrt(n_in)", "gain / n_in")},
        "hint": "print the mean of W**2 for 400 inputs beside 1 / 400. Which of the two does rng.normal ask for?",
    },
    {
        "name": "linear: the variance by the number of units",
        "changes": {"nn.Linear.__init__": ("np.sqrt(n_in)", "np.sqrt(n_out)")},
        "hint": "how many terms has the sum of one unit? It does not matter how many other units stand beside it.",
    },
    {
        "name": "linear: the mean of both numbers in the variance",
        "changes": {"nn.Linear.__init__": ("gain / np.sqrt(n_in)", "gain * np.sqrt(2.0 / (n_in + n_out))")},
        "hint": "this is somebody else's rule. Derive the handout's: what is the variance of a sum of so many terms?",
    },
    {
        "name": "linear: gain forgotten",
        "changes": {"nn.Linear.__init__": ("gain / np.sqrt(n_in)", "1.0 / np.sqrt(n_in)")},
        "hint": "make two layers from one seed, with gain 1 and with gain 2: how should their weights differ?",
    },
    {
        "name": "linear: gain below the root",
        "changes": {"nn.Linear.__init__": ("gain / np.sqrt(n_in)", "np.sqrt(gain / n_in)")},
        "hint": "twice the gain should make each weight twice as large. By how much do yours grow?",
    },
    {
        "name": "linear: small weights, whatever the layer",
        "changes": {"nn.Linear.__init__": ("gain / np.sqrt(n_in)", "0.01 * gain")},
        "hint": "send numbers of size 1 through ten such layers: how large are they at the end? The size has a reason.",
    },
    {
        "name": "linear: all weights zero",
        "changes": {
            "nn.Linear.__init__": (
                "rng.normal(0.0, gain / np.sqrt(n_in), size=(n_out, n_in))",
                "np.zeros((n_out, n_in))",
            )
        },
        "hint": "if all units of a layer begin equal, they get equal gradients. When would they become different?",
    },
    {
        "name": "linear: biases drawn at random",
        "changes": {"nn.Linear.__init__": ("np.zeros(n_out)", "rng.normal(0.0, gain / np.sqrt(n_in), size=n_out)")},
        "hint": "what should a new layer give for an input of zeros? The docstring says how b begins.",
    },
    {
        "name": "linear: W in place of its transpose",
        "changes": {"nn.Linear.forward": ("self.W.T", "self.W")},
        "hint": "write down the shapes of a batch and of W: along which axis of W do the inputs lie?",
    },
    {
        "name": "linear: no bias",
        "changes": {"nn.Linear.forward": (" + self.b", "")},
        "hint": "what should come out for an input of zeros, and what does?",
    },
    {
        "name": "linear: the bias as a column",
        "changes": {"nn.Linear.forward": ("self.b", "self.b.reshape(-1, 1)")},
        "hint": "in a batch each row is one example. Does b get added along a row, or down a column?",
    },
    {
        "name": "linear: the bias off the tape",
        "changes": {"nn.Linear.forward": ("self.b", "self.b.data")},
        "hint": "after backward, print b.grad: what is it, and what has the tape never heard of?",
    },
    {
        "name": "mlp: the activation after the last layer too",
        "changes": {"nn.MLP.forward": ("a = self.layers[-1](h)", "a = self.activation(self.layers[-1](h))")},
        "hint": "a network that ends in a tanh can never predict 5. What follows the last layer, and what the others?",
    },
    {
        "name": "mlp: the activation before the layer",
        "changes": {"nn.MLP.forward": ("self.activation(layer(h))", "layer(self.activation(h))")},
        "hint": "write down h0, a1 and h1 of the lecture: which comes first, and does anything happen to x itself?",
    },
    {
        "name": "mlp: no activation",
        "changes": {"nn.MLP.forward": ("self.activation(layer(h))", "layer(h)")},
        "hint": "two linear layers one after the other are one linear layer. What has to stand between them?",
    },
    {
        "name": "mlp: tanh, whatever was asked for",
        "changes": {"nn.MLP.forward": ("self.activation(layer(h))", "functional.tanh(layer(h))")},
        "hint": "make a network with relu and one with tanh from the same seed: do their outputs differ?",
    },
    {
        "name": "mlp: the output function forgotten",
        "changes": {"nn.MLP.forward": ("return a if self.output is None else self.output(a)", "return a")},
        "hint": "what did __init__ keep that your forward never looks at?",
    },
    {
        "name": "mlp: the output function after every layer",
        "changes": {
            "nn.MLP.forward": (
                "h = self.activation(layer(h))",
                "h = self.activation(layer(h))\n            h = h if self.output is None else self.output(h)",
            )
        },
        "hint": "with three layers and an exponential at the end, how many times is it computed? Count the calls.",
    },
    {
        "name": "mlp: the activation and the output function at the end",
        "changes": {"nn.MLP.forward": ("else self.output(a)", "else self.output(self.activation(a))")},
        "hint": "the output function stands in place of something. Of what?",
    },
    {
        "name": "mse: the sum of squares",
        "changes": {"nn.MSELoss.forward": (".mean()", ".sum()")},
        "hint": "give it every example twice: should the loss double?",
    },
    {
        "name": "mse: half of the mean",
        "changes": {"nn.MSELoss.forward": ("return ", "return 0.5 * ")},
        "hint": "what is the mean square of the errors 1 and 1? The half is another loss, with another gradient.",
    },
    {
        "name": "mse: the sum over outputs, the mean over examples",
        "changes": {"nn.MSELoss.forward": (".mean()", ".sum() / (len(target) if target.ndim else 1)")},
        "hint": "for 3 examples with 2 outputs each, how many numbers go into the mean?",
    },
    {
        "name": "mse: the root of the mean",
        "changes": {"nn.MSELoss.forward": (".mean()", ".mean().sqrt()")},
        "hint": "if every error is 3, the loss is 9. Which of your steps is one too many?",
    },
    {
        "name": "mse: the absolute error",
        "changes": {"nn.MSELoss.forward": "return abs(prediction - target).mean()"},
        "hint": "an error twice as large should cost how many times as much? Try errors of 1 and of 2.",
    },
    {
        "name": "bce: the logarithm of a sigmoid",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": """
                probability = functional.sigmoid(logits)
                return -(target * probability.log() + (1.0 - target) * (1.0 - probability).log()).mean()
            """,
        },
        "hint": "what is σ(50) in float64, and the logarithm of 1 less that? Simplify ln σ(a) on paper first.",
    },
    {
        "name": "bce: the logarithm of a sigmoid kept away from 0 and 1",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": """
                probability = functional.sigmoid(logits) * (1.0 - 2e-12) + 1e-12
                return -(target * probability.log() + (1.0 - target) * (1.0 - probability).log()).mean()
            """,
        },
        "hint": "the loss of logit 1e4 for target 0 is 1e4. What is the most that yours can come to?",
    },
    {
        "name": "bce: ln(1 + exp) as it stands",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": (
                "functional.softplus(-logits), functional.softplus(logits)",
                "(1.0 + (-logits).exp()).log(), (1.0 + logits.exp()).log()",
            )
        },
        "hint": "what is e to the 1000 in float64? One of the activations of a4 is this very formula, made safe.",
    },
    {
        "name": "bce: logits taken for probabilities",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": """
                return -(target * logits.log() + (1.0 - target) * (1.0 - logits).log()).mean()
            """,
        },
        "hint": "a logit is any number, and a probability is not. What turns one into the other?",
    },
    {
        "name": "bce: a sigmoid too many",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": (
                "if_one, if_zero =",
                "logits = functional.sigmoid(logits)\n        if_one, if_zero =",
            )
        },
        "hint": "a large logit of the right sign should cost nearly nothing. What does yours cost at 1000, and why?",
    },
    {
        "name": "bce: the targets 1 alone",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": ("(target * if_one + (1.0 - target) * if_zero)", "(target * if_one)")
        },
        "hint": "what does your loss say of a large logit whose target is 0?",
    },
    {
        "name": "bce: targets 0 and 1 exchanged",
        "changes": {
            "nn.BCEWithLogitsLoss.forward": (
                "(target * if_one + (1.0 - target) * if_zero)",
                "(target * if_zero + (1.0 - target) * if_one)",
            )
        },
        "hint": "for target 1, is the loss smaller at logit 3 or at logit -3?",
    },
    {
        "name": "bce: the sum over elements",
        "changes": {"nn.BCEWithLogitsLoss.forward": (".mean()", ".sum()")},
        "hint": "four logits of 0 cost ln 2 each. What is the loss of the four?",
    },
    {
        "name": "cross-entropy: the logarithm of a softmax",
        "changes": {
            "nn.CrossEntropyLoss.forward": (
                "log_probabilities = functional.log_softmax(logits, axis=-1)",
                "log_probabilities = functional.softmax(logits, axis=-1).log()",
            )
        },
        "hint": "what is the softmax of [0, 1000] in float64, and its logarithm? Only together are the two safe.",
    },
    {
        "name": "cross-entropy: the logarithm of a softmax with something added",
        "changes": {
            "nn.CrossEntropyLoss.forward": (
                "log_probabilities = functional.log_softmax(logits, axis=-1)",
                "log_probabilities = (functional.softmax(logits, axis=-1) + 1e-12).log()",
            )
        },
        "hint": "being sure of the wrong class by 1e4 costs 1e4. What is the most that your loss can come to?",
    },
    {
        "name": "cross-entropy: exponentials as they stand",
        "changes": {
            "nn.CrossEntropyLoss.forward": (
                "functional.log_softmax(logits, axis=-1)",
                "logits - logits.exp().sum(axis=-1, keepdims=True).log()",
            )
        },
        "hint": "add 2000 to all logits of a row: what should happen to the loss, and what happens to yours?",
    },
    {
        "name": "cross-entropy: the softmax along the batch",
        "changes": {"nn.CrossEntropyLoss.forward": ("axis=-1", "axis=0")},
        "hint": "which numbers should sum to 1, those of one example or those of one class?",
    },
    {
        "name": "cross-entropy: a softmax too many",
        "changes": {
            "nn.CrossEntropyLoss.forward": (
                "functional.log_softmax(logits, axis=-1)",
                "functional.log_softmax(functional.softmax(logits, axis=-1), axis=-1)",
            )
        },
        "hint": "being right by 1e4 should cost nothing, and what does it cost with you? Count your softmaxes.",
    },
    {
        "name": "cross-entropy: logits taken for log-probabilities",
        "changes": {"nn.CrossEntropyLoss.forward": ("functional.log_softmax(logits, axis=-1)", "logits")},
        "hint": "can this loss ever be negative? Yours can: what do logits lack to be logarithms of probabilities?",
    },
    {
        "name": "cross-entropy: the sum over examples",
        "changes": {"nn.CrossEntropyLoss.forward": (".mean()", ".sum()")},
        "hint": "give it a batch of two equal examples, then one of four: should the loss change?",
    },
    {
        "name": "cross-entropy: the mean over classes too",
        "changes": {"nn.CrossEntropyLoss.forward": (".mean()", ".mean() / n_classes")},
        "hint": "one example with logits 0, 0, 0 costs ln 3. By how much is yours smaller, and what did you count?",
    },
    {
        "name": "cross-entropy: the sign forgotten",
        "changes": {"nn.CrossEntropyLoss.forward": ("-log_probabilities[", "log_probabilities[")},
        "hint": "what sign has the logarithm of a probability, and what sign should a loss have?",
    },
    {
        "name": "cross-entropy: labels counted from 1",
        "changes": {"nn.CrossEntropyLoss.forward": ("), labels]", "), labels - 1]")},
        "hint": "which column holds the logits of class 0? Try a row in which one class is certain.",
    },
    {
        "name": "cross-entropy: every example with every label",
        "changes": {"nn.CrossEntropyLoss.forward": ("np.arange(len(labels))", ":")},
        "hint": "print the shape of what you take the mean of: is it one number for each example?",
    },
    {
        "name": "hinge: no margin",
        "changes": {"nn.HingeLoss.forward": ("1.0 - labels", "-labels")},
        "hint": "what should a score of 0.5 on the right side cost, and what does it cost with you?",
    },
    {
        "name": "hinge: the sign turned round",
        "changes": {"nn.HingeLoss.forward": ("1.0 - labels", "1.0 + labels")},
        "hint": "for label 1, is the loss larger at score 5 or at score -5?",
    },
    {
        "name": "hinge: no maximum",
        "changes": {"nn.HingeLoss.forward": ("functional.relu(1.0 - labels * scores)", "(1.0 - labels * scores)")},
        "hint": "an example far on the right side costs nothing. Can it make up for another's loss with you?",
    },
    {
        "name": "hinge: squared",
        "changes": {
            "nn.HingeLoss.forward": (
                "functional.relu(1.0 - labels * scores)",
                "(functional.relu(1.0 - labels * scores) ** 2)",
            )
        },
        "hint": "for label 1, by how much does the loss grow from score 0 to -1, and from -1 to -2?",
    },
    {
        "name": "hinge: the sum over scores",
        "changes": {"nn.HingeLoss.forward": (".mean()", ".sum()")},
        "hint": "if each of ten examples costs 1, what is the loss of the ten?",
    },
    {
        "name": "hinge: the mean over those that cost something",
        "changes": {"nn.HingeLoss.forward": (".mean()", ".sum() / max((labels * scores.data < 1.0).sum(), 1)")},
        "hint": "costs of 0 and 2 have the mean 1. By how many do you divide?",
    },
    {
        "name": "l2: biases regularised too",
        "changes": {"nn.l2_penalty": (" if parameter.ndim == 2", "")},
        "hint": "make every bias 100 times as large: should Ω change?",
    },
    {
        "name": "l2: no half",
        "changes": {"nn.l2_penalty": ("0.5 * ", "")},
        "hint": "the gradient of Ω with respect to a weight should be the weight itself. What is yours?",
    },
    {
        "name": "l2: the mean of squares",
        "changes": {"nn.l2_penalty": (".sum()", ".mean()")},
        "hint": "take a matrix of four ones and one of eight: should their Ω be the same?",
    },
    {
        "name": "l2: the length, not its square",
        "changes": {"nn.l2_penalty": ("(parameter**2).sum()", "parameter.norm()")},
        "hint": "if all weights are made twice as large, how many times as large does Ω become?",
    },
    {
        "name": "l2: absolute values",
        "changes": {"nn.l2_penalty": ("(parameter**2)", "abs(parameter)")},
        "hint": "for one weight of 3, what is half of its square? Which penalty have you computed?",
    },
    {
        "name": "l2: off the tape",
        "changes": {"nn.l2_penalty": ("(parameter**2)", "Tensor(parameter.data**2)")},
        "hint": "the value is right, but after backward no weight has a gradient of it. Where did the tape end?",
    },
    {
        "name": "objective: no penalty",
        "changes": {"nn.objective": (" + lam * l2_penalty(model)", "")},
        "hint": "call it with two values of lam: what should change?",
    },
    {
        "name": "objective: lam forgotten",
        "changes": {"nn.objective": ("lam * ", "")},
        "hint": "with λ = 0, what should be left of J?",
    },
    {
        "name": "objective: lam halved once more",
        "changes": {"nn.objective": ("lam * ", "0.5 * lam * ")},
        "hint": "one half is in Ω already. How many are there in your J?",
    },
    {
        "name": "objective: lam for both terms",
        "changes": {
            "nn.objective": (
                "loss(model(x), y) + lam * l2_penalty(model)",
                "lam * (loss(model(x), y) + l2_penalty(model))",
            )
        },
        "hint": "with λ = 0, is anything left of J? It should be.",
    },
    {
        "name": "objective: prediction and target exchanged",
        "changes": {"nn.objective": ("loss(model(x), y)", "loss(y, model(x))")},
        "hint": "in which order does a loss take its two inputs, and which of yours is the prediction?",
    },
    {
        "name": "objective: the penalty off the tape",
        "changes": {"nn.objective": ("l2_penalty(model)", "l2_penalty(model).data")},
        "hint": "J is right, but large weights do not shrink when it is minimised. Does Ω's gradient get through?",
    },
    {
        "name": "xor: OR",
        "changes": {"nn.xor_network": ("-2.0", "-1.0")},
        "hint": "at (1, 1) both units are on. By how much does the second have to pull the first down?",
    },
    {
        "name": "xor: its opposite",
        "changes": {"nn.xor_network": ("Tensor([[1.0, -2.0]]), Tensor([0.0])", "Tensor([[-1.0, 2.0]]), Tensor([1.0])")},
        "hint": "write down the truth table of XOR and your network's four outputs beside it. What do you notice?",
    },
    {
        "name": "xor: the hidden biases forgotten",
        "changes": {"nn.xor_network": ("Tensor([0.0, -1.0])", "Tensor([0.0, 0.0])")},
        "hint": "without c both units compute the same sum. At which corner should only one of them be on?",
    },
    {
        "name": "xor: one half everywhere",
        "changes": {"nn.xor_network": ("Tensor([[1.0, -2.0]]), Tensor([0.0])", "Tensor([[0.0, 0.0]]), Tensor([0.5])")},
        "hint": "one half is the best that a line can do. What do the hidden units know that your output does not use?",
    },
    {
        "name": "xor: w as a column",
        "changes": {"nn.xor_network": ("Tensor([[1.0, -2.0]])", "Tensor([[1.0], [-2.0]])")},
        "hint": "the last layer has two inputs and one unit. What shape has its W, as Linear would have made it?",
    },
]
