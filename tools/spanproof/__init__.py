"""spanproof: stand-off annotations, proved.

A corpus is opened once, with everything that belongs to it (:func:`read`, or :meth:`Corpus.of` for documents in
memory), then asked: :func:`check`, :func:`fix`, :func:`diff` of two versions, :func:`agree` of two annotators,
:func:`score` of a prediction, or a model, against gold, :func:`rebase` onto a corrected text, :func:`write`.
:func:`load` gives one version of a published dataset; :func:`place` finds quoted words in a text. Offsets are Unicode
code points, half open, everywhere.
"""

import importlib
from typing import TYPE_CHECKING, Any

from spanproof._version import __version__ as __version__

if TYPE_CHECKING:
    from spanproof.bench.scoring import score as score
    from spanproof.checks.check import check as check
    from spanproof.checks.fix import fix as fix
    from spanproof.checks.report import Report as Report
    from spanproof.checks.rule import Rule as Rule
    from spanproof.corpus.documents import Corpus as Corpus
    from spanproof.corpus.findings import Finding as Finding
    from spanproof.corpus.waivers import Waiver as Waiver
    from spanproof.formats.discovery import read as read
    from spanproof.formats.discovery import write as write
    from spanproof.metrics.agreement import agree as agree
    from spanproof.release.load import load as load
    from spanproof.revisions.diff import diff as diff
    from spanproof.revisions.rebase import rebase as rebase
    from spanproof.schema.schema import Schema as Schema
    from spanproof.text.place import place as place

_HOMES = {
    "bench.scoring": ("score",),
    "checks.check": ("check",),
    "checks.fix": ("fix",),
    "checks.report": ("Report",),
    "checks.rule": ("Rule",),
    "corpus.documents": ("Corpus",),
    "corpus.findings": ("Finding",),
    "corpus.waivers": ("Waiver",),
    "formats.discovery": ("read", "write"),
    "metrics.agreement": ("agree",),
    "release.load": ("load",),
    "revisions.diff": ("diff",),
    "revisions.rebase": ("rebase",),
    "schema.schema": ("Schema",),
    "text.place": ("place",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    """Return the public names, imported when first asked for, so that ``import spanproof`` costs nothing."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'spanproof' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"spanproof.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
