"""a6, by a student who comes from Java: Fisher and Yates shuffle a list of numbers, rows are copied one by one."""


def shuffledIndices(n, rng):
    indices = list(range(n))
    i = n - 1
    while i > 0:
        j = int(rng.integers(0, i + 1))
        temp = indices[i]
        indices[i] = indices[j]
        indices[j] = temp
        i -= 1
    return indices


def rows(array, indices):
    result = np.zeros((len(indices),) + array.shape[1:], dtype=array.dtype)
    for k in range(len(indices)):
        result[k] = array[indices[k]]
    return result


def train_test_split(x, y, test_fraction, rng):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    indices = shuffledIndices(len(x), rng)
    numberOfTests = int(round(test_fraction * len(x)))
    train = []
    test = []
    for k in range(len(indices)):
        if k < len(indices) - numberOfTests:
            train.append(indices[k])
        else:
            test.append(indices[k])
    return rows(x, train), rows(x, test), rows(y, train), rows(y, test)


def minibatches(x, y, batch_size, rng):
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    batches = []
    current = []
    for i in shuffledIndices(len(x), rng):
        current.append(i)
        if len(current) == batch_size:
            batches.append((rows(x, current), rows(y, current)))
            current = []
    if len(current) > 0:
        batches.append((rows(x, current), rows(y, current)))
    return batches


def fit(model, loss, optimizer, x, y, *, epochs, batch_size, rng, penalty=0.0):
    history = []
    epoch = 0
    while epoch < epochs:
        sumOfLosses = 0.0
        count = 0
        for batch in minibatches(x, y, batch_size, rng):
            optimizer.zero_grad()
            J = objective(loss, model, batch[0], batch[1], penalty)
            value = J.item()
            J.backward()
            optimizer.step()
            for k in range(len(batch[0])):
                sumOfLosses += value
                count += 1
        history.append(sumOfLosses / count)
        epoch += 1
    return history


def accuracy(scores, labels):
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    correct = 0
    total = 0
    if scores.shape == labels.shape:
        for index in np.ndindex(scores.shape):
            total += 1
            if scores[index] > 0 and labels[index] == 1:
                correct += 1
            elif scores[index] < 0 and labels[index] == -1:
                correct += 1
    else:
        for i in range(len(scores)):
            best = 0
            for j in range(1, scores.shape[1]):
                if scores[i][j] > scores[i][best]:
                    best = j
            total += 1
            if best == labels[i]:
                correct += 1
    return correct / total
