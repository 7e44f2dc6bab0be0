"""a3, by closures: each forward leaves a function for its backward; the tape is a generator."""


def unbroadcast(grad, shape):
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return np.array(grad)


def _from_leaves(root):
    """Inputs before results: a depth-first walk, with iterators on a stack in place of calls."""
    seen = {id(root)}
    stack = [(root, iter(root.node.inputs if root.node else ()))]
    while stack:
        t, inputs = stack[-1]
        for each in inputs:
            if id(each) not in seen:
                seen.add(id(each))
                stack.append((each, iter(each.node.inputs if each.node else ())))
                break
        else:
            stack.pop()
            yield t


class Tensor:
    def backward(self, grad=None):
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        order = [*_from_leaves(self)][::-1]
        G = {id(t): np.zeros(t.shape) for t in order}
        G[id(self)] += grad
        for t in order:
            if t.node is not None:
                for each, part in zip(t.node.inputs, t.node.input_gradients(G[id(t)].copy())):
                    G[id(each)] += part  # an array of our own
            t.grad = G[id(t)].copy() if t.grad is None else t.grad + G[id(t)]
