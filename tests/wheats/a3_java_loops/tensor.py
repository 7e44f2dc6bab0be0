"""a3, by a student who comes from Java: loops over every element, explicit queues and counters.

backward counts the uses of each tensor first, and asks a node when the last use has reported.
"""


def unbroadcast(grad, shape):
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    result = np.zeros(shape)
    front = grad.ndim - len(shape)
    for index in np.ndindex(grad.shape):
        target = []
        for k in range(len(shape)):
            if shape[k] == 1:
                target.append(0)
            else:
                target.append(index[front + k])
        result[tuple(target)] += grad[index]
    return result


class Tensor:
    def backward(self, grad=None):
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        # 1. find all tensors, count how often each is used
        uses = {id(self): 0}
        tensors = [self]
        position = 0
        while position < len(tensors):
            current = tensors[position]
            position += 1
            if current.node is None:
                continue
            for child in current.node.inputs:
                if id(child) not in uses:
                    uses[id(child)] = 0
                    tensors.append(child)
                uses[id(child)] += 1
        # 2. a queue of tensors whose gradient is complete
        totals = {id(self): np.array(grad)}
        ready = [self]
        while len(ready) > 0:
            current = ready.pop()
            if current.node is None:
                continue
            gradients = current.node.input_gradients(totals[id(current)])
            for k in range(len(gradients)):
                child = current.node.inputs[k]
                if id(child) in totals:
                    totals[id(child)] = totals[id(child)] + gradients[k]
                else:
                    totals[id(child)] = np.array(gradients[k], copy=True)
                uses[id(child)] -= 1
                if uses[id(child)] == 0:
                    ready.append(child)
        # 3. hand over
        for current in tensors:
            if current.grad is None:
                current.grad = np.zeros(current.shape)
            current.grad = np.asarray(current.grad + totals[id(current)])
