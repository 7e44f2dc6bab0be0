"""a3, by a student who saves outputs and not inputs wherever that is enough; pending gradients in lists."""

from collections import defaultdict, deque


def unbroadcast(grad, shape):
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    padded = (1,) * (grad.ndim - len(shape)) + shape
    repeated = tuple(axis for axis, (was, now) in enumerate(zip(padded, grad.shape)) if was != now)
    return np.sum(grad, axis=repeated, keepdims=True).reshape(shape) if repeated else grad.reshape(shape)


class Tensor:
    def backward(self, grad=None):
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        waiting_for = defaultdict(int)  # uses that have not passed anything back yet
        known, frontier = {id(self): self}, deque([self])
        while frontier:
            node = frontier.popleft().node
            for source in getattr(node, "inputs", ()):
                waiting_for[id(source)] += 1
                if id(source) not in known:
                    known[id(source)] = source
                    frontier.append(source)
        pending = defaultdict(list)
        pending[id(self)].append(grad)
        complete = deque([self])
        while complete:
            t = complete.popleft()
            G = np.add.reduce(pending.pop(id(t)))
            if t.node is not None:
                for source, part in zip(t.node.inputs, t.node.input_gradients(G), strict=True):
                    pending[id(source)].append(part)
                    waiting_for[id(source)] -= 1
                    if not waiting_for[id(source)]:
                        complete.append(source)
            t.grad = np.array(G) if t.grad is None else np.add(t.grad, G)
