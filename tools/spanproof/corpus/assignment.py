"""The best one-to-one pairing of rows and columns by weight."""

import numpy as np
import numpy.typing as npt


def assigned(weights: npt.NDArray[np.float64]) -> float:
    """The greatest sum of weights (0 or more) of pairs of a row and a column, each used once.

    The Hungarian method by shortest augmenting paths: Jonker and Volgenant, Computing 38, 1987; n² m steps at most.
    """
    if weights.shape[0] > weights.shape[1]:
        weights = weights.T
    n, m = weights.shape
    rows, columns = np.zeros(n + 1), np.zeros(m + 1)
    owner = np.zeros(m + 1, np.int64)
    for row in range(1, n + 1):
        owner[0], at = row, 0
        slack, back, done = np.full(m + 1, np.inf), np.zeros(m + 1, np.int64), np.zeros(m + 1, np.bool_)
        while owner[at]:
            done[at] = True
            cost = -weights[owner[at] - 1] - rows[owner[at]] - columns[1:]
            nearer = np.append(False, ~done[1:] & (cost < slack[1:]))
            slack[nearer], back[nearer] = cost[nearer[1:]], at
            at = int(np.where(done, np.inf, slack).argmin())
            step = slack[at]
            rows[owner[done]] += step
            columns[done] -= step
            slack[~done] -= step
        while at:
            owner[at] = owner[back[at]]
            at = int(back[at])
    taken = np.flatnonzero(owner[1:])
    return float(weights[owner[1:][taken] - 1, taken].sum())
