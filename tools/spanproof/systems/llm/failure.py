"""Failures: what came in the place of an answer, each of a named kind, so that runs can count them."""

from typing import Literal, get_args

Kind = Literal[
    "no connection",
    "no answer in time",
    "too large",
    "refused request",
    "unavailable",
    "redirect",
    "no completion",
    "stream",
    "error",
    "empty",
    "refusal",
    "tool call",
    "cut off",
    "unreadable",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

UNHEARD: frozenset[Kind] = frozenset(("no connection", "no answer in time", "unavailable", "redirect", "no completion"))
"""What a server says that isn't there, or isn't the one that is meant: many in a row end a run."""

ANOTHER_SEED: frozenset[Kind] = frozenset(("empty", "cut off", "unreadable"))
"""What a model may say better when it is asked once more with another seed."""


class AnswerError(ValueError):
    """A request that got no usable answer.

    Attributes:
        kind: what came in its place.
    """

    def __init__(self, kind: Kind, problem: str) -> None:
        """Make the error of a request.

        Args:
            kind: what came in the place of an answer.
            problem: that in words.
        """
        super().__init__(f"{kind}: {problem}" if problem else kind)
        self.kind: Kind = kind
