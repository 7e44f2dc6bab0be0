"""a3, by places: each element knows the number of the place that it came from, and np.bincount adds up by place."""

import heapq
from itertools import count


def unbroadcast(grad, shape):
    """Number the places of the small array, broadcast the numbers, and add up what has the same number."""
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    size = int(np.prod(shape, dtype=int))
    places = np.broadcast_to(np.arange(size).reshape(shape), grad.shape)
    return np.bincount(places.ravel(), weights=grad.ravel(), minlength=size).astype(np.float64).reshape(shape)


class Tensor:
    def backward(self, grad=None):
        """Tensors wait in a heap; one that was made later comes out earlier."""
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        made = _numbered(self)
        G, heap = {id(self): grad}, [(-made[id(self)], self)]
        done = []
        while heap:
            _, t = heapq.heappop(heap)
            done.append(t)
            if t.node is None:
                continue
            for source, part in zip(t.node.inputs, t.node.input_gradients(G[id(t)])):
                if id(source) in G:
                    G[id(source)] = np.add(G[id(source)], part)
                else:
                    G[id(source)] = part
                    heapq.heappush(heap, (-made[id(source)], source))
        for t in done:
            before = np.zeros(t.shape) if t.grad is None else t.grad
            t.grad = np.asarray(before + G[id(t)])


def _numbered(root):
    """A number for each tensor, larger than those of its inputs."""
    numbers, counter, stack = {}, count(), [root]
    entered = set()
    while stack:
        t = stack[-1]
        if id(t) in entered or t.node is None:
            stack.pop()
            if id(t) not in numbers:
                numbers[id(t)] = next(counter)
            continue
        entered.add(id(t))
        stack += [source for source in t.node.inputs if id(source) not in numbers and id(source) not in entered]
    return numbers
