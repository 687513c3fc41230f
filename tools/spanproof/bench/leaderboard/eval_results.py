"""Results as the Hub reads them from the repository of a model: ``.eval_results/NAME.yaml``, a list of entries.

The format is that of ``huggingface_hub.EvalResultEntry`` (https://huggingface.co/docs/hub/eval-results).
"""

from collections.abc import Sequence
from typing import Any

from spanproof.bench import tables
from spanproof.bench.board import Board

FOLDER = ".eval_results"


def eval_results(boards: Sequence[Board], dataset: str | None) -> dict[str, bytes]:
    """Return a file for each system: its exact F1 on each board, as its maker may put it beside the model.

    An entry says what the score depends on (the signature), and whether the authors of the system had seen the gold.
    Nothing is said of a score that is undefined.

    Args:
        boards: the scores.
        dataset: the identifier of the gold on the Hub; without one there are no files, since entries would name none.
    """
    import yaml

    entries: dict[str, list[dict[str, Any]]] = {}
    for board in boards if dataset else ():
        for name, scores in board.scores.items():
            score = tables.score_of(scores, "exact", "strict")
            if score is None or score.value is None:
                continue
            is_seen = board.developed_with and board.marked(name, "exact") != name
            seen = "; in-sample: its authors had seen the gold" if is_seen else ""
            ends = f", 95 % interval {score.interval[0]:.3f} to {score.interval[1]:.3f}" if score.interval else ""
            entry = {
                "dataset": {"id": dataset, "task_id": board.title.replace(", ", "-")},
                "value": score.value,
                "notes": f"exact F1, strict{ends}{seen}; {score.signature}",
            }
            entries.setdefault(name, []).append(entry)
    return {
        f"{FOLDER}/{name}.yaml": yaml.safe_dump(of_system, sort_keys=False, allow_unicode=True, width=120).encode()
        for name, of_system in entries.items()
    }
