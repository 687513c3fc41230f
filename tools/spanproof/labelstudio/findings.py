"""The findings about one task, gathered while its parts are read."""

from dataclasses import dataclass, field

from spanproof.corpus.findings import Finding, Severity
from spanproof.schema.paths import Path


@dataclass(frozen=True)
class TaskFindings:
    """The findings about the task of one document, in the order in which they were made."""

    document: str | None
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        code: str,
        message: str,
        *,
        region: str | None = None,
        path: Path = (),
        severity: Severity = "error",
    ) -> None:
        """Add a finding.

        Args:
            code: the short name of the fault, ``label-unknown``.
            message: what there is, and what would be right.
            region: the id of the region that the finding is about.
            path: where in the annotation or the task it is, ``("result", 3)``.
            severity: ``error`` where something would be lost or untrue, ``warning`` where something was understood but
                looks unmeant, ``info`` for what a person should know of, such as an annotator's note.
        """
        self.findings.append(Finding(code, severity, message, self.document, path, region))
