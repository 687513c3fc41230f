"""Messages, help and pages are plain English: phrases over which a native speaker stumbles are banned."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.documents import ROOT
from support.house import FILES, trees
from support.pages import DOCS, without_blocks

BANNED = {
    r"(^|[;:,(] )right (is|are|would be) |; right: ": 'say "expected ..."',
    r"(?<!here )\b(is|are|was|were) no (?!longer\b|more\b|less\b|such\b|one\b|doubt\b)\w": 'say "is not a ..."',
    r"\b(is|are|was|were) none of (?!them\b)": 'say "is not one of ..."',
    r"\b(has|have)n't (the|a|any|what)\b|\bhasn't\W*$": 'say "doesn\'t have ..."',
    r"\b(is|are|was|were)n't there\b": 'say "is missing" or "doesn\'t exist"',
    r"\bthere is no \w+ of (?!this|that|its|which)": 'say "... has no ..."',
    r"\b(is|are|was|were) taken for\b": 'say "is read as ..."',
    r"\bis that of (an?|one|several|another)\b": 'say "is also ..." or "is used by ..."',
    r"\b(is|are|was) lacking\b": 'say "is missing"',
    r"\bin silence\b": 'say "silently"',
    r"\banew\b": 'say "again"',
    r"\bothers than\b|\banother than\b": 'say "different from"',
    r"\bforemost\b": 'say "main" or "most important"',
    r"\b(an|no|each) information\b": 'say "an info finding"',
    r"\bon which they contradict\b|\bannotated by stand-off\b": "the sentences with which it began",
    r"\bas they lie\b|\bas it lies\b": 'say "as they are"',
    r"\bstands? (at|in|on|there|twice|alone|beside|nowhere|before|after|behind)\b": 'say "is" or "occurs"',
    r"\bwhose \w+ (isn't|is no)\b": "turn the sentence round",
    r"\bthat there (is|are)\b": 'say "existing", or leave it out',
    r"\bstands? (earlier|between|nowhere)\b|\b(doesn't|don't|didn't|can't) stand\b": 'say "is" or "occurs"',
    r"\b(to|of|in) (which|whose) (\w+ ){0,3}(may|must|speaks?|refers?)[ .;,]": "turn the sentence round",
    r"\bsays? of (nothing|none|no)\b|\bnothing can be said of\b": "say what isn't known or isn't declared",
    r"\bas what (it|they) must mean\b": 'say "was read as ..."',
    r"\bcarr(y|ies) (none|no)\b": 'say "where none are allowed"',
    r"\b(two|several) \w+ of one list\b": 'say "of the same list"',
    r"\blabels that (it|they) (doesn't|don't)\b": 'say "whose labels it may not ..."',
    r"\bone at least\b": 'say "at least one"',
    r"\bis nowhere (at|in)\b": 'say "is not in"',
    r"; an? [\w ]+ has none\b": "say what it doesn't have",
    r"\bof an? \w+ that is \w+[.;]": "put the adjective first",
    r"\bit: who \w+s\b": 'say "anyone who"',
    r"\b(a|one) (row|line|hue|file|document) an? \w+": 'say "one ... per ..."',
    r"\btaken for\b": 'say "read as"',
    r"\bthat follow from the documents\b|\bshall (say|be|not)\b": "nobody says it so",
    r"\w *—|— *\w": "no dash of this length",
    r"\bevery two\b": 'say "each pair of"',
    r"\bbut for\b": 'say "except for"',
    r"\bin sight\b": "say who saw what",
    r"\b(is|are|was|were) told (so|of|as|by|at)\b": 'say "is reported" or "the message says"',
    r"\bthe way out\b": "say what to do instead",
    r"\bare it\b": "repeat the noun",
    r"\b(takes?|taken|taking) (it |them )?over\b": 'say "writes", "applies" or "accepts"',
    r"\bspoils?\b": 'say "changes or loses"',
    r"\bwhat is the case\b": 'say "as it is"',
    r"\bwent with its\b": 'say "is gone, because ..."',
    r"\b([Aa] line|[Aa] note) (says so|names (it|them|this))\b": 'say "the output says so"',
    r"\bwithout more\b": 'say "on its own"',
    r"\bfeasts?\b": 'say "holidays"',
    r"\breckoned\b": 'say "counted"',
    r"\b[Aa]t home\b": 'say "in this repository"',
    r"\bleads? over\b": 'say "joins" or "introduces"',
    r"\b(read|taken|kept) as (it|they) comes?\b": "say what is done",
    r"\bnor its\b": 'say "neither in ... nor in ..."',
    r"\bas (the )?\w+ (have|has) (it|them)\b": 'say "like that of ..."',
    r"\bthe way back\b": 'say "the opposite", or "converts back"',
    r"\bpart(s|ed)? (them|it) at\b|\bparted at\b": 'say "split"',
    r"\bin so \w+ an?\b": 'say "in such a ..."',
    r"\bare none for\b": "say what they aren't",
    r"\bthe other way round\b": "say the second case in full",
    r"\bthe only door\b": "say what calls what",
    r"\bwords the\b|\bmust be worded\b": 'say "writes the message" or "rewritten"',
    r"\bcan't be told from\b": 'say "can\'t be distinguished from"',
    r"\bwhat (differs|is unplaced) (is|counts)\b": "put the noun first",
    r"\bbeforehand\b": 'say "before"',
}
"""What is banned, and what to say instead."""
UNSAID = ("systems/", "testing/", "metrics/boundaries")
"""Where strings are prompts, descriptions of other people's systems, or examples."""


