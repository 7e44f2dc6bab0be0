"""Wrong answers that classes give to a2_derivatives, each as a change of the reference, with the hint that it earns.

They are read, never run; `autograder/course/misconceptions.py` says how.
"""

MISCONCEPTIONS = [
    {
        "name": "central for forward",
        "changes": {"numeric.forward_difference": "return central_difference(f, x, h)"},
        "hint": "at which points does the formula of this exercise look at f: on both sides of x, or on one?",
    },
    {
        "name": "backward for forward",
        "changes": {
            "numeric.forward_difference": (
                """moved[index] += steps[index]
        slopes[index] = (f(moved) - value_here)""",
                """moved[index] -= steps[index]
        slopes[index] = (value_here - f(moved))""",
            )
        },
        "hint": "on which side of x do you look at f? Print the points that f is given.",
    },
    {
        "name": "the difference turned round",
        "changes": {"numeric.forward_difference": ("f(moved) - value_here", "value_here - f(moved)")},
        "hint": "try f(x) = x: it goes up, and does your slope say so?",
    },
    {
        "name": "a difference, not divided by the step",
        "changes": {"numeric.forward_difference": (" / steps[index]", "")},
        "hint": "halve h: a slope should hardly change, so what does your number do?",
    },
    {
        "name": "whole numbers by integer division",
        "changes": {"numeric.forward_difference": (" / steps[index]", " // steps[index]")},
        "hint": "all your slopes are whole numbers: what do 7 / 2 and 7 // 2 give in Python?",
    },
    {
        "name": "a forward step far too small",
        "changes": {"numeric.forward_difference": ("np.sqrt(EPS)", "EPS")},
        "hint": "print x + h - x for your step and x = 1.2: how many right digits has what you divide by?",
    },
    {
        "name": "one forward step for x of every size",
        "changes": {"numeric.forward_difference": ("np.maximum(1.0, np.abs(center))", "np.ones(center.shape)")},
        "hint": "add your step to 1e8: what is the next larger number that float64 knows?",
    },
    {
        "name": "all coordinates moved at once",
        "changes": {"numeric.forward_difference": ("moved[index] += steps[index]", "moved += steps")},
        "hint": "for f(x) = x0 + x1 each slope is 1: what do you get, and how many coordinates did move?",
    },
    {
        "name": "coordinates that stay moved",
        "changes": {"numeric.forward_difference": ("moved = center.copy()", "moved = center")},
        "hint": "print the point that f is given at the second coordinate: is the first one back where it was?",
    },
    {
        "name": "forward for central",
        "changes": {"numeric.central_difference": "return forward_difference(f, x, h)"},
        "hint": "make h ten times smaller: does your error get ten times smaller, or a hundred times as it should?",
    },
    {
        "name": "divided by half the way",
        "changes": {"numeric.central_difference": ("(2 * steps[index])", "steps[index]")},
        "hint": "how far apart are the two points at which you look at f?",
    },
    {
        "name": "halved and then multiplied by the step",
        "changes": {"numeric.central_difference": ("(2 * steps[index])", "2 * steps[index]")},
        "hint": "Python reads from the left to the right: what does 12 / 2 * 3 give?",
    },
    {
        "name": "the two sides exchanged",
        "changes": {"numeric.central_difference": ("f(ahead) - f(behind)", "f(behind) - f(ahead)")},
        "hint": "a function that grows has a slope above 0: of its two values, which must be taken from which?",
    },
    {
        "name": "a central step far too small",
        "changes": {"numeric.central_difference": ("np.cbrt(EPS)", "EPS")},
        "hint": "print the two values of f that you subtract: in how many of their digits do they differ?",
    },
    {
        "name": "one central step for x of every size",
        "changes": {"numeric.central_difference": ("np.maximum(1.0, np.abs(center))", "np.ones(center.shape)")},
        "hint": "f(x) = x**3 at x = 1e8: how many digits of f change when x moves by your step?",
    },
    {
        "name": "errors with their signs",
        "changes": {
            "numeric.step_size_study": ("np.abs(difference(f, x, h) - truth)", "(difference(f, x, h) - truth)")
        },
        "hint": "which of the errors -3 and 2 is the worse one, and which does your code take?",
    },
    {
        "name": "the mean of the errors",
        "changes": {"numeric.step_size_study": (".max()", ".mean()")},
        "hint": "one coordinate of a thousand is wrong by 1: should the study say 1 or 0.001?",
    },
    {
        "name": "relative errors",
        "changes": {"numeric.step_size_study": (".max() for h", ".max() / np.abs(truth).max() for h")},
        "hint": "a true slope of 100 and a numerical one of 101: how large is the absolute error?",
    },
    {
        "name": "steps in the order of their size",
        "changes": {"numeric.step_size_study": ("for h in hs", "for h in sorted(hs)")},
        "hint": "give it the same steps in another order: which error belongs to which step?",
    },
    {
        "name": "forward differences, whatever is asked for",
        "changes": {"numeric.step_size_study": ("difference(f, x, h)", "forward_difference(f, x, h)")},
        "hint": "the method under study is an argument: what happens in your code if another one is passed?",
    },
    {
        "name": "close by an absolute tolerance",
        "changes": {
            "numeric.gradcheck": """
computed, numerical = np.asarray(grad(x)), central_difference(f, x)
return computed.shape == numerical.shape and np.allclose(computed, numerical, rtol=tolerance)
"""
        },
        "hint": "divide f and its gradient by a billion: does gradcheck still see the mistakes that it saw before?",
    },
    {
        "name": "each element relative to itself",
        "changes": {
            "numeric.gradcheck": """
computed, numerical = np.asarray(grad(x)), central_difference(f, x)
return computed.shape == numerical.shape and np.allclose(computed, numerical, rtol=tolerance, atol=0.0)
"""
        },
        "hint": "a slope of 0 beside a slope of 1: how exactly can a numerical gradient know the 0?",
    },
    {
        "name": "sums compared, not elements",
        "changes": {
            "numeric.gradcheck": (
                "np.abs(computed - numerical).max(initial=0.0)",
                "abs(computed.sum() - numerical.sum())",
            )
        },
        "hint": "exchange two elements of a right gradient: does your check notice?",
    },
    {
        "name": "the tolerance left out",
        "changes": {"numeric.gradcheck": ("tolerance * np.abs", "1e-6 * np.abs")},
        "hint": "call it with a tolerance of 1, and of 1e-12: does the verdict ever change?",
    },
    {
        "name": "a number that is its own derivative",
        "changes": {"symbolic.Const.diff": "return self"},
        "hint": "how fast does the number 7 change when x does?",
    },
    {
        "name": "a number with the slope of a variable",
        "changes": {"symbolic.Const.diff": "return Const(1)"},
        "hint": "draw the graph of a function that is 7 everywhere: is it as steep as that of x?",
    },
    {
        "name": "every variable is the one",
        "changes": {"symbolic.Var.diff": "return Const(1)"},
        "hint": "move x and hold y fixed: how fast does y change, and which of the two does your code ask about?",
    },
    {
        "name": "a variable that is its own derivative",
        "changes": {"symbolic.Var.diff": "return self"},
        "hint": "the graph of x over x is a straight line: is it steeper at 10 than at 1?",
    },
    {
        "name": "the first term alone",
        "changes": {"symbolic.Add.diff": "return u.diff(var)"},
        "hint": "both terms of a sum may depend on x: try 1 + x and x + 1.",
    },
    {
        "name": "always by x",
        "changes": {"symbolic.Add.diff": 'return u.diff(Var("x")) + v.diff(Var("x"))'},
        "hint": "differentiate x + y by y: which variable do the two terms hear of?",
    },
    {
        "name": "the product of the derivatives",
        "changes": {"symbolic.Mul.diff": "return u.diff(var) * v.diff(var)"},
        "hint": "x * x is x**2: what should its slope at 3 be, and what does your rule say?",
    },
    {
        "name": "a minus in the product rule",
        "changes": {"symbolic.Mul.diff": "return u.diff(var) * v - u * v.diff(var)"},
        "hint": "both sides of a rectangle grow: can the growth of one make the area smaller?",
    },
    {
        "name": "each derivative beside its own factor",
        "changes": {"symbolic.Mul.diff": "return u.diff(var) * u + v * v.diff(var)"},
        "hint": "one factor moves while the other stays: by which of the two is the small change multiplied?",
    },
    {
        "name": "the quotient rule with its sign turned",
        "changes": {"symbolic.Div.diff": "return (u * v.diff(var) - u.diff(var) * v) / v**2"},
        "hint": "let only the numerator grow: should the quotient of two positive numbers grow or shrink?",
    },
    {
        "name": "a plus in the quotient rule",
        "changes": {"symbolic.Div.diff": "return (u.diff(var) * v + u * v.diff(var)) / v**2"},
        "hint": "let only the denominator grow: what happens to 1 / x when x grows, and what does your rule say?",
    },
    {
        "name": "the denominator not squared",
        "changes": {"symbolic.Div.diff": ("v**2", "v")},
        "hint": "compare the slopes of 1 / x at 1 and at 10: how many times flatter is it there?",
    },
    {
        "name": "the quotient of the derivatives",
        "changes": {"symbolic.Div.diff": "return u.diff(var) / v.diff(var)"},
        "hint": "x**3 / x is x**2: differentiate it both ways and compare.",
    },
    {
        "name": "an exponent that is not lowered",
        "changes": {"symbolic.Pow.diff": ("(n.value - 1)", "n.value")},
        "hint": "a parabola is x**2: is its slope a parabola again, or a straight line?",
    },
    {
        "name": "no exponent in front",
        "changes": {"symbolic.Pow.diff": ("n * u", "u")},
        "hint": "x * x by the product rule: how many equal terms are there, and where is their number in your rule?",
    },
    {
        "name": "the base's derivative forgotten",
        "changes": {"symbolic.Pow.diff": (" * u.diff(var)", "")},
        "hint": "(3 * x)**2 is 9 * x**2: differentiate it both ways and compare.",
    },
    {
        "name": "no derivative inside exp",
        "changes": {"symbolic.Exp.diff": "return self"},
        "hint": "draw exp(x) and exp(3 * x) near 0: are they equally steep?",
    },
    {
        "name": "exp taken for a power",
        "changes": {"symbolic.Exp.diff": "return u * Exp(u - 1) * u.diff(var)"},
        "hint": "in which of x**2 and 2**x does the variable stand in the exponent, and for which is the power rule?",
    },
    {
        "name": "exp of the inner derivative",
        "changes": {"symbolic.Exp.diff": "return Exp(u.diff(var))"},
        "hint": "what does your rule give for exp(x), whose slope should grow with x?",
    },
    {
        "name": "no derivative inside log",
        "changes": {"symbolic.Log.diff": "return 1 / u"},
        "hint": "log(x**2) is 2 * log(x): differentiate it both ways and compare.",
    },
    {
        "name": "the slope of log upside down",
        "changes": {"symbolic.Log.diff": "return u / u.diff(var)"},
        "hint": "the logarithm gets flatter and flatter: does your slope get smaller as x grows?",
    },
    {
        "name": "one over the inner derivative",
        "changes": {"symbolic.Log.diff": "return 1 / u.diff(var)"},
        "hint": "what does your rule give for log(x): is the logarithm a straight line?",
    },
    {
        "name": "no derivative inside sin",
        "changes": {"symbolic.Sin.diff": "return Cos(u)"},
        "hint": "sin(10 * x) goes up and down ten times as often as sin(x): how steep does that make it?",
    },
    {
        "name": "a minus before the slope of sin",
        "changes": {"symbolic.Sin.diff": "return -Cos(u) * u.diff(var)"},
        "hint": "does the sine rise or fall where it passes through 0 at x = 0?",
    },
    {
        "name": "the cosine of the inner derivative",
        "changes": {"symbolic.Sin.diff": "return Cos(u.diff(var))"},
        "hint": "what does your rule give for sin(x): does the slope of a sine never change?",
    },
    {
        "name": "no minus before the slope of cos",
        "changes": {"symbolic.Cos.diff": "return Sin(u) * u.diff(var)"},
        "hint": "does the cosine rise or fall to the right of x = 0, and which sign does your slope have there?",
    },
    {
        "name": "no derivative inside cos",
        "changes": {"symbolic.Cos.diff": "return -Sin(u)"},
        "hint": "stretch a cosine to a hundred times its width, cos(x / 100): can it be as steep as before?",
    },
    {
        "name": "no derivative inside tanh",
        "changes": {"symbolic.Tanh.diff": "return 1 - self**2"},
        "hint": "tanh(5 * x) turns over five times as fast as tanh(x): what does your slope at 0 say of that?",
    },
    {
        "name": "a plus in the slope of tanh",
        "changes": {"symbolic.Tanh.diff": ("1 - self", "1 + self")},
        "hint": "far out tanh is all but flat: what does your slope say at x = 10?",
    },
    {
        "name": "tanh not squared in its slope",
        "changes": {"symbolic.Tanh.diff": ("self**2", "self")},
        "hint": "tanh is as steep at -1 as it is at 1: is your slope?",
    },
    {
        "name": "the argument for its tanh",
        "changes": {"symbolic.Tanh.diff": ("self**2", "u**2")},
        "hint": "tanh never falls: does your slope ever get below 0?",
    },
    {
        "name": "nothing but the root",
        "changes": {"symbolic.simplify": ("[simplify(part) for part in expression.parts]", "list(expression.parts)")},
        "hint": "put what you can simplify inside of an exp: who looks at the parts of a part?",
    },
    {
        "name": "to the zero is zero",
        "changes": {"symbolic.simplify": ("return Const(1)", "return Const(0)")},
        "hint": "continue the row 8, 4, 2 of powers of two: what comes for the exponent 0?",
    },
    {
        "name": "one over u is u",
        "changes": {"symbolic.simplify": ("(zeros[0] or ones[1])", "(zeros[0] or any(ones))")},
        "hint": "is 1 / 4 the same as 4 / 1? For a product you may exchange the two sides.",
    },
    {
        "name": "times zero changes nothing",
        "changes": {
            "symbolic.simplify": (
                "if isinstance(expression, Mul) and any(zeros):\n        return Const(0)",
                "if isinstance(expression, Mul) and any(zeros):\n        return v if zeros[0] else u",
            )
        },
        "hint": "zero apples for each of five children: how many apples? What 0 is to a sum, another number is to a "
        "product.",
    },
    {
        "name": "constants left alone",
        "changes": {"symbolic.simplify": ("np.isfinite(value)", "False")},
        "hint": "2 + 3 is a sum of two numbers: by which rule of the table does it become shorter?",
    },
]
