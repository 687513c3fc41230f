"""The files of the package, and their syntax."""

import ast
import functools
from collections.abc import Mapping

from support.documents import ROOT

HOUSE = ROOT / "tools" / "spanproof"
FILES = {path.relative_to(HOUSE).as_posix(): path for path in sorted(HOUSE.rglob("*.py"))}


@functools.cache
def trees() -> Mapping[str, ast.Module]:
    """The syntax of each file, parsed where a test asks for it: it takes seconds, and garbage collectors walk it."""
    return {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}
