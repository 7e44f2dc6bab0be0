"""What students read, in English."""

from .table import Table

_PHRASES = {
    # --- done, not done, not judged
    "done": "done",
    "not_done": "not done yet",
    "not_done.of": "not done yet: {what}",
    "not_done.section": "handout section {section}",
    "not_done.section_of": "handout section {section} of {assignment}",
    "not_done.needs": "needs {exercise}, {section}",
    "not_done.exercise": "not done yet: {exercise}, handout section {section}",
    "not_done.in_handout": "{what} in {file}",
    "not_started": "not started",
    "not_judged": "not judged: first make {test} right",
    "not_judged.yet": "not judged yet",
    # --- a failed test
    "failed": "failed",
    "failed.fix": "fix",
    "failed.raised": "your code raised {error}",
    "failed.raised_at": "your code raised {error} ({where})",
    "failed.unusable": "the test cannot use what your code returned: {error}",
    "failed.object_for_array": "got an object of type {got}, want an array: is .data missing somewhere?",
    "failed.object_for_value": "got an object of type {got}, want a plain value (an array, a number, a list, ...)",
    "failed.length": "got a length of {got}, want an int from 0 to {most}",
    "failed.length.kind": "type {kind}",
    "failed.operator": (
        "{operator} with an object of type {of}: got {got}, want an object again; a test that compares takes a plain "
        "value first: is .data missing somewhere?"
    ),
    "failed.large_call": "your code called the test's function with {got} bytes of arrays, want at most {most}",
    "failed.no_class": "gradcheck: {name} of {dotted}: got {got}, want a module or a class",
    "failed.recursion": "RecursionError: {text}; a function that calls itself without end?",
    "failed.without_words": "{kind} without a message",
    "failed.still_running": "still running after {seconds:g} s; a loop that never ends?",
    "failed.value": "the value: {looks}",
    "failed.hint": "hint: {hint}",
    "failed.printed": "it printed:",
    "failed.printed_line": "printed: {line}",
    "failed.printed_more": "[cut: it printed more]",
    "failed.cut": "[cut: {n} more characters]",
    # --- a test that was stopped
    "stopped": "stopped",
    "stopped.cpu": "stopped after {seconds:g} s of computing: an infinite loop?",
    "stopped.wall": "stopped after {seconds:g} s: an infinite loop, or a wait that never ends?",
    "stopped.test": "stopped after {seconds:g} s: the test was still at work on what your code answered",
    "stopped.submission": "not run: the tests before it used up the {seconds:g} s that a submission has",
    "stopped.memory": "your code ran out of memory",
    "stopped.calls": "your code called the test's function more than {n} times",
    "stopped.segmentation_fault": ("Python crashed (segmentation fault): recursion without end in C code, or ctypes?"),
    "stopped.signal": "Python crashed ({signal})",
    "stopped.killed": "the process that ran your code was killed (SIGKILL): out of memory, or by itself",
    "stopped.ended": "the process that ran your code has ended",
    "stopped.exit": "your code ended the process itself with exit status {status}",
    "stopped.closed": "your code closed what it answers through, or ended with exit status {status}",
    "stopped.sys_exit": "your code called sys.exit()",
    "stopped.interrupt": "your code raised KeyboardInterrupt",
    "stopped.pipe": "your code wrote to the grader's own pipe: {what}",
    # --- a module that does not load
    "load": "{module}.py does not load: {error}",
    "load.at": "{module}.py does not load: {error} ({where})",
    "load.above": "{module}.py does not load, see above",
    "load.not_run": "not run: {module}.py does not load, see above",
    "load.slow": (
        "{module}.py computes for more than a second when it is loaded, in each test again: is there an example or a "
        'training at its end? Put it below if __name__ == "__main__":, or take it out'
    ),
    # --- a submission that could not be graded
    "fault": "needs attention",
    "fault.again": "This submission could not be graded yet. It is not your fault, and it will be graded again.",
    "graded_with": "(graded with Python {version})",
    # --- what a wrong value looks like: no input and no expected value can flow into these
    "likeness.zero": "it is zero everywhere",
    "likeness.not_finite": "it is NaN or infinite where a finite number is wanted",
    "likeness.sign": "it is right but for the sign",
    "likeness.factor": "it is right but for a constant factor",
    "likeness.offset": "it is right but for a constant that is added",
    "likeness.transpose": "it is the transpose of what is wanted",
    "likeness.axes": "its axes are in another order than is wanted",
    "likeness.exchanged": "the right values are there, but they are exchanged",
    "likeness.not_summed": "it is not summed over the axes that broadcasting has stretched",
    "likeness.summed": "it is summed over an axis that should stay",
    "likeness.shape": "its shape is not the one that is wanted",
    "likeness.one_element": "one element is wrong, all others are right",
    "likeness.kinks": "it is wrong only where an input is exactly 0 or two inputs are equal",
    "likeness.negative": "it is wrong only where an input is negative",
    "likeness.positive": "it is wrong only where an input is positive",
    "likeness.large": "it is wrong only where an input is large",
    "likeness.float32": "it is right to about seven digits: float32 somewhere?",
    "looks.detail": "{likeness}: {detail}",
    "looks.got_and_want": "got {got}, want {want}",
    "looks.at": "at {place}",
    # --- what the commonest exceptions mean in this course
    "advice.tensor": "numpy's functions take arrays: give them the Tensor's .data",
    "advice.dual": "numpy's functions take arrays: use this file's own, or .primal and .tangent",
    "advice.object": "numpy's functions take arrays: is .data missing?",
    "advice.expression": "numpy's functions take arrays: for an expression use this file's own, as in Sin(u)",
    "advice.own_name": (
        "the file's own operation has this name; for arrays take numpy's: np.maximum(0, ...), np.abs(...)"
    ),
    "advice.power": "a power is written **; ^ is another operation",
    "advice.nothing_saved": "forward has saved nothing for backward: ctx.save_for_backward(...)",
    "advice.truth": (
        "`if`, `and` and `max` ask one number; for each element: np.where(a > 0, ..., ...), np.maximum, &, |"
    ),
    "advice.one_number": "functions of `math` and float() take one number; numpy's take arrays: np.exp, np.tanh",
    "advice.matrix_product": "* multiplies element by element; a matrix product is @",
    "advice.none": "something here is None: is a return missing in what was called?",
    "advice.name": "is it self.{name}, an argument that is called otherwise, or an import?",
    "advice.sequence": "an object stands where a number is wanted: is .item() missing?",
    "advice.return": "is a return missing?",
    "advice.float32": "they agree to seven digits: is something float32?",
    # --- answers that are right, but are not what was asked for
    "asked.numerical": (
        "right, but its gradients look like numerical differences: between inputs 1e-10 apart they jitter by "
        "{noise:.0e} of their size, a formula's by less than 1e-13"
    ),
    "asked.numerical_fails": (
        "{name}: the gradients are right, but look like numerical differences (they jitter from one input to the "
        "next); here the formula is asked for: derive it"
    ),
    "asked.imaginary": (
        "right, but {where} asks for complex or extended numbers, which no formula needs here: was this derivative "
        "derived, or taken by an imaginary step?"
    ),
    "asked.imaginary_fails": (
        "{name}: the gradients are right, but {where} asks for complex or extended numbers; here the formula is asked "
        "for: derive it, in float64"
    ),
    # --- gradients
    "gradient": "{name} backward: gradient of input {i}",
    "gradient.at": (
        "{gradient}{at}: got {got}, want {want} by central differences (relative error {error:.2g}); {advice}"
    ),
    "gradient.kink": "{gradient}{at}: got {got}, want between {low} and {high}, the slopes on both sides of the kink",
    "gradient.undefined": (
        "{gradient}{at}: got {got}, but it cannot be judged here: forward is not finite on either side; is it right "
        "there, and the point inside the domain? Choose another point"
    ),
    "gradient.rough": (
        "{gradient}{at}: got {got}, but it cannot be judged here: two steps of central differences disagree, {coarse} "
        "and {fine}; is forward noisy (random numbers, float32), or is a jump or a kink near? Choose another point"
    ),
    "gradient.again": (
        "{gradient}{at} by a second call with the same upstream, after another forward: got {got}, want {want} as the "
        "first time; {why}"
    ),
    "gradient.again.tape": "does it depend on other calls?",
    "gradient.again.ctx": "is all that it needs saved in ctx, and left as it was?",
    "gradient.zero_upstream": (
        "{gradient}{at} under a zero upstream: got {got:.6g}, want 0; multiply every term by the upstream gradient"
    ),
    "gradient.zero_upstream.too": " under a zero upstream too",
    "gradient.undecided": (
        "{name}: cannot be judged at these inputs, where the right gradient would fail as well: choose others ({error})"
    ),
    "gradient.undecided.right": "cannot be judged at these inputs, where the right {error}",
    "gradient.along.random": "random direction {n}",
    "gradient.along.ones": "the all-ones direction",
    "gradient.along": " along {direction}",
    "gradient.ties": "elements that tie must share the upstream gradient",
    "gradient.smaller": "try a smaller input",
    "gradient.no_grad": "its .grad is None, the backward pass did not reach it",
    "gradient.transpose_fits": "; its transpose would fit",
    "gradient.sum_axes": "; sum it over the axes that broadcasting added or stretched",
    "gradient.shape_of_input": ", the shape of that input",
    "gradient.no_upstream": "it does not depend on the upstream gradient, multiply by that",
    "gradient.factor": "all of it is {factor:.4g} times the right one",
    "gradient.transpose": "it is the transpose of the right one",
    "gradient.of_other": "it is the gradient of input {m}, check the order",
    "gradient.count": "{n} of {of} elements are wrong",
    "gradient.by_hand.element": "derive it by hand for this element",
    "gradient.by_hand": "derive it by hand",
    "gradient.where.negative": "it is wrong where input {number} is negative",
    "gradient.where.positive": "it is wrong where input {number} is positive",
    "gradient.where.zero": "it is wrong where input {number} is 0",
    "gradient.only_where": "{where} and right everywhere else",
    "gradient.there": "there {inputs}grad_in {upstream:.6g}: your slope is {mine}, want {right}",
    "gradient.there.input": "input {number} is {value:.6g}, ",
    # --- what a function under a gradient check gave
    "returned.array": "{name} backward: returned a bare array, {want}; put it in brackets: [...]",
    "returned.none": "{name} backward: returned None, {want}; is a return missing?",
    "returned.kind": "{name} backward: returned {got}, {want}",
    "returned.number": "{name} backward: returned {n} gradients, {want}",
    "returned.want": "want a list of {n}, one array per input",
    "returned.no_tensor": "{name} forward: returned {got}, want a Tensor; wrap it: Tensor(...)",
    "returned.data": "{name} forward: the output's data is {got}, want ndarray",
    "returned.output_dtype": "{name} forward: the output has dtype {got}, want float64",
    "returned.output_shape": "{name} forward: the output's shape: got {got}, want {want}",
    "returned.output_shape_changes": "{name} forward: the output's shape changes between calls: got {got}, want {want}",
    "returned.gradient_kind": "{gradient} is {got}, want ndarray",
    "returned.gradient_dtype": "{gradient} has dtype {got}, want float64",
    "returned.gradient_shape": "{gradient} has shape {got}, want {want}{hint}",
    "returned.output": "{name} forward: output",
    "returned.inputs_finite": ", the inputs are finite",
    "returned.not_finite": "{where}{at} is {got}, want a finite number{why}",
    # --- a run of the tests
    "report.and_more": "{what} and {n} more",
    "report.points": "{got} of {of} points",
    "report.public_points": "{got} of {of} public points",
    "report.worth": "{points} points",
    "report.worth_one": "{points} point",
    "report.more_failures": "{n} more failures of other kinds: pytest -v shows all, pytest -x stops at the first",
    "report.one_more_failure": "1 more failure of other kinds: pytest -v shows all, pytest -x stops at the first",
    "report.more": "and {n} more",
    "report.unreadable": "{file}: cannot be read",
    "report.hand_in": "before you hand in",
    "report.in_function": "{place}, in {function}",
    "report.at": "{test} at {place}",
    "report.stopped_in": "stopped in {where}: a loop that never ends? The tests after it were not run",
    "report.next": "next: {exercise}, {step}",
    "report.part_passes": "what was run passes, and is not all: pytest alone runs every public test",
    "report.all_pass": "all public tests pass; hidden tests will look further",
    "report.all_pass_of": "all public tests of {assignments} pass; hidden tests will look further",
    "report.no_such_test": "no test is called so: -k {asked!r}; {meant}",
    "report.did_you_mean": "did you mean {names}?",
    "report.or": " or ",
    "report.there_are": "there are {names}",
    "report.exercise": "exercise",
    "report.points_column": "points",
    # --- what works at home and not where it is graded
    "portable.missing": "{name} is not there when it is graded",
    "portable.may_miss": "{name} may be missing when it is graded",
    "portable.too_new": "{what}; it is graded with Python {version}",
    "portable.nested_strings": (
        "within the braces of an f-string its quotes, a backslash or a comment need Python 3.12"
    ),
    # --- cells of a notebook that become a module
    "cells.taken": '{exercise}: taken from {where}, which has lost its first line "{marker}"',
    "cells.several": "{exercise}: there are {n} cells of it ({places}): the last one counts",
    "cells.given": "{exercise}: {where} changes what is given: the template's counts",
    "cells.no_cell": 'no cell of it, by its first line "{marker}" or by what it defines',
    "cells.not_python": "{where} is not Python: {error}",
    "cells.defines": "{where} defines {got}, want {want}",
    "cells.nothing": "nothing",
    "cells.no_exercise": "the template has no such exercise",
    "cells.does_not_compile": "{where} does not compile: line {line}: {error}",
    "cells.line": "line {line}: {error}",
    "cells.unreadable": "cannot be read as Python: {error}",
    "cells.no_definition": "no definition of {name}",
    "cells.uses": "{exercise} uses {name}: taken from {where}",
    "cells.uses_not": "{exercise} uses {name}: taken from {where}, not from {other}",
    "cells.uses_left_out": "{exercise} uses {name}, which {where} {reason}",
    "cells.computes": "computes; move that into the exercise's own cell",
    "cells.refused": "does not compile: line {line}: {error}",
    "cells.circle": "imports from {source}, which imports {module} itself; import it inside your function",
    "cells.changed": "{exercise} uses {name}: so is what {where} changes in it",
    "cells.change_left_out": (
        "{exercise} uses {name}, which {where} changes in its line {line}: left out; move that into the exercise's own "
        "cell"
    ),
    "cells.two_meanings": (
        "{exercise} uses {name}, by which {other} means something else: that counts; give one of them another name"
    ),
    "cells.another_exercise": "another exercise",
    # --- a notebook
    "notebook.no_exercise": "{package} has no exercise {exercise!r}: look at its cell's first line",
    "notebook.not_saved": "nothing saved: {exercise}: {problem}",
    "notebook.saved": "saved: {files}",
    "notebook.nothing_to_save": "nothing to save: run the cells of your exercises first",
    "notebook.none_here": "check: no notebook here; run it in Jupyter, or run pytest on your files",
    "notebook.not_run": "no cell of {exercise} was run: this is what stands in its file",
    "notebook.no_test": "there is no public test of {exercise}",
    "notebook.cannot_run": "the tests cannot be run:",
    "notebook.at": "at {at}: got {got}, want {want}",
    "notebook.at_wrong": "at {at}: got {got}, want {want}  <- wrong",
    "notebook.note": "note: {note}",
    "notebook.printed": "printed:",
    "notebook.column.at": "at",
    "notebook.column.got": "got",
    "notebook.column.want": "want",
    "notebook.wrong": "wrong",
    # --- the template's own command
    "loop.help": "Where you stand: points by exercise, and what is next. With a command:",
    "loop.help.watch": "test the exercise that you save, each time, and say what has changed",
    "loop.help.hint": "one hint more for an exercise, or for what is next",
    "loop.help.reset": "put an exercise's stub back; your file is kept",
    "loop.help.hand_in": "look at an assignment's files and write the zip to hand in",
    "loop.no_template": "{folder}: no checks/course.json; run it in the folder that you were given",
    "loop.no_assignment": "no assignment is called so: {name!r}; there are {names}",
    "loop.no_exercise": "no exercise is called so: {name!r}; did you mean one of {names}?",
    "loop.no_file": "{file}: no such file; it comes with the folder that you were given",
    "loop.no_python": "{file}:{line}: {error}: Python cannot read this file; mend this line first",
    "loop.not_in_file": "{file} has no {exercise}: it costs its points; was it renamed, or taken out?",
    "loop.watching": "watching {folder}/: save a file, and its exercise is tested; Ctrl+C ends this",
    "loop.nothing_tested": "{files}: saved; no exercise in it has changed",
    "loop.same": "saved: no result has changed",
    "loop.is_done": "{exercise} is done",
    "loop.has_points": "{exercise}: {got} of {of} points",
    "loop.gain": "{gain} points, {standing}",
    "loop.gain_one": "{gain} point, {standing}",
    "loop.hint.done": "{exercise} is done: its public tests pass",
    "loop.hint.step": "{exercise}, hint {step} of {of}",
    "loop.hint.differs": "what differs:",
    "loop.hint.idea": "which idea:",
    "loop.hint.passage": "what the handout says, section {section} of {file}:",
    "loop.hint.worked": "a worked example of the same kind, section {section} of {file}:",
    "loop.hint.goes_on": "[it goes on in the handout]",
    "loop.hint.more": "one more: python -m checks hint {exercise}",
    "loop.hint.last": "there are no more hints; ask whoever teaches you, and show them what differs",
    "loop.reset.same": "{exercise} is as you were given it",
    "loop.reset.done": "{exercise} in {file} is a stub again; the file as it was is {backup}",
    "loop.hand_in.nothing": "nothing written: none of the {n} exercises of {assignment} is done yet",
    "loop.hand_in.left": "not done yet: {exercises}",
    "loop.hand_in.done": "written: {file}, which holds {files}; hand that in",
    "report.no_tests_here": "no tests here: run python -m pytest in {folder}",
    "files.encoding": "{file}: not UTF-8; save it in that encoding (in most editors: Save with Encoding)",
}

ENGLISH = Table(
    hidden={
        "passed": "",
        "wrong": "wrong answer",
        "unusable": "wrong answer: what your code returned is not of the kind that was asked for",
        "raised": "your code raised an exception",
        "not_implemented": "not done yet",
        "not_judged": "not judged: a test before it is not passed yet",
        "cpu_limit": "stopped: your code computed longer than a test may; an infinite loop?",
        "wall_limit": "stopped: your code took longer than a test may; an infinite loop, or a wait that never ends?",
        "memory_limit": "stopped: your code ran out of memory",
        "call_limit": "stopped: your code called the test's function too often",
        "crash": "stopped: Python crashed; recursion without end, or ctypes?",
        "killed": "stopped: the process that ran your code was killed; out of memory?",
        "exit": "stopped: your code ended the process (sys.exit, os._exit), or closed what it answers through",
        "broken_frame": "stopped: your code wrote to the grader's own pipe",
        "submission_limit": "not run: the tests before it used up the time that a submission has",
        "fault": "could not be graded: not your fault; it will be graded again",
    },
    phrases=_PHRASES,
)
