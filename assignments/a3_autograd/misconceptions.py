"""Wrong answers that classes give to a3_autograd, each as a change of the reference, with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how.
"""

MISCONCEPTIONS = [
    {
        "name": "add: nothing for the second input",
        "changes": {"functional.Add.backward": "return [grad_in, np.zeros_like(grad_in)]"},
        "hint": "move the second of the two numbers a little: does the sum stay where it is?",
    },
    {
        "name": "add: ones, whatever arrives",
        "changes": {"functional.Add.backward": "return [np.ones_like(grad_in), np.ones_like(grad_in)]"},
        "hint": "let the sum be multiplied by 10 afterwards: how does your gradient learn of the 10?",
    },
    {
        "name": "sub: no sign for the second input",
        "changes": {"functional.Sub.backward": "return [grad_in, grad_in]"},
        "hint": "does the difference grow or shrink when the number that is taken away grows?",
    },
    {
        "name": "sub: the sign on the wrong input",
        "changes": {"functional.Sub.backward": "return [-grad_in, grad_in]"},
        "hint": "try 5 - 3 with small changes of each: which one moves the result the opposite way?",
    },
    {
        "name": "neg: no sign",
        "changes": {"functional.Neg.backward": "return [grad_in]"},
        "hint": "the result falls as the input grows: where in your backward does this show?",
    },
    {
        "name": "neg: minus one, whatever arrives",
        "changes": {"functional.Neg.backward": "return [-np.ones_like(grad_in)]"},
        "hint": "that is the slope of this operation alone: what does the chain rule do with what comes from above?",
    },
    {
        "name": "mul: each factor its own slope",
        "changes": {"functional.Mul.backward": ("[grad_in * b, grad_in * a]", "[grad_in * a, grad_in * b]")},
        "hint": "in 3 * 5 move the 3 by 0.01: by how much does the product move, and which factor is that?",
    },
    {
        "name": "mul: nothing from above",
        "changes": {"functional.Mul.backward": ("[grad_in * b, grad_in * a]", "[b, a]")},
        "hint": "these are the slopes of the product: what if the final result moves twice as fast as the product?",
    },
    {
        "name": "mul: the second factor taken for a constant",
        "changes": {"functional.Mul.backward": ("grad_in * a]", "np.zeros_like(b)]")},
        "hint": "nobody said which of the two factors is the parameter: what does training do to one without gradient?",
    },
    {
        "name": "div: no sign for the divisor",
        "changes": {"functional.Div.backward": ("-grad_a", "grad_a")},
        "hint": "does a quotient of positive numbers grow or shrink as its divisor grows?",
    },
    {
        "name": "div: the divisor not squared",
        "changes": {"functional.Div.backward": ("-grad_a * (a / b)", "-grad_a * a")},
        "hint": "compare 1 / x near 1 and near 10: how many times flatter is it there, and how many times in yours?",
    },
    {
        "name": "div: no numerator in the divisor's gradient",
        "changes": {"functional.Div.backward": ("-grad_a * (a / b)", "-grad_a / b")},
        "hint": "is 100 / x as steep at x = 2 as 1 / x is?",
    },
    {
        "name": "pow: the exponent taken for a constant",
        "changes": {"functional.Pow.backward": ("grad_in * slope_b", "np.zeros_like(b)")},
        "hint": "2 ** 3 is 8 and 2 ** 3.1 is not: what does the exponent's gradient have to say about that?",
    },
    {
        "name": "pow: no logarithm",
        "changes": {
            "functional.Pow.backward": (
                "np.where(positive, power, 0.0) * np.log(np.where(positive, a, 1.0))",
                "np.where(positive, power, 0.0)",
            )
        },
        "hint": "only for one base is the exponential its own slope: which one, and what about base 10?",
    },
    {
        "name": "pow: the exponent not lowered",
        "changes": {"functional.Pow.backward": ("(b - 1.0)", "b")},
        "hint": "for b = 1 the result is the input itself: what must its slope be, and what is yours at a = 5?",
    },
    {
        "name": "matmul: b not transposed",
        "changes": {"functional.MatMul.backward": ("columns.swapaxes(-1, -2)", "columns")},
        "hint": "take three different sizes and write the shapes of grad_in, b and a side by side: what fits?",
    },
    {
        "name": "matmul: a not transposed",
        "changes": {"functional.MatMul.backward": ("rows.swapaxes(-1, -2)", "rows")},
        "hint": "which elements of grad_in does one element of b reach: those of a row or those of a column of a?",
    },
    {
        "name": "matmul: the gradients exchanged",
        "changes": {
            "functional.MatMul.backward": (
                "return [grad_a[..., 0, :] if a.ndim == 1 else grad_a, grad_b[..., 0] if b.ndim == 1 else grad_b]",
                "return [grad_b[..., 0] if b.ndim == 1 else grad_b, grad_a[..., 0, :] if a.ndim == 1 else grad_a]",
            )
        },
        "hint": "the first gradient in the list belongs to the first input: which shape must it have?",
    },
    {
        "name": "sum: divided by n as a mean",
        "changes": {
            "functional.Sum.backward": """
spread = np.broadcast_to(grad_in.reshape(ctx.kept), ctx.shape)
return [spread * grad_in.size / spread.size]
"""
        },
        "hint": "move one of a hundred terms by 0.01: by how much does their sum move?",
    },
    {
        "name": "sum: ones, whatever arrives",
        "changes": {"functional.Sum.backward": "return [np.ones(ctx.shape)]"},
        "hint": "each sum has a number of its own in what arrives from above: where does it come into yours?",
    },
    {
        "name": "sum: keepdims ignored",
        "changes": {"functional.Sum.forward": ("keepdims=keepdims", "keepdims=False")},
        "hint": "call it with keepdims=True and print the shape: how many axes should there be?",
    },
    {
        "name": "mean: 1/n forgotten",
        "changes": {"functional.Mean.backward": ("spread / np.prod(averaged)", "spread")},
        "hint": "move one of a hundred numbers by 1: by how much does their mean move?",
    },
    {
        "name": "mean: 1/n twice",
        "changes": {"functional.Mean.backward": ("np.prod(averaged)", "np.prod(averaged) ** 2")},
        "hint": "add up the gradients of all the elements of one mean: what should come out?",
    },
    {
        "name": "max: the whole gradient for all that tie",
        "changes": {
            "functional.Max.backward": ("is_largest / is_largest.sum(axis=ctx.axis, keepdims=True)", "is_largest")
        },
        "hint": "two elements tie, and 1 arrives from above: how much do you give away altogether?",
    },
    {
        "name": "max: everybody gets the gradient",
        "changes": {
            "functional.Max.backward": (
                "is_largest / is_largest.sum(axis=ctx.axis, keepdims=True)",
                "np.ones(is_largest.shape)",
            )
        },
        "hint": "move an element that is not the largest: does the maximum notice?",
    },
    {
        "name": "max: the largest of all, not along the axis",
        "changes": {
            "functional.Max.forward": ("a.data == largest", "a.data == a.data.max()"),
            "functional.Max.backward": ("is_largest.sum(axis=ctx.axis, keepdims=True)", "is_largest.sum()"),
        },
        "hint": "with axis=1 each row has a largest element of its own: how many of your gradients are not 0?",
    },
    {
        "name": "norm: not divided by the norm",
        "changes": {"functional.Norm.backward": ("a / np.where(norm == 0, 1.0, norm)", "a")},
        "hint": "make a vector ten times as long: should its norm react ten times as strongly to a small change?",
    },
    {
        "name": "norm: the square root forgotten",
        "changes": {"functional.Norm.backward": ("a / np.where(norm == 0, 1.0, norm)", "2.0 * a")},
        "hint": "that is the slope of the sum of squares: what is still done to that sum afterwards?",
    },
    {
        "name": "norm: 0 divided by 0 at a zero vector",
        "changes": {"functional.Norm.backward": ("np.where(norm == 0, 1.0, norm)", "norm")},
        "hint": "a row of zeros: by what do you divide there, and what does the docstring want to come out?",
    },
    {
        "name": "exp: the power rule",
        "changes": {"functional.Exp.backward": ("grad_in * value", "grad_in * np.log(value) * value / np.e")},
        "hint": "is the variable in the base or in the exponent? At 0 the exponential has the slope 1: and yours?",
    },
    {
        "name": "exp: nothing from above",
        "changes": {"functional.Exp.backward": ("grad_in * value", "value + 0.0 * grad_in")},
        "hint": "is what you return the slope of the final result, or only that of this one operation?",
    },
    {
        "name": "log: the slope upside down",
        "changes": {"functional.Log.backward": ("grad_in / a", "grad_in * a")},
        "hint": "does the logarithm get steeper or flatter as its input grows?",
    },
    {
        "name": "log: nothing from above",
        "changes": {"functional.Log.backward": ("grad_in / a", "1.0 / a")},
        "hint": "put a factor of -1 behind the logarithm: does any of your gradients change its sign?",
    },
    {
        "name": "log: to base 10",
        "changes": {"functional.Log.forward": ("np.log(", "np.log10(")},
        "hint": "what is the natural logarithm of e, and what does yours say?",
    },
    {
        "name": "sqrt: the 2 forgotten",
        "changes": {"functional.Sqrt.backward": ("(2.0 * root)", "root")},
        "hint": "the root of 1.02 is about 1.01: what slope does that make at 1?",
    },
    {
        "name": "sqrt: the slope of the square",
        "changes": {"functional.Sqrt.backward": ("grad_in / (2.0 * root)", "grad_in * 2.0 * root")},
        "hint": "is the square root steep near 0 or far out? Yours gets steeper and steeper.",
    },
    {
        "name": "sqrt: the input for the output",
        "changes": {"functional.Sqrt.backward": ("(2.0 * root)", "(2.0 * root**2)")},
        "hint": "check at 4 by hand: is it the 4 or its root that stands below the fraction line?",
    },
    {
        "name": "abs: slope 1 everywhere",
        "changes": {"functional.Abs.backward": ("[grad_in * sign]", "[grad_in]")},
        "hint": "draw |x|: does it rise to the left of 0?",
    },
    {
        "name": "abs: the input itself for its slope",
        "changes": {"functional.Abs.forward": ("np.sign(a.data)", "a.data")},
        "hint": "is |x| steeper at 5 than at 1?",
    },
    {
        "name": "abs: 0 divided by 0 at the kink",
        "changes": {"functional.Abs.forward": ("np.sign(a.data)", "a.data / np.abs(a.data)")},
        "hint": "what does your slope become at an input of exactly 0, and is it a number?",
    },
    {
        "name": "reshape: the gradient in the new shape",
        "changes": {"functional.Reshape.backward": ("grad_in.reshape(ctx.shape)", "grad_in")},
        "hint": "compare the shapes of the input and of the gradient that you return.",
    },
    {
        "name": "reshape: the way back by columns",
        "changes": {"functional.Reshape.backward": ("(ctx.shape)", '(ctx.shape, order="F")')},
        "hint": "number the elements 0 to 5, send them through forward and back: does each return to its own place?",
    },
    {
        "name": "transpose: the same permutation again",
        "changes": {"functional.Transpose.backward": ("np.argsort(ctx.axes)", "tuple(ctx.axes)")},
        "hint": "three people each move one chair on: does one more move of that kind bring them back?",
    },
    {
        "name": "transpose: the axes reversed, whatever they were",
        "changes": {"functional.Transpose.backward": ("grad_in.transpose(np.argsort(ctx.axes))", "grad_in.T")},
        "hint": "what undoes a permutation depends on the permutation: where does your backward look at axes?",
    },
    {
        "name": "getitem: repeated elements counted once",
        "changes": {
            "functional.GetItem.backward": ("np.add.at(grad_a, ctx.index, grad_in)", "grad_a[ctx.index] = grad_in")
        },
        "hint": "take the same element twice: how many ways lead from it to the result, and how many do you count?",
    },
    {
        "name": "getitem: the gradient of what was taken",
        "changes": {"functional.GetItem.backward": "return [grad_in]"},
        "hint": "the elements that were not taken have a gradient too: which one, and where is it in your answer?",
    },
    {
        "name": "concat: cut at the lengths, not where the pieces end",
        "changes": {
            "functional.Concat.forward": (
                "np.cumsum([t.shape[axis] for t in tensors])",
                "np.array([t.shape[axis] for t in tensors])",
            )
        },
        "hint": "three pieces of length 2 lie one after the other: at which places must you cut?",
    },
    {
        "name": "concat: equal pieces",
        "changes": {"functional.Concat.backward": "return np.array_split(grad_in, len(ctx.ends), axis=ctx.axis)"},
        "hint": "join a piece of length 1 and one of length 3: how long are the gradients that you return?",
    },
    {
        "name": "concat: everything for everybody",
        "changes": {"functional.Concat.backward": "return [grad_in for _ in ctx.ends]"},
        "hint": "each input is only a part of the result: of which part of grad_in should it hear?",
    },
    {
        "name": "concat: cut along the first axis",
        "changes": {"functional.Concat.backward": ("axis=ctx.axis", "axis=0")},
        "hint": "along which axis were the pieces joined, and along which do you cut?",
    },
    {
        "name": "unbroadcast: no sum",
        "changes": {"tensor.unbroadcast": "return grad"},
        "hint": "what is the gradient of a number that was stretched into a row of three, and so used three times?",
    },
    {
        "name": "unbroadcast: a mean in place of a sum",
        "changes": {"tensor.unbroadcast": ("grad.sum(", "grad.mean(")},
        "hint": "a number is used a hundred times: does it move the result a hundred times as much, or once?",
    },
    {
        "name": "unbroadcast: stretched axes lost",
        "changes": {"tensor.unbroadcast": (".reshape(shape)", ".squeeze()")},
        "hint": "the gradient of a (3, 1) column must be a (3, 1) column: what does a sum do to the axis it goes over?",
    },
    {
        "name": "tape: the last use overwrites the others",
        "changes": {"tensor.Tensor.backward": ("part if known is None else known + part", "part")},
        "hint": "in y = x + x the input is used twice: what is dy/dx, and what becomes of the first part in your code?",
    },
    {
        "name": "tape: a call that replaces .grad",
        "changes": {
            "tensor.Tensor.backward": (
                "gradients[id(tensor)] if tensor.grad is None else tensor.grad + gradients[id(tensor)]",
                "gradients[id(tensor)]",
            )
        },
        "hint": "call backward twice on the same result: what does the docstring say that .grad is then?",
    },
    {
        "name": "tape: the last call passed on once more",
        "changes": {
            "tensor.Tensor.backward": (
                "tensor.node.input_gradients(gradients[id(tensor)])",
                "tensor.node.input_gradients(gradients[id(tensor)] + (0.0 if tensor.grad is None else tensor.grad))",
            )
        },
        "hint": "where do this call's gradients live while it runs, and what is in .grad when a second call begins?",
    },
    {
        "name": "tape: gradients for leaves only",
        "changes": {
            "tensor.Tensor.backward": (
                "for tensor in finished:",
                "for tensor in [tensor for tensor in finished if tensor.node is None]:",
            )
        },
        "hint": "print .grad of a tensor in the middle of the graph: for which tensors does the docstring promise one?",
    },
    {
        "name": "tape: ones, whatever grad is passed",
        "changes": {"tensor.Tensor.backward": ("{id(self): grad}", "{id(self): np.ones(self.shape)}")},
        "hint": "call backward with a grad of zeros: what should every .grad be?",
    },
    {
        "name": "tape: in the order of discovery",
        "changes": {
            "tensor.Tensor.backward": (
                """visited: set[int] = set()
        stack = [(self, False)]
        while stack:
            tensor, inputs_finished = stack.pop()
            if inputs_finished:
                finished.append(tensor)
            elif id(tensor) not in visited:
                visited.add(id(tensor))
                stack.append((tensor, True))
                if tensor.node is not None:
                    stack.extend((source, False) for source in tensor.node.inputs)
""",
                """visited: set[int] = set()
        queue = [self]
        while queue:
            tensor = queue.pop(0)
            if id(tensor) not in visited:
                visited.add(id(tensor))
                finished.insert(0, tensor)
                if tensor.node is not None:
                    queue.extend(tensor.node.inputs)
""",
            )
        },
        "hint": "u = 2 x, v = u, y = u + v: when you ask the node of u, has the part that comes through v arrived yet?",
    },
]
