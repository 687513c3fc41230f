"""The changelog of a dataset: its sections, each a release or what isn't released yet."""

import re
from dataclasses import dataclass

CHANGELOG = "CHANGELOG.md"
"""The file beside a corpus, or beside its folder, that says what changed in its dataset; it is published with it."""
_HEAD = re.compile(r"^(?=## )", re.MULTILINE)
_VERSION = re.compile(r"## *\[?v?(\d+\.\d+\.\d+)(?![\w.-])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Section:
    """A section of a changelog, from a line that begins with ``##`` to the next one.

    ``version`` and ``date`` are those of its head; None where it names none. Heads are ``## 0.2.0 (2030-01-31)``, or
    ``## [0.2.0] - 2030-01-31`` as Keep a Changelog has it.
    """

    head: str
    body: str
    version: str | None
    date: str | None

    @property
    def released(self) -> bool:
        """Whether the section tells a release, not what will be one."""
        return self.version is not None and "unreleased" not in self.head.lower()


def sections(log: str) -> tuple[str, list[Section]]:
    """Return what stands before the first section of a changelog, and its sections in their order."""
    before, *texts = _HEAD.split(log)
    return before, [_section(text) for text in texts]


def _section(text: str) -> Section:
    head, _, body = text.partition("\n")
    version, day = _VERSION.match(head), _DAY.search(head)
    return Section(head, body, version and version[1], day and day[0])


def newest(log: str) -> Section | None:
    """Return the first section of a changelog that tells a release; None where none does."""
    return next((section for section in sections(log)[1] if section.released), None)
