"""spanproof: stand-off annotations, proved.

The public face: :func:`read` a corpus, :func:`check` it, :func:`correct` a document, :func:`build` the dataset; what
they take and return is :class:`Corpus`, :class:`Schema`, :class:`Report`, :class:`Finding`; ``spanproof.strategies``
has the Hypothesis strategies. Offsets are Unicode code points, half open, everywhere.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spanproof.building import build as build
    from spanproof.checking import Report as Report
    from spanproof.checking import Waiver as Waiver
    from spanproof.checking import check as check
    from spanproof.checking import check_paths as check_paths
    from spanproof.comparing import compare as compare
    from spanproof.corpus import Corpus as Corpus
    from spanproof.correcting import correct as correct
    from spanproof.formats import read as read
    from spanproof.loading import load as load
    from spanproof.rebasing import rebase as rebase
    from spanproof.rule import Finding as Finding
    from spanproof.rule import Rule as Rule
    from spanproof.rules import CATALOGUE as CATALOGUE
    from spanproof.schema import Schema as Schema
    from spanproof.schema import SchemaError as SchemaError
    from spanproof.schema import article as article

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
