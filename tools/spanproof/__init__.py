"""spanproof: stand-off annotations, proved.

The public face: :func:`read` a corpus, :func:`check` it, :func:`correct` a document, :func:`build` the dataset; what
they take and return is :class:`Corpus`, :class:`Schema`, :class:`Report`, :class:`Finding`;
``spanproof.testing.strategies`` has the Hypothesis strategies. Offsets are Unicode code points, half open, everywhere.
"""

import importlib
from typing import TYPE_CHECKING, Any

from spanproof._version import __version__ as __version__

if TYPE_CHECKING:
    from spanproof.checks.check import Report as Report
    from spanproof.checks.check import Waiver as Waiver
    from spanproof.checks.check import check as check
    from spanproof.checks.check import check_paths as check_paths
    from spanproof.checks.fix import correct as correct
    from spanproof.checks.rule import Rule as Rule
    from spanproof.checks.rules import CATALOGUE as CATALOGUE
    from spanproof.corpus.documents import Corpus as Corpus
    from spanproof.corpus.findings import Finding as Finding
    from spanproof.formats.discovery import read as read
    from spanproof.release.build import build as build
    from spanproof.release.load import load as load
    from spanproof.revisions.diff import diff as diff
    from spanproof.revisions.rebase import rebase as rebase
    from spanproof.schema.node import SchemaError as SchemaError
    from spanproof.schema.schema import Schema as Schema
    from spanproof.schema.schema import article as article

_HOMES = {
    "checks.check": ("check", "check_paths", "Report", "Waiver"),
    "checks.fix": ("correct",),
    "checks.rule": ("Finding", "Rule"),
    "checks.rules": ("CATALOGUE",),
    "corpus.documents": ("Corpus",),
    "formats.discovery": ("read",),
    "release.build": ("build",),
    "release.load": ("load",),
    "revisions.diff": ("diff",),
    "revisions.rebase": ("rebase",),
    "schema.node": ("SchemaError",),
    "schema.schema": ("Schema", "article"),
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
