"""What a card says that doesn't follow from its corpus: the agreement of annotators, the leaderboard of systems."""

from collections.abc import Mapping
from pathlib import Path

from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema

PICTURE = "leaderboard.svg"


def measured(gold: Path, schema: Schema) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """Return what was measured on a corpus, from the folders ``passes`` and ``leaderboard`` beside it.

    Args:
        gold: the file or folder of the corpus.
        schema: that of its documents, and of the passes.

    Returns:
        Pieces of Markdown for the card by name, and the files that they show, by their path in the dataset.

    Raises:
        ValueError: the passes can't be compared, or the leaderboard has no picture.
    """
    board = gold.parent / "leaderboard"
    pieces = {"agreement": agreement(gold.parent / "passes", schema)}
    if not (board / "summary.md").is_file():
        return pieces, {}
    if not (board / PICTURE).is_file():
        raise ValueError(
            f"{board} has a summary.md and no {PICTURE}; expected what `spanproof bench report --page` wrote"
        )
    pieces["leaderboard"] = (board / "summary.md").read_text("utf-8")
    return pieces, {PICTURE: (board / PICTURE).read_bytes()}


def agreement(passes: Path, schema: Schema) -> str:
    """Return the agreement of the two passes behind a gold, as ``spanproof agree --output markdown`` prints it.

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
        return "There are no two passes to compare.\n"
    return as_markdown(agree(*(read(corpus, schema, {}) for corpus in corpora)))


def _corpus(folder: Path) -> Path | None:
    """Return the corpus of a pass; None where it can't be told."""
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    return None if len(inner) > 1 else next(iter(inner), folder)
