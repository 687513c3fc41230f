"""The catalogue of rules as text, JSON and a page; one rule explained: what passes, what fails, when to waive it."""

import difflib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from spanproof.checks.examples import broken, completed, schema_of
from spanproof.checks.judging import findings_of, publication_findings
from spanproof.checks.rule import Rule
from spanproof.checks.rules import CATALOGUE, catalogue
from spanproof.corpus.documents import Corpus
from spanproof.corpus.edits import apply
from spanproof.corpus.findings import Finding
from spanproof.parsing.json import dump
from spanproof.schema.paths import Registries
from spanproof.table import Table, markdown, terminal

_HEAD = """\
# Rules

What does `spanproof check` find, what would be correct, and when may a finding stay? Most rules show an example that
passes and one that fails. Unless a schema is shown, the examples are articles (`schema/article.schema.json`), of which
only the members that matter are shown.

An error or a warning fails the check; an `info` finding doesn't. A finding that may stay is waived in `waivers.json`
beside the corpus, with the reason. `document` and `text` are optional and limit the waiver to one document, or to
certain words. `identity`, which `check --output json` shows, limits it to a single finding. `check --select CODE
--add-waiver REASON` writes waivers for you:

```json
[{"code": "SP601", "document": "report-17", "text": "City Hall", "reason": "Here it is the building."}]
```

`spanproof explain CODE` shows one rule in the terminal. This page is written by `spanproof rules --output markdown`.
"""
_FAMILIES = {
    "SP0": "Reading and shape",
    "SP1": "One span and its text",
    "SP2": "Labels, identifiers, overlap",
    "SP3": "TIMEX3",
    "SP4": "Quotations",
    "SP5": "References",
    "SP6": "Across documents",
    "SP7": "The publication",
}


def as_text(*, color: bool = False) -> str:
    """Return a line for each rule."""
    rules = catalogue()
    width = max(len(rule.name) for rule in rules)
    lines = [((rule.code, "bold"), (f"  {rule.severity:<7}  {rule.name:<{width}}  {rule.title}", "")) for rule in rules]
    return terminal(lines, color=color)


def as_json() -> str:
    """Return the rules as a JSON list."""
    members = ("code", "name", "severity", "doc")
    rules = [
        {member: getattr(rule, member) for member in members} | {"needs": rule.needs and rule.needs.name}
        for rule in catalogue()
    ]
    return json.dumps(rules, indent=1) + "\n"


def as_markdown() -> str:
    """Return the rules as a page: a table, then every rule with what passes and what fails."""
    lines = [_HEAD]
    rows = [(f"[{r.code}](#{r.code.lower()}-{r.name})", r.severity, r.name, r.title) for r in CATALOGUE]
    lines.append(markdown(Table(("code", "severity", "name", "what is wrong"), tuple(rows), left=4)))
    for family, title in _FAMILIES.items():
        lines += ["", f"## {family}xx: {title}"]
        for rule in (rule for rule in CATALOGUE if rule.code.startswith(family)):
            lines += ["", f"### {rule.code} {rule.name}", "", f"*{rule.severity}*"]
            lines += ["", rule.doc, *_examples(rule, fence=True)]
    return "\n".join(lines) + "\n"


def explain(code: str) -> str:
    """Return what a rule says, an example that breaks it with what is found there, and the correction.

    Raises:
        KeyError: no rule has this code or name; the message says which are near.
    """
    rule = next((rule for rule in catalogue() if code.upper() == rule.code or code.lower() == rule.name), None)
    if rule is None:
        known = [name for rule in catalogue() for name in (rule.code, rule.name)]
        near = difflib.get_close_matches(code.upper(), known, 3) or difflib.get_close_matches(code.lower(), known, 3)
        hint = f"; similar are {', '.join(near)}" if near else "; `spanproof rules` lists them"
        raise KeyError(f"{code}: no rule has this code or name{hint}")
    doc = rule.doc.replace("``", "`")
    return "\n".join([f"{rule.code} {rule.name} ({rule.severity})", "", doc, *_examples(rule, fence=False)]) + "\n"


