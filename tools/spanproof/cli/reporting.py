"""The options of a command that reports findings: which, how many, in which form, and with which exit code."""

import functools
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from spanproof.checks import render
from spanproof.checks.baseline import NOTHING, Baseline, baseline_in
from spanproof.checks.excerpts import WIDTH
from spanproof.checks.github import as_markdown
from spanproof.checks.lines import Detail, Show
from spanproof.checks.plain import finding_line, summary_line
from spanproof.checks.report import Report
from spanproof.checks.selection import codes_of
from spanproof.cli.configured import configured
from spanproof.cli.decisions import add_waivers, write_baseline
from spanproof.cli.options import COLOR, FILE, QUIET, print_as, reason_of, refuse
from spanproof.cli.whole_lines import write_line
from spanproof.corpus.findings import Finding, Severity
from spanproof.corpus.settings import UNSETTLED, Settings

_LINES = "jsonl"
_FORMS = [*render.OUTPUTS, _LINES]


@dataclass(frozen=True)
class Reporting:
    """How findings are reported.

    Attributes:
        select: the codes, prefixes and names that are reported; all where there are none.
        ignore: those that are not.
        output: the form.
        detail: how much of them is shown.
        color: whether text has colours; None where it has them on a terminal.
        fail_on: the least severity that fails.
        exit_zero: whether findings don't fail at all.
        baseline: the findings that are known.
        new_baseline: the file in which all that is found is to be known; None for none.
        waive: why all that is found is right as it is; None where it isn't.
        settings: those of the project, of which those for some paths are asked.
    """

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    output: str
    detail: Detail
    color: bool | None
    fail_on: Severity
    exit_zero: bool
    baseline: Baseline = NOTHING
    new_baseline: Path | None = None
    waive: str | None = None
    settings: Settings = UNSETTLED

    def conclude(self, report: Report, paths: Sequence[Path]) -> int:
        """Print a report, or write down what is found as known or right; return the exit code.

        Args:
            report: what a check found.
            paths: the corpus.
        """
        if report.interrupted:
            self.print(report)
            kept = "; nothing is written down as known or right" if self._written_down else ""
            click.echo(f"spanproof: interrupted{kept}", err=True)
            return report.exit_code
        if self.new_baseline is not None:
            write_baseline(report, self.new_baseline)
            return 0
        if self.waive is not None:
            add_waivers(report, self.waive, paths)
            return 0
        self.print(report)
        return self.exit_code(report)

    @property
    def _written_down(self) -> bool:
        """Say whether what is found is to be known or waived, and not shown."""
        return self.new_baseline is not None or self.waive is not None

    def stream(self, becoming: Callable[[Finding], Finding] | None = None) -> Callable[[Finding], None] | None:
        """Return what is called with each finding as soon as it is known; None where they are shown at the end.

        Args:
            becoming: makes of a finding what is shown of it.
        """
        if self.output != _LINES or self.detail.show == "none" or self._written_down:
            return None
        left = [self.detail.most]

        def shown(finding: Finding) -> None:
            if left[0] is None or left[0] > 0:
                write_line(finding_line(becoming(finding) if becoming else finding))
                left[0] = left[0] and left[0] - 1

        return shown

    def print(self, report: Report) -> None:
        """Print a report, but for the findings that were streamed; at GitHub write the summary of the step, too."""
        if self.output == _LINES:
            write_line(summary_line(report))
            return
        outputs = {name: functools.partial(write, detail=self.detail) for name, write in render.OUTPUTS.items()}
        print_as(outputs, self.output, report, color=self.color)
        if self.output == "github" and (page := os.environ.get("GITHUB_STEP_SUMMARY")):
            try:
                with Path(page).open("a", encoding="utf-8") as file:
                    file.write(as_markdown(report))
            except OSError as error:
                refuse(f"{page}: {error.strerror}; it is named by GITHUB_STEP_SUMMARY")

    def exit_code(self, report: Report) -> int:
        """Return 2 if something couldn't be read, 1 for findings that fail, otherwise 0."""
        if report.exit_code == 2:
            return 2
        return int(report.fails(self.fail_on) and not self.exit_zero)


def reporting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a report; it takes them as one argument, ``reporting``."""

    @functools.wraps(command)
    def gathered(**values: Any) -> None:
        context = click.get_current_context()
        context.meta[QUIET] = quiet = values.pop("quiet")
        settings = configured(context, values)
        most, show, output = values.pop("max_findings"), values.pop("show"), values.pop("output")
        statistics = values.pop("statistics")
        reporting = Reporting(
            _codes(values.pop("select")),
            _codes(values.pop("ignore")),
            output,
            Detail(show, most, statistics, quiet, _width()),
            values.pop("color"),
            values.pop("fail_on"),
            values.pop("exit_zero"),
            _baseline(values.pop("baseline")),
            values.pop("write_baseline"),
            values.pop("add_waiver"),
            settings,
        )
        command(**values, reporting=reporting)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


_SHOWN: tuple[Show, ...] = ("all", "grouped", "none")
_OPTIONS = (
    click.option("--select", metavar="CODES", multiple=True, help="Report only these codes, prefixes or names."),
    click.option("--ignore", metavar="CODES", multiple=True, help="Don't report these codes, prefixes or names."),
    click.option("--output", type=click.Choice(_FORMS), default="text", show_default=True, help="Form of the output."),
    click.option(
        "--show",
        type=click.Choice(_SHOWN),
        help="Show findings one by one, in groups, or not at all; default: in groups if more than 30.",
    ),
    click.option("--max-findings", type=click.IntRange(min=0), metavar="N", help="Show at most N; count the rest."),
    click.option("--statistics", is_flag=True, help="Show counts by code and layer instead of the findings."),
    click.option("-q", "--quiet", is_flag=True, help="Print findings and nothing else."),
    click.option(
        "--fail-on",
        type=click.Choice(("error", "warning")),
        default="warning",
        show_default=True,
        help="Exit with 1 if there is a finding of this severity or a higher one.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 despite findings, unless something is unreadable."),
    click.option("--baseline", type=FILE, metavar="FILE", help="Known findings; only new ones are reported."),
    click.option("--write-baseline", type=FILE, metavar="FILE", help="Write all findings to FILE, for --baseline."),
    click.option(
        "--add-waiver", metavar="REASON", help="Waive every reported finding, for this reason, in waivers.json."
    ),
    click.option(
        "--config", type=FILE, metavar="FILE", help="File of settings; default: the nearest above the corpus."
    ),
    COLOR,
)


def _baseline(file: Path | None) -> Baseline:
    if file is None:
        return NOTHING
    try:
        return baseline_in(file.read_bytes())
    except (OSError, ValueError) as error:
        refuse(reason_of(error) if isinstance(error, OSError) else f"{file}: {error}")


def _width() -> int:
    """Return how wide a line of the output may be: as the terminal, if it is one."""
    return shutil.get_terminal_size((WIDTH, 0)).columns if sys.stdout.isatty() else WIDTH


def _codes(options: Sequence[str]) -> tuple[str, ...]:
    """Return what an option that may be repeated names, each time with commas between; refuse what no rule has."""
    try:
        return codes_of(name.strip() for option in options for name in option.split(",") if name.strip())
    except ValueError as error:
        refuse(str(error))
