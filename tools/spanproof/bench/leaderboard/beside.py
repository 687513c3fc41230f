"""What lies in the folder of a leaderboard and is taken into its pages: prose, reviews, results of stress tests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spanproof.corpus.repository import Repository
from spanproof.parsing.json import parse

REVIEW = ("task", "labels", "article", "start", "end", "label", "verdict")
"""The members of a review of a disputed span."""
PROSE = ("intro.md", "reviews.md")
DATA = ("reviews.jsonl", "stress.json")
_STRESS = ("drawn", "transformations", "systems")


@dataclass(frozen=True)
class Beside:
    """What is beside the pages of a leaderboard; nothing by default.

    Attributes:
        intro: what is to be known of the gold and the systems, as Markdown (``intro.md``).
        reviewers: how the reviews were made, as Markdown (``reviews.md``).
        reviews: verdicts on disputed spans, with the members of :data:`REVIEW`; ``labels`` is that of the board
            (``reviews.jsonl``).
        stress: what ``bench stress --output json`` printed (``stress.json``).
        home: where the pages are in their repository; None where they are in none.
    """

    intro: str = ""
    reviewers: str = ""
    reviews: tuple[Mapping[str, Any], ...] = ()
    stress: Mapping[str, Any] | None = None
    home: str | None = None

    @classmethod
    def read(cls, folder: Path) -> "Beside":
        """Return what is in a folder; what isn't there is left empty.

        Raises:
            ValueError: a file can't be used; the message says where and what is expected.
            OSError: a file can't be read.
        """
        texts = {name: (folder / name).read_text("utf-8") for name in (*PROSE, *DATA) if (folder / name).is_file()}
        lines = enumerate(texts.get("reviews.jsonl", "").split("\n"), 1)
        reviews = (_object(line, f"{folder / 'reviews.jsonl'}:{k}", REVIEW) for k, line in lines if line.strip())
        stress = _object(texts["stress.json"], str(folder / "stress.json"), _STRESS) if "stress.json" in texts else None
        repository = Repository.around(folder)
        home = folder.resolve().relative_to(repository.root.resolve()).as_posix() if repository else None
        return cls(texts.get("intro.md", ""), texts.get("reviews.md", ""), tuple(reviews), stress, home)


def _object(text: str, where: str, members: Collection[str]) -> dict[str, Any]:
    """Return a JSON object that has these members.

    Raises:
        ValueError: it is none, or lacks some; the message says where.
    """
    expected = f"expected a JSON object with {', '.join(members)}"
    try:
        value = parse(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}; {expected}") from None
    lacking = [name for name in members if name not in value] if isinstance(value, dict) else members
    if not isinstance(value, dict) or lacking:
        raise ValueError(f"{where}: there is no {', '.join(lacking)}; {expected}")
    return value