def found_in_example(rule: Rule) -> list[Finding]:
    """Return what all rules find in a rule's bad example."""
    if rule.about == "publication":
        return _findings_of_files(rule.bad_files)
    return _findings(broken(rule), rule, rule.registries)


def found_in_good_example(rule: Rule) -> list[Finding]:
    """Return what the catalogue finds in a rule's good example, where nothing is expected."""
    if rule.about == "publication":
        return _findings_of_files()
    return _findings(right(rule), rule, rule.good_registries or rule.registries)


def right(rule: Rule) -> list[Any]:
    """Return a rule's bad example put right: as it declares, else by its correction; nothing without either."""
    if rule.good:
        return completed(rule, rule.good)
    fix = next((finding.fix for finding in found_in_example(rule) if finding.fix), ())
    return [apply(broken(rule)[0], fix)] if fix else []


def _findings_of_files(changes: Sequence[tuple[str, str, str]] = ()) -> list[Finding]:
    from spanproof.checks.published import published

    return list(publication_findings(published(changes), CATALOGUE))


def _findings(documents: Iterable[Any], rule: Rule, registries: Registries | None) -> list[Finding]:
    return list(findings_of(Corpus.of(documents, schema_of(rule), registries), rules=catalogue()))


def _examples(rule: Rule, fence: bool) -> list[str]:
    """Return what passes and what fails, with what is found there; nothing for a rule that declares no example."""
    if rule.about == "publication":
        return _example_of_files(rule, fence)
    if not rule.bad:
        return []
    bad, good = broken(rule), right(rule)
    shown = {"text", *(name for document in (*rule.bad, *rule.good) for name in document)}
    lines = [""]
    if rule.schema is not None:
        lines += ["With this schema:", "", *_block([dump(rule.schema)], fence), ""]
    if rule.good_registries:
        lines += ["These registries pass:", "", *_block([dump(rule.good_registries)], fence), ""]
        lines += ["These fail:", "", *_block([dump(rule.registries)], fence), ""]
        return [*lines, *(_found(finding, fence) for finding in found_in_example(rule))]
    if rule.registries:
        lines += ["With these registries:", "", *_block([dump(rule.registries)], fence), ""]
    if good:
        lines += ["This passes:", "", *_block((_shown(document, shown) for document in good), fence), ""]
    lines += ["This fails:", "", *_block((_shown(document, shown) for document in bad), fence), ""]
    for finding in found_in_example(rule):
        lines.append(_found(finding, fence))
        if finding.fix:
            lines += ["", f"{'`--fix`' if fence else '--fix'} turns what fails into what passes."]
    return lines


def _found(finding: Finding, fence: bool) -> str:
    place = f"`{finding.json_path}`" if fence else finding.json_path
    return f"Found: {place} {finding.message}"


def _shown(document: Any, names: Collection[str]) -> str:
    """Return some members of a document as JSON in which every character can be seen."""
    text = dump({name: value for name, value in document.items() if name in names})
    return "".join(c if c.isprintable() and not unicodedata.combining(c) else json.dumps(c)[1:-1] for c in text)


def _block(lines: Iterable[str], fence: bool) -> list[str]:
    return ["```json", *lines, "```"] if fence else [f"    {line}" for line in lines]


def _example_of_files(rule: Rule, fence: bool) -> list[str]:
    code = "`{}`" if fence else "{}"
    lines = [""]
    for path, old, new in rule.bad_files:
        file, passes, fails = (code.format(words.strip()) for words in (path, old, new))
        if path.endswith(".parquet"):
            lines.append(f"If the first number in the column {passes} of {file} is replaced with {fails}:")
        else:
            lines.append(f"If {passes} in {file} is replaced with {fails}:")
    # A hash of a Parquet file depends on the version of its writer.
    for finding in found_in_example(rule):
        file = code.format((finding.file or "").removeprefix("dataset/"))
        lines += ["", f"Found in {file}: " + re.sub(r"[0-9a-f]{64}\b", "…", finding.message)]
    return lines


OUTPUTS = {"text": as_text, "json": as_json, "markdown": as_markdown}
