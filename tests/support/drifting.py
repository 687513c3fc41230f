"""Documents whose offsets were counted in another unit, and corpora of them in batches of any size."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA

UNITS: Mapping[str, Callable[[str], int]] = {
    "UTF-16": lambda before: len(before.encode("utf-16-le")) // 2,
    "bytes": lambda before: len(before.encode()),
    "sound": len,
}
WORDS = ("Ana", "Oslo", "Riga", "Izmir", "met", "saw", "went", "in", "then", "Vala", "😀", "é")


def document(number: int, unit: str = "UTF-16", names: int = 3) -> dict[str, Any]:
    chosen = random.Random(number)
    words = [chosen.choice(WORDS) + str(chosen.randrange(100)) * chosen.randrange(2) for _ in range(60)]
    starts = [*itertools.accumulate((len(word) + 1 for word in words), initial=4)]
    text = "😀 é " + " ".join(words) + "."
    some = sorted(chosen.sample([k for k in range(60) if words[k] != "😀"], names))
    counted = UNITS[unit]
    return {
        "id": f"d{number}",
        "text": text,
        "names": [
            {
                "id": f"{number}-{k}",
                "start": counted(text[: starts[k]]),
                "end": counted(text[: starts[k] + len(words[k])]),
                "text": words[k],
                "label": "NAME",
            }
            for k in some
        ],
    }


def divided(documents: Sequence[dict[str, Any]], size: int) -> Corpus:
    """Return a corpus in batches of some documents each."""
    cut = [documents[low : low + size] for low in range(0, len(documents), size)]
    parts = (Corpus.of(some, SCHEMA).batches for some in cut)
    return replace(Corpus.of([], SCHEMA), batches=tuple(itertools.chain.from_iterable(parts)))


def drifting(number: int, names: int = 3, unit: str = "UTF-16") -> list[dict[str, Any]]:
    return [document(k, unit, names) for k in range(number)]
