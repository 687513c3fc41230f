"""Which findings are asked for: by codes, prefixes of codes and names of rules, and by the files that they are in."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from spanproof.checks.rules import rule_names
from spanproof.corpus.findings import Finding
from spanproof.corpus.settings import Settings


def codes_of(names: Iterable[str], rules: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return codes and prefixes of codes as they are spelt, and the codes of rules that were asked for by name.

    Args:
        names: what was asked for, in any case.
        rules: the names of the rules that judge, by their code; those of the whole catalogue by default.

    Raises:
        TypeError: they are one string.
        ValueError: no rule has one of them; the message says what is near.
    """
    if isinstance(names, str):
        raise TypeError(f"expected a list of codes, prefixes or names, got the string {names!r}")
    known = {name.lower(): code for code, name in (rule_names() if rules is None else rules).items()}
    spelt = {code.upper(): code for code in known.values()}
    codes = []
    for name in names:
        code = known.get(name.lower(), spelt.get(name.upper(), name.upper()))
        if not code or not any(its.startswith(code) for its in known.values()):
            near = difflib.get_close_matches(name.lower(), known, 1)
            hint = f"; did you mean {near[0]}?" if near else "; `spanproof rules` lists them"
            raise ValueError(f"{name or 'nothing'}: no rule has this code, prefix or name{hint}")
        codes.append(code)
    return tuple(codes)


def with_codes(settings: Settings) -> Settings:
    """Return settings with their codes as they are spelt.

    Raises:
        ValueError: no rule has one of them; the message names the file of the settings.
    """
    try:
        per_path = {glob: codes_of(codes) for glob, codes in settings.per_path.items()}
        select, ignore = codes_of(settings.select), codes_of(settings.ignore)
    except ValueError as error:
        raise ValueError(f"{settings.file}: {error}") from error
    return replace(settings, select=select, ignore=ignore, per_path=per_path)


def selected(code: str, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> bool:
    """Say whether a code is asked for.

    Args:
        code: the code of a rule, ``SP106``.
        select: codes, prefixes of codes, or names of rules to report; all where it is empty.
        ignore: those not to report. The longer prefix wins, ``select`` where they are equal; a name is as long as a
            code.
    """
    if not select and not ignore:
        return True
    chosen = max(_lengths(code, select), default=-1 if select else 0)
    return chosen >= 0 and chosen >= max(_lengths(code, ignore), default=-1)


def asked_for(finding: Finding, select: Sequence[str], ignore: Sequence[str], settings: Settings) -> bool:
    """Say whether a finding is asked for: by its code, and in its file.

    Args:
        finding: the finding.
        select: codes, prefixes or names to report; all where it is empty.
        ignore: those not to report.
        settings: what isn't reported in some files, whatever is selected.
    """
    elsewhere = settings.ignored_in(finding.file)
    return not (elsewhere and any(_lengths(finding.code, elsewhere))) and selected(finding.code, select, ignore)


def _lengths(code: str, asked: Iterable[str]) -> Iterator[int]:
    """Yield how much of a code each of some codes, prefixes and names says that speaks of it."""
    for name in asked:
        if code.startswith(name):
            yield len(name)
        elif name == rule_names().get(code):
            yield len(code)
