"""Every form in which a whole report can be had."""

from spanproof.checks.github import as_github, as_markdown
from spanproof.checks.plain import json_parts
from spanproof.checks.report import text_lines
from spanproof.checks.sarif import as_sarif

OUTPUTS = {
    "text": text_lines,
    "json": json_parts,
    "sarif": as_sarif,
    "github": as_github,
    "markdown": as_markdown,
}
