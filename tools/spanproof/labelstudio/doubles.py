"""What two pushes at once sent twice: of equal things the one that came first stays, whoever looks."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.labelstudio.tasks import Task
from spanproof.labelstudio.to_task import SENT_ID
from spanproof.parsing.json import dump


@dataclass(frozen=True)
class Sent:
    """The ids of what a push made.

    Attributes:
        tasks: those of tasks.
        annotations: those of annotations in tasks that were there.
        predictions: those of predictions in tasks that were there.
        lacking: how many annotations and predictions of new tasks the server left out: it does so with what it holds
            for invalid, and with annotations while another import runs.
    """

    tasks: Sequence[int] = ()
    annotations: Sequence[int] = ()
    predictions: Sequence[int] = ()
    lacking: int = 0

    @property
    def size(self) -> int:
        """How many things there are."""
        return len(self.tasks) + len(self.annotations) + len(self.predictions)


def doubles(tasks: Sequence[Mapping[str, Any]], sent: Sent) -> Sent:
    """Return what a push made and another one had made before: the other one, which looks too, keeps its own.

    Args:
        tasks: the tasks of the project now.
        sent: what the push made.
    """
    return Sent(
        _later(((Task.of(task).name, task["id"]) for task in tasks), sent.tasks),
        _later(
            (
                ((task["id"], dump(item["result"])), item["id"])
                for task in tasks
                for item in task["annotations"]
                if item.get("import_id") == SENT_ID
            ),
            sent.annotations,
        ),
        _later(
            (
                ((task["id"], item["model_version"], dump(item["result"])), item["id"])
                for task in tasks
                for item in task["predictions"]
            ),
            sent.predictions,
        ),
    )


def _later(named: Iterable[tuple[Hashable, Any]], own: Collection[int]) -> tuple[int, ...]:
    """Return of one's own ids those whose name a smaller id has too."""
    first: dict[Hashable, int] = {}
    ids = [(name, int(number)) for name, number in named]
    for name, number in ids:
        first[name] = min(number, first.get(name, number))
    mine = frozenset(own)
    return tuple(number for name, number in ids if number in mine and number > first[name])
