"""What is gathered of batches for what is judged when all of them are known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from spanproof.checks.report import Seen
from spanproof.checks.rule import Rule
from spanproof.corpus.spool import Spool


@dataclass
class Gathered:
    """What is gathered of batches that are judged one after another. It grows, and what several gathered adds up.

    Attributes:
        seen: counts the documents and spans that went by, and how far these are proved.
        collected: what each rule across documents needs of each batch, by the code of the rule, in their order.
        spooled: whether what grows with the corpus lies in a file.
        searched: in how many texts of the last batch a cause was sought.
    """

    seen: Seen
    collected: dict[str, list[Any] | Spool] = field(default_factory=dict)
    spooled: bool = True
    searched: int = 0

    def of(self, rule: Rule) -> list[Any] | Spool:
        """Return what a rule needs of each batch."""
        if rule.code not in self.collected:
            self.collected[rule.code] = Spool() if rule.spooled and self.spooled else []
        return self.collected[rule.code]

    def add(self, later: "Gathered", rules: Iterable[Rule]) -> None:
        """Add what was gathered of batches that come after these, for some rules."""
        self.seen.add(later.seen)
        for rule in rules:
            for state in later.of(rule) if rule.collect else ():
                self.of(rule).append(state)
