"""The best one-to-one assignment of rows to columns, as of the spans of one annotator to those of another."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Floats, Ints


def assignment(row: Ints, column: Ints, weight: Floats | Ints) -> Ints:
    """Choose from weighted pairs of a row and a column those whose weights have the greatest sum, each used once.

    What shares no row and no column with other pairs is chosen at once; the rest falls into groups that have none in
    common, and each group is solved by itself. Of several best choices the same one is made every time.

    Args:
        row: the row of each pair, numbers from 0, shape (pairs,). No pair stands twice.
        column: the column of each pair, numbers from 0, shape (pairs,).
        weight: the weight of each pair, above 0, shape (pairs,). What isn't listed can't be paired. Whole numbers are
            summed without error as long as their sum is below 2 ** 53.

    Returns:
        The indices of the chosen pairs, ascending.
    """
    alone = (np.bincount(row)[row] == 1) & (np.bincount(column)[column] == 1)
    chosen = [np.flatnonzero(alone)]
    for group in _groups(row, column, np.flatnonzero(~alone)):
        rows, i = np.unique(row[group], return_inverse=True)
        columns, j = np.unique(column[group], return_inverse=True)
        if len(rows) == 1 or len(columns) == 1:
            chosen.append(group[[weight[group].argmax()]])
            continue
        weights = np.zeros((len(rows), len(columns)))
        weights[i, j] = weight[group]
        chosen.append(group[_solved(weights)[i] == j])
    return np.sort(np.concatenate(chosen))


def _groups(row: Ints, column: Ints, some: Ints) -> Iterator[Ints]:
    """Split some pairs into groups that share no row and no column (connected components, by union and find)."""
    if not some.size:
        return
    rows, columns = row[some].tolist(), (column[some] + int(row.max()) + 1).tolist()
    parent = {node: node for node in (*rows, *columns)}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for one, other in zip(rows, columns, strict=True):
        parent[root(one)] = root(other)
    group = np.array([root(node) for node in rows])
    order = np.argsort(group, kind="stable")
    yield from np.split(some[order], np.flatnonzero(np.diff(group[order])) + 1)


def _solved(weights: Floats) -> Ints:
    """Return the column of each row, -1 for a row that goes without one; a weight of 0 is no pair.

    The Hungarian method by shortest augmenting paths, n² m steps for n rows and m columns, n ≤ m. The row that is added
    looks for the cheapest path, by reduced costs, along which rows give up their column for another, until one ends at
    a column that is free. Source: Jonker and Volgenant, A shortest augmenting path algorithm for dense and sparse
    linear assignment problems, Computing 38, 1987.
    """
    if weights.shape[0] > weights.shape[1]:
        owner = _solved(weights.T)
        column = np.full(len(weights), -1)
        column[owner[owner >= 0]] = np.flatnonzero(owner >= 0)
        return column
    n, m = weights.shape
    rows, columns = np.zeros(n + 1), np.zeros(m + 1)  # the dual variables; row and column 0 stand for none
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
    column = np.full(n, -1)
    column[owner[1:][taken] - 1] = taken
    column[weights[np.arange(n), column] == 0] = -1
    return column
