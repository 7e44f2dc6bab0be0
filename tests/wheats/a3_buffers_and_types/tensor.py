"""a3, with type hints, buffers filled in place, and small dtypes for masks and signs."""


def unbroadcast(grad: np.ndarray, shape: Shape) -> np.ndarray:
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    # fold the leading axes by one reshape, then the stretched ones from the right to the left
    total: np.ndarray = np.add.reduce(grad.reshape(-1, *grad.shape[grad.ndim - len(shape) :]) if grad.size else np.zeros((1, *shape)), axis=0)
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1 != total.shape[axis]:
            total = np.add.reduce(total, axis=axis, keepdims=True)
    return np.array(total, dtype=np.float64)


class Tensor:
    def backward(self, grad: Any = None) -> None:
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        order: list[Tensor] = []
        state: dict[int, int] = {}  # 1 while its inputs are looked at, 2 afterwards
        stack: list[Tensor] = [self]
        while stack:
            t = stack.pop()
            match state.get(id(t), 0):
                case 0:
                    state[id(t)] = 1
                    stack.append(t)
                    if t.node:
                        stack.extend(t.node.inputs)
                case 1:
                    state[id(t)] = 2
                    order.append(t)
        buffers: dict[int, np.ndarray] = {id(t): np.zeros(t.shape) for t in order}
        np.copyto(buffers[id(self)], grad)
        while order:
            t = order.pop()
            G = buffers.pop(id(t))
            if t.node:
                G.flags.writeable = False  # whoever reads it shall only read it
                for source, part in zip(t.node.inputs, t.node.input_gradients(G)):
                    np.add(buffers[id(source)], part, out=buffers[id(source)])
                G.flags.writeable = True
            t.grad = G.copy() if t.grad is None else np.asarray(t.grad + G)
