"""The cause that is likely where it fits most spans of a text, but not closely enough to prove the place of any."""

from collections.abc import Sequence

from spanproof.arrays import Bools
from spanproof.text.drift.evaluation import Result, alike
from spanproof.text.drift.model import statement_of
from spanproof.text.drift.naming import model_of, name_of, readings_of

_SOME = 4  # wrong spans that a model puts elsewhere which is told though it explains too few
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
    readings = _from_there_on(best, readings_of(best.hypothesis, model))
    if model.edits or model.widths or not readings or (placed & ~right).sum() < _LEAST or placed.mean() < _SHARE:
        return "", ()
    few = f"so {placed.sum()} of {len(placed)} spans stand where their words are, too few for a proof"
    return name_of(best.hypothesis, model), (f"{statement_of(readings, alike=False)}; {few}",)


def best_of_few(results: Sequence[Result], right: Bools) -> tuple[str, ...]:
    """Return what the shortest model says where it explains few spans of a text, in words; nothing if too few.

    Args:
        results: of the models of the shortest descriptions, the shortest first.
        right: which spans agree as they are stored.
    """
    if not results or len(alike(results)) < len(results):
        return ()
    best, model = results[0], model_of(results[0])
    placed = best.start >= 0
    readings = _from_there_on(best, readings_of(best.hypothesis, model))
    if model.edits or model.widths or not readings or (placed & ~right).sum() < _SOME:
        return ()
    return (f"{placed.sum()} of {len(placed)} spans fit this: {statement_of(readings, alike=False)}",)


def _from_there_on(result: Result, readings: Sequence[str]) -> Sequence[str]:
    """Return readings of a result; a shift that begins behind the first spans is told as one that begins there."""
    base, first = int(result.shift[0]), int((result.start >= 0).argmax())
    if not first or not base or result.hypothesis.units or len(readings) != 1:
        return readings
    way = f"{abs(base)} too {'high' if base > 0 else 'low'}"
    return (f"from {result.offset[first]} on every offset is {way}, as if the text had been edited before",)
