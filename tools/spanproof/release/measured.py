"""What a card says that doesn't follow from its corpus: the agreement of annotators, the leaderboard of systems."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from spanproof.corpus.repository import Repository
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema

if TYPE_CHECKING:
    from spanproof.metrics.agreement import Agreement

PICTURE, AGREEMENT = "leaderboard.svg", "AGREEMENT.md"
"""Files of a dataset that show what was measured."""
SOUND = 0.8
"""Exact F1 of two passes under which a layer is called experimental."""


def measured(gold: Path, schema: Schema) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """Return what was measured on a corpus, from the folders ``passes`` and ``leaderboard`` beside it.

    The leaderboard of a repository's own corpus may be elsewhere in it, see
    :class:`spanproof.corpus.repository.Repository`.

    Args:
        gold: the file or folder of the corpus.
        schema: that of its documents, and of the passes.

    Returns:
        Pieces of Markdown for the card by name, and the files that they show, by their path in the dataset.

    Raises:
        ValueError: the passes can't be compared, or the leaderboard has no picture.
    """
    board = _leaderboard(gold)
    words, every = agreement(gold.parent / "passes", schema)
    pieces = {"agreement": words}
    shown = {} if every is None else {AGREEMENT: every.encode()}
    if not (board / "summary.md").is_file():
        return pieces, shown
    if not (board / PICTURE).is_file():
        raise ValueError(
            f"{board} has a summary.md and no {PICTURE}; expected what `spanproof bench report --page` wrote"
        )
    pieces["leaderboard"] = (board / "summary.md").read_text("utf-8")
    return pieces, {**shown, PICTURE: (board / PICTURE).read_bytes()}


def _leaderboard(gold: Path) -> Path:
    repository = Repository.around(gold.parent)
    if repository and repository.leaderboard and (repository.root / repository.corpus).resolve() == gold.resolve():
        board = repository.root / repository.leaderboard
        if not (board / "summary.md").is_file():
            raise ValueError(f"{board} has no summary.md; expected the leaderboard that the settings name")
        return board
    return gold.parent / "leaderboard"


def agreement(passes: Path, schema: Schema) -> tuple[str, str | None]:
    """Return the agreement of the two passes behind a gold: in a sentence, and on a page of all measures.

    The page has them as ``spanproof agree --output markdown`` prints them; None where nothing can be compared.

    A pass is a folder in ``passes``: its corpus is its only subfolder, or itself where it has none.

    Raises:
        ValueError: the two can't be compared; the message says why.
    """
    from spanproof.metrics.agreement import agree
    from spanproof.metrics.render import as_markdown

    corpora = [corpus for folder in sorted(passes.glob("*")) if folder.is_dir() and (corpus := _corpus(folder))]
    if len(corpora) > 2:
        names = ", ".join(corpus.relative_to(passes).parts[0] for corpus in corpora)
        raise ValueError(f"{passes}: {len(corpora)} passes ({names}); expected two, each in a folder of its own")
    if len(corpora) < 2:
        return "There aren't two passes to compare.\n", None
    agreed = agree(*(read(corpus, schema, {}) for corpus in corpora))
    every = f"# Agreement of the two passes\n\n{summary(agreed)}\n\n{as_markdown(agreed)}"
    return f"{summary(agreed)}\nEvery measure, with intervals: [{AGREEMENT}]({AGREEMENT}).\n", every


def summary(agreement: "Agreement") -> str:
    """Return how far two passes agree on the spans of each layer, and which layers are experimental by that."""
    exact = {
        score.layer: score.value
        for score in agreement.scores
        if score.measure == "exact F1" and score.member is None and score.part is None
    }
    if not exact:
        return "The passes have no spans that could be compared."
    shown = (f"`{layer}` {'undefined' if value is None else f'{value:.3f}'}" for layer, value in exact.items())
    weak = [f"`{layer}`" for layer, value in exact.items() if value is None or value < SOUND]
    words = f" Below {SOUND}, and so experimental: {', '.join(weak)}." if weak else f" No layer is below {SOUND}."
    return f"Exact F1 of their spans: {', '.join(shown)}.{words}"


def _corpus(folder: Path) -> Path | None:
    """Return the corpus of a pass; None where it can't be told."""
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    return None if len(inner) > 1 else next(iter(inner), folder)