def spoken(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The strings of a file that a user reads: all but docstrings, and the docstrings of rules and commands."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.decorator_list
        and isinstance(node.body[0], ast.Expr)
        and path.startswith(("cli/", "checks/rules/"))
    }
    for node in ast.walk(tree):
        said = isinstance(node, ast.Constant) and (id(node) in told or id(node) not in documentation)
        if said and isinstance(node.value, str):
            yield node.lineno, node.value


def stumbles(words: str) -> Iterator[str]:
    """The phrases of a text that are banned, with what to say instead."""
    text = " ".join(words.split())
    for pattern, instead in BANNED.items():
        for match in re.finditer(pattern, text):
            yield f"{text[max(0, match.start() - 30) : match.end() + 30]!r}: {instead}"


def test_messages_and_help_are_plain_english() -> None:
    found = [
        f"{path}:{line}: {phrase}"
        for path, tree in trees().items()
        if not path.startswith(UNSAID)
        for line, words in spoken(path, tree)
        for phrase in stumbles(words)
    ]
    assert len(FILES) > 200
    assert found == []


BESIDE = ("annotations/card.md", "annotations/GUIDELINES.md", "tools/leaderboard/README.md")
ROOTED = ("README.md", "CONTRIBUTING.md", "schema/README.md", *BESIDE)
PAGES = [*DOCS.rglob("*.md"), *(ROOT / name for name in ROOTED)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_is_plain_english(page: Path) -> None:
    text = re.sub(r"(?<!`)`[^`]+`(?!`)", "`code`", without_blocks(page.read_text("utf-8")))
    assert [*stumbles(text)] == []


@pytest.mark.parametrize(
    "words",
    [
        "NaN is no number",
        "3:5 is no span of its text",
        "'x' is that of another document",
        "by its content it is taken for JSON; right is CoNLL",
        "the same span stands twice in a list",
        "Nothing refers to an annotation to which something must refer.",
        "The schema says of nothing that it is a span.",
        "A span lies inside another of a layer that is flat.",
        "A zone that carries none.",
        "a relation of labels that it doesn't join",
        "The whole dataset is checked. A line says so.",
        "A weekday without more is in this week.",
        "At home the file goes into the package.",
    ],
)
def test_what_is_banned_is_found(words: str) -> None:
    assert [*stumbles(words)] != []
