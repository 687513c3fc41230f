"""Options of ``bench run`` for systems that are told their task and ask a server: what they are told, how they ask."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import reduce, wraps
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import click

from spanproof.bench.fitting import asked_layers
from spanproof.cli.amounts import Amount
from spanproof.cli.options import FILE, reason_of, refuse
from spanproof.corpus.documents import Corpus
from spanproof.parsing.json import parse
from spanproof.schema.paths import Document
from spanproof.systems.brief import Brief
from spanproof.systems.system import System

_OPTIONS = (
    click.option("--show-prompt", is_flag=True, help="Print what would be sent to a language model; send nothing."),
    click.option(
        "--example",
        "examples",
        multiple=True,
        metavar="DOCUMENT",
        help="A document of the gold that a language model is shown with its annotations, and that isn't scored; "
        "may be repeated.",
    ),
    click.option("--guidelines", type=FILE, help="File with the annotators' guidelines, for a language model to read."),
    click.option(
        "--concurrency",
        type=click.IntRange(1, 256),
        default=8,
        show_default=True,
        help="Largest number of requests at the same time.",
    ),
    click.option("--per-minute", type=Amount(0, min_open=True), help="Largest number of requests per minute."),
    click.option(
        "--patience",
        type=Amount(0, min_open=True),
        default=600,
        show_default=True,
        help="Seconds to wait for an answer.",
    ),
    click.option(
        "--prices",
        type=FILE,
        help='A JSON file of what a million tokens cost: {"MODEL": {"input": 0.15, "output": 0.6}}.',
    ),
)


@dataclass(frozen=True)
class Briefing:
    """What the options say.

    Attributes:
        show_prompt: whether the prompt is printed and nothing asked.
        examples: the documents that are shown.
        guidelines: a file.
        concurrency: how many requests may be under way at once.
        per_minute: how many may be sent in a minute; None for no limit.
        patience: seconds after which an answer is given up.
        prices: a file.
    """

    show_prompt: bool
    examples: tuple[str, ...]
    guidelines: Path | None
    concurrency: int
    per_minute: float | None
    patience: float
    prices: Path | None

    def brief(self, gold: Corpus, examples: Sequence[Document], layer: str | None) -> Brief:
        """Return what a system is asked of a gold corpus; refuse files that can't be read.

        Args:
            gold: the corpus, without the examples.
            examples: the documents that are shown.
            layer: the one layer that is meant; None for all that gold has.

        Raises:
            ValueError: gold has no layer that can be asked for.
        """
        return Brief(
            asked_layers(gold, layer),
            examples,
            _text(self.guidelines) if self.guidelines else "",
            _prices(self.prices) if self.prices else {},
            self.concurrency,
            self.per_minute,
            self.patience,
        )


def briefing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a :class:`Briefing`, which it takes as ``briefing``."""

    @wraps(command)
    def gathered(**values: Any) -> Any:
        options = {member.name: values.pop(member.name) for member in fields(Briefing)}
        return command(briefing=Briefing(**options), **values)

    return reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), gathered)


def show_prompts(chosen: Sequence[System]) -> NoReturn:
    """Print what systems are told, and end; refuse one that is told nothing."""
    for system in chosen:
        if not system.prompt:
            refuse(f"{system.name} has no prompt; expected openai:MODEL@URL with --show-prompt")
    for system in chosen:
        click.echo(f"{system.signature}\n\n{system.prompt}", nl=False)
    sys.exit(0)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        refuse(f"{file}: {reason_of(error)}")


def _prices(file: Path) -> dict[str, dict[str, float]]:
    """Return a price list; refuse a file that is none."""
    try:
        prices = parse(file.read_bytes())
    except (OSError, ValueError) as error:
        refuse(f"{file}: {reason_of(error)}")
    if not _is_price_list(prices):
        shape = '{"MODEL": {"input": 0.15, "output": 0.6}}'
        refuse(f"{file}: isn't a price list; expected {shape}, of a million tokens")
    return prices


def _is_price_list(prices: Any) -> TypeGuard[dict[str, dict[str, float]]]:
    return isinstance(prices, dict) and all(
        isinstance(price, dict)
        and price.keys() == {"input", "output"}
        and all(type(number) in (int, float) and number >= 0 for number in price.values())
        for price in prices.values()
    )
