"""The files of the package, and their syntax."""

import ast

from support.documents import ROOT

HOUSE = ROOT / "tools" / "spanproof"
FILES = {path.relative_to(HOUSE).as_posix(): path for path in sorted(HOUSE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()}
