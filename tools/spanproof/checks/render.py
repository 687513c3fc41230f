"""Every form in which a whole report can be had."""

from spanproof.checks.github import as_github, as_markdown
from spanproof.checks.plain import as_json
from spanproof.checks.report import as_text
from spanproof.checks.sarif import as_sarif

OUTPUTS = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
    "markdown": as_markdown,
}
