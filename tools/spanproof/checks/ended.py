"""The error in which a rule of somebody else ends, in words."""

import traceback
from types import FunctionType

from spanproof.checks.rule import Rule
from spanproof.checks.view import View


def ended(rule: Rule, view: View, error: Exception) -> str:
    """Return in which error a rule ends, in which line, and what can be done.

    Args:
        rule: the rule.
        view: what it was to judge.
        error: the error.
    """
    why = f"{type(error).__name__}: {error.args[0] if error.args else ''}"
    own = rule.judge.__code__.co_filename if isinstance(rule.judge, FunctionType) else ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    where = f"{rule.judge.__module__}:{rule.judge.__name__}{f', line {lines[-1]}' if lines else ''}"
    lacks_words = isinstance(error, TypeError) and any(spans.surface is None for spans in view.spans.values())
    hint = "; here spans store no words, so `spans.surface` is None: take them from the text" if lacks_words else ""
    expected = "expected a rule that fits every corpus: correct it, or uninstall it"
    return f"the rule {rule.code} ({where}) ends in {why}{hint}; {expected}"
