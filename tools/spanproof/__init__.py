"""spanproof: stand-off annotations, proved.

The public face: :func:`read` a corpus, :func:`check` it, :func:`correct` a document, :func:`build` the dataset; what
they take and return is :class:`Corpus`, :class:`Schema`, :class:`Report`, :class:`Finding`;
``spanproof.testing.strategies`` has the Hypothesis strategies. Offsets are Unicode code points, half open, everywhere.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spanproof.checks.check import Report as Report
    from spanproof.checks.check import Waiver as Waiver
    from spanproof.checks.check import check as check
    from spanproof.checks.check import check_paths as check_paths
    from spanproof.checks.fix import correct as correct
    from spanproof.checks.rule import Finding as Finding
    from spanproof.checks.rule import Rule as Rule
    from spanproof.checks.rules import CATALOGUE as CATALOGUE
    from spanproof.corpus.documents import Corpus as Corpus
    from spanproof.formats import read as read
    from spanproof.release.build import build as build
    from spanproof.release.load import load as load
    from spanproof.revisions.diff import compare as compare
    from spanproof.revisions.rebase import rebase as rebase
    from spanproof.schema.schema import Schema as Schema
    from spanproof.schema.schema import SchemaError as SchemaError
    from spanproof.schema.schema import article as article

__version__ = "0.1.0"
RELEASED = "2026-11-22"
"""The version of the toolkit and of the dataset, and the day of its release."""

_HOMES = {
    "building": ("build",),
    "checking": ("check", "check_paths", "Report", "Waiver"),
    "comparing": ("compare",),
    "corpus": ("Corpus",),
    "correcting": ("correct",),
    "formats": ("read",),
    "loading": ("load",),
    "rebasing": ("rebase",),
    "rule": ("Finding", "Rule"),
    "rules": ("CATALOGUE",),
    "schema": ("Schema", "SchemaError", "article"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for, so that ``import spanproof`` costs nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'spanproof' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"spanproof.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
