"""An act as a list of steps that know whether they are done: what was interrupted is completed by another run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


class ReleaseError(Exception):
    """The release can't be made; ``exit_code`` is 1 where something contradicts, 2 where something is unusable."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Step:
    """A step: its name in a person's words, what is lacking until it is done (empty if nothing), how it is done."""

    name: str
    lacking: Callable[[], str]
    do: Callable[[], object]


def run(steps: Iterable[Step], progress: Callable[[str], None]) -> tuple[str, ...]:
    """Do what is lacking, in order. Each step is asked again after it: to have tried is not to have done.

    Args:
        steps: the steps.
        progress: called with each step, in words.

    Returns:
        The names of the steps that were done now; none where all were done already.

    Raises:
        ReleaseError: a step was tried, and something is lacking still.
    """
    done = []
    for step in steps:
        if not step.lacking():
            progress(f"{step.name}: done already")
            continue
        progress(step.name)
        step.do()
        if lacking := step.lacking():
            raise ReleaseError(f"{step.name}: {lacking}", 2)
        done.append(step.name)
    return tuple(done)
