"""Mistakes that are made with sums."""

MISCONCEPTIONS = [
    {
        "name": "every total doubled",
        "changes": {"sums.running_totals": ("np.cumsum(vector)", "2 * np.cumsum(vector)")},
        "hint": "What is the first total of a single number?",
    },
    {
        "name": "totals of the others",
        "changes": {"sums.running_totals": ("np.cumsum(vector)", "vector.sum() - vector")},
        "hint": "Which numbers does the second total count?",
    },
    {
        "name": "sum for mean",
        "changes": {"sums.Average.mean": ("self.so_far / self.count", "self.so_far")},
        "hint": "What is the mean of three equal numbers?",
    },
    {
        "name": "latest for sum",
        "changes": {"sums.Average.add": ("self.so_far += value", "self.so_far = value")},
        "hint": "What is left of the first number when the second has come?",
    },
]
