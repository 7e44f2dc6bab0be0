"""a3, einsum wherever there is a sum; the tape in the order of depths."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def unbroadcast(grad, shape):
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    names = LETTERS[: grad.ndim]
    own = names[grad.ndim - len(shape) :]
    kept = "".join(letter for letter, size in zip(own, shape) if size != 1)
    return np.einsum(f"{names}->{kept}", grad).reshape(shape).copy()


class Tensor:
    def backward(self, grad=None):
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        # the depth of a tensor: the length of the longest way down from it to a leaf
        depth, tensors, path = {}, [], [self]
        while path:
            t = path[-1]
            inputs = t.node.inputs if t.node else ()
            unknown = [i for i in inputs if id(i) not in depth]
            if unknown:
                path += unknown
                continue
            path.pop()
            if id(t) not in depth:
                depth[id(t)] = 1 + max((depth[id(i)] for i in inputs), default=0)
                tensors.append(t)
        tensors.sort(key=lambda t: -depth[id(t)])
        parts = {id(t): [] for t in tensors}
        parts[id(self)] = [grad]
        for t in tensors:
            G = np.sum(parts[id(t)], axis=0)
            parts[id(t)] = G
            if t.node:
                for i, g in zip(t.node.inputs, t.node.input_gradients(G)):
                    parts[id(i)].append(g)
        for t in tensors:
            t.grad = np.array(parts[id(t)] if t.grad is None else parts[id(t)] + t.grad)
