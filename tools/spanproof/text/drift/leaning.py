"""The cause that is likely where it fits most spans of a text, but not closely enough to prove the place of any."""

from collections.abc import Sequence

from spanproof.arrays import Bools
from spanproof.text.drift.evaluation import Result, alike
from spanproof.text.drift.model import statement_of
from spanproof.text.drift.naming import model_of, name_of, readings_of

_LEAST, _SHARE = 6, 0.5  # wrong spans that it must put elsewhere, and what share of all spans it must place


def leaning_of(results: Sequence[Result], right: Bools) -> tuple[str, tuple[str, ...]]:
    """Return the name and the statement of the cause that models without proof speak for; empty if there is none.

    Widths and edits that were fitted to the spans explain too much to be likely on that ground.

    Args:
        results: of the models of the shortest descriptions, the shortest first.
        right: which spans agree as they are stored.
    """
    if not results or len(alike(results)) < len(results):
        return "", ()
    best, model = results[0], model_of(results[0])
    placed = best.start >= 0
    readings = readings_of(best.hypothesis, model)
    if model.edits or model.widths or not readings or (placed & ~right).sum() < _LEAST or placed.mean() < _SHARE:
        return "", ()
    few = f"so {placed.sum()} of {len(placed)} spans stand where their words are, too few for a proof"
    return name_of(best.hypothesis, model), (f"{statement_of(readings, alike=False)}; {few}",)
