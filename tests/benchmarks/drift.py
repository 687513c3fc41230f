"""How long it takes to explain a drift, as a ratio to the check of the same corpus without it.

python tests/benchmarks/drift.py [--spans N] [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from spanproof.checks.check import check
from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA, document
from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.texts import LANGUAGES, written

DRIFTS = {"no drift": Drift(), "drift": Drift(shift=1, widths={"&": 4, "😀": 1})}


def corpora(spans: int, documents: int) -> Mapping[str, Corpus]:
    """The same documents without a drift and with it: so many spans altogether, over six names."""
    language = LANGUAGES[0]
    names = type(language)(language.names[:6], language.words, language.gap, language.stop)
    drawn = Random(0)
    texts = [written(drawn, max(1, spans // documents // 3), names) for _ in range(documents)]
    made: dict[str, Corpus] = {}
    for name, drift in DRIFTS.items():
        rows: list[Any] = [
            document(f"d{k}", *drifted(drift, text, text.mentions, Random(k))) for k, text in enumerate(texts)
        ]
        made[name] = Corpus.of(rows, SCHEMA)
    return made


def seconds(job: Callable[[Corpus], object], corpus: Corpus) -> float:
    """What a job takes of the processor."""
    begin = time.process_time()
    job(corpus)
    return time.process_time() - begin


def ratios(spans: int, documents: int, rounds: int) -> Mapping[str, float]:
    """What the check of a drift takes, and its correction, as medians of ratios to the check without it."""
    both = corpora(spans, documents)
    runs = [
        [seconds(check, both["no drift"]), seconds(check, both["drift"]), seconds(fix, both["drift"])]
        for _ in range(rounds)
    ]
    checked = statistics.median(drift / sound for sound, drift, _ in runs)
    corrected = statistics.median(fixed / drift for _, drift, fixed in runs)
    return {
        "check with a drift / without": checked,
        "correct / check, both with a drift": corrected,
        "seconds of the check without a drift": statistics.median(sound for sound, *_ in runs),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000, help="how many spans (default: 100,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each job runs (default: 3)")
    asked = parser.parse_args()
    for documents in (1, 1000):
        print(f"{asked.spans:,} spans in {documents:,} document{'s' * (documents > 1)}")
        for name, ratio in ratios(asked.spans, documents, asked.rounds).items():
            print(f"  {name:40} {ratio:8.2f}")


if __name__ == "__main__":
    main()
