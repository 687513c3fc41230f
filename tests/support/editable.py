"""What ``pip install -e PACKAGE`` means where the pages are followed: the entry points of PACKAGE are known."""

import sys
import tomllib
from pathlib import Path

package = Path(sys.argv[-1])
project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
site = Path(".site")
info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
info.mkdir(parents=True)
(info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
groups = project["entry-points"]
lines = [f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in groups[group].items()) for group in groups]
(info / "entry_points.txt").write_text("\n".join(lines))
for file in package.glob("*.py"):
    (site / file.name).symlink_to(file.resolve())
