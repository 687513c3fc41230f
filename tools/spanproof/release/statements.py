"""The files of a repository that state a release: rewritten for a version and a day."""

import re
from pathlib import Path

from spanproof.corpus.repository import Repository, Statement
from spanproof.publication.changelog import sections
from spanproof.revisions.diff import Diff
from spanproof.revisions.render import changelog

_CITATION = "CITATION.cff"
_MARK = "<!-- what changed in the corpus -->"


def restated(repository: Repository, version: str, date: str) -> dict[Path, str]:
    """Return the files that state a release, as they will be: those it names, and the citation of a dataset.

    Args:
        repository: the repository.
        version: ``x.y.z``.
        date: the day, ``YYYY-MM-DD``.

    Raises:
        ValueError: a file that the repository names isn't there, or has no line that states what it is to state.
    """
    texts: dict[Path, str] = {}
    for statement in (*repository.states, *_cited(repository.root)):
        file = repository.root / statement.file
        if not file.is_file():
            raise ValueError(f"{file} doesn't exist; pyproject.toml says that it states {statement.text}")
        text = texts[file] if file in texts else file.read_text("utf-8")
        texts[file] = _stated(text, statement, version, date)
    return texts


def _cited(root: Path) -> tuple[Statement, ...]:
    """Return what a CITATION.cff of a dataset states of a release; that of software states another version.

    That is its members version and date-released (Citation File Format 1.2).
    """
    if not (root / _CITATION).is_file():
        return ()
    text = (root / _CITATION).read_text("utf-8")
    if not re.search(r"^type: *[\"']?dataset\b", text, re.MULTILINE):
        return ()
    members = {"version": "version: {version}", "date-released": 'date-released: "{date}"'}
    stated = (words for member, words in members.items() if re.search(rf"^{member}: *\S", text, re.MULTILINE))
    return tuple(Statement(_CITATION, words) for words in stated)


def _stated(text: str, statement: Statement, version: str, date: str) -> str:
    """Return a text with what stands at the mark of a statement, at the beginning of a line, replaced."""
    before, mark, after = re.split(r"(\{version\}|\{date\})", statement.text)
    # Quotation marks round the value may be there or lack, as YAML allows; the new value has those of the statement.
    head, tail = (re.escape(part).replace('"', '"?') for part in (before, after))
    new = before + (version if mark == "{version}" else date) + after
    pattern = rf"^{head}[\"']?[^\s\"']+[\"']?{tail}"
    changed, count = re.subn(pattern, lambda _: new, text, count=1, flags=re.MULTILINE)
    if not count:
        raise ValueError(
            f"{statement.file} has no line that begins as {statement.text}; expected one, to state the release"
        )
    return changed


def logged(log: str, version: str, date: str, difference: Diff | None) -> str:
    """Return a changelog with the release at its head: what was unreleased there, and what changed in the corpus."""
    before, known = sections(log)
    own = bool(known) and (not known[0].released or known[0].version == version)
    body = known[0].body.partition(_MARK)[0].strip("\n") if own else ""
    entry = f"{_MARK}\n{changelog(difference)}" if difference is not None else ""
    parts = [part for part in (f"## {version} ({date})", body, entry.strip("\n")) if part]
    rest = "".join(f"{section.head}\n{section.body}" for section in known[own:])
    return before.rstrip("\n") + "\n\n" + "\n\n".join(parts) + "\n" + "\n" * bool(rest) + rest
