"""The page of the audit: what was found in each corpus, how it was judged, what is known, and what drifts did."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.measuring import Facts
from audit.peers import PROGRAMS
from audit.published import CORPORA, EXAMPLES, PublishedCorpus
from spanproof.checks.rules import catalogue
from spanproof.table import Table, markdown
from spanproof.testing.mutations import MUTATIONS, Mutation
from support.documents import ROOT

HERE = Path(__file__).parent
FACTS, JUDGEMENTS, KNOWN = (HERE / name for name in ("facts.json", "judgements.json", "known.json"))
PAGE = ROOT / "tools" / "docs" / "explanation" / "audit.md"
VERDICTS = ("true", "taste", "false")

_HEAD = """# An audit of published corpora

What does the check find in corpora that people use? We read each corpus from the repository that is named in its
section; the section also says if only a part was read. Some of these repositories are copies made by others, and XQuAD
is counted once for each of its two languages. For each corpus we wrote a schema that follows its guidelines. This page
contains only counts, no text and no annotation of the corpora.
`python tests/audit/run.py COPIES` writes it from copies of the corpora: clone each repository into a folder with the
name given here.

**True** means a fault that the authors would correct. **Taste** means that the rule is broken, perhaps on purpose.
**False** means a false alarm. At most ten findings of each rule and corpus were judged. A language model read each of
them beside its text, and wrote down a verdict with the reason (`tests/audit/judgements.json`). No person has reviewed
these verdicts. If a rule has several rows in a table, the first one has the verdicts for all of them.
"""

_DRIFTS = """## Injected drifts

Can the check bring back spans with wrong offsets? In these corpora we found no offsets that are systematically wrong
from a known cause ([below](#which-faults-occur-in-the-wild)); the causes in the tables of PDNC and German Wikinews are
about the stored words. So we changed offsets ourselves. We took up to twelve documents of each corpus, and for each
correct span we stored its words. Then we changed the offsets, or we deleted passages of the text. There are six such
changes (*drifts*):

1. UTF-16: offsets count UTF-16 code units.
2. Bytes: offsets count UTF-8 bytes.
3. Entities: offsets count `&` as `&amp;`, as in HTML.
4. White space: each run of white space counts as one character.
5. Two deletions: two passages are deleted from the text.
6. Unseen widths: one punctuation mark counts as three characters and another one as four. No known tool counts so.

*Wrong* is the number of spans whose offsets are wrong after the change. *Gone* is the number of spans whose words were
deleted; they aren't counted under *wrong*, and must not be moved. *Fixed* is the share of the wrong spans that a proved
correction (`check --fix`) brought back. *Misplaced* is the number of spans that were put on wrong words, and *cause
proved* is the share of the wrong spans whose cause was proved. *Nearest* is a plain search: it takes the occurrence of
the words that is nearest to the stored offset. A row is left out if the change has no effect in that corpus: UTF-16
changes nothing if no character needs two units.
"""

_WAYS = """
The next table lists every [mutation](../reference/mutations.md) that the tests use. A corpus is listed under *seen in*
if the check reported the rule with this cause there. `shifted-by-one` has no cause of its own, so its row lists every
corpus in which SP106 was reported without a cause, even if nothing was shifted by one there.

"""
_BESIDE = """### Beside other programs

How do other programs do on the same spans? All of them were run on four of the corpora: {corpora}. Each cell has two
numbers: the share of the spans that a program put at the right place, and how many spans it put at a wrong place.
`langextract` (its `WordAligner`) and `reanchor` look for words only; they don't use the stored offsets. In the last two
columns the programs got something that a corpus usually doesn't store: `reanchor` got the words next to each span, and
`pytextspan` got the whole text before the change. spanproof leaves a span where it is if it can't prove the place, so
its share can be lower than that of a program that always chooses a place.
"""
NEAREST = next(iter(PROGRAMS))


def facts_in() -> dict[str, Facts]:
    """Return the facts of each corpus that was audited, by its name."""
    return json.loads(FACTS.read_text("utf-8")) if FACTS.is_file() else {}


def page_of(facts: Mapping[str, Facts]) -> str:
    """Return the page that tells some facts."""
    judged = json.loads(JUDGEMENTS.read_text("utf-8"))
    known = json.loads(KNOWN.read_text("utf-8"))
    audited = [corpus for corpus in CORPORA if corpus.name in facts]
    parts = [_HEAD, _overview(audited, facts, judged), _false_alarms(audited, judged), _drifts(audited, facts)]
    parts += [_section(corpus, facts[corpus.name], judged.get(corpus.name, {}), known) for corpus in audited]
    parts.append(_classes(facts))
    return "\n".join(parts)


def summary_of(facts: Mapping[str, Facts]) -> str:
    """Return one sentence about all corpora, as the README has it."""
    judged = json.loads(JUDGEMENTS.read_text("utf-8"))
    verdicts = Counter(one["verdict"] for judgements in judged.values() for one in judgements.values())
    drifts = [one for told in facts.values() for one in told["drifts"].values()]
    wrong, mended, misplaced = (sum(one[member] for one in drifts) for member in ("wrong", "mended", "misplaced"))
    alarms = "false alarms" if verdicts["false"] > 1 else "a false alarm"
    return (
        f"A language model judged {verdicts.total()} findings, a sample from {len(facts)} published corpora (some of "
        f"them are copies or parts of others). It called {verdicts['true']} of them real faults and "
        f"{verdicts['taste']} a matter of taste: a rule is broken, but the annotators may have meant it. It called "
        f"{verdicts['false'] or 'none'} {alarms}. No person has reviewed these verdicts. "
        f"When we changed the offsets of {wrong:,} correct spans, `--fix` "
        f"brought back {100 * mended / wrong:.0f} % of them and put {misplaced or 'none'} on the wrong words"
    )


def _overview(audited: Sequence[PublishedCorpus], facts: Mapping[str, Facts], judged: Mapping[str, Any]) -> str:
    rows = []
    for corpus in audited:
        told = facts[corpus.name]
        findings = Counter[str]()
        for one in told["findings"]:
            findings[one["severity"]] += one["findings"]
        verdicts = Counter(judgement["verdict"] for judgement in judged.get(corpus.name, {}).values())
        numbers = (f"{told[member]:,}" for member in ("documents", "spans", "proved", "in_bounds"))
        found = " / ".join(f"{findings[severity]:,}" for severity in ("error", "warning", "info"))
        judgement = " / ".join(str(verdicts[verdict]) for verdict in VERDICTS)
        cost = (f"{told['seconds']:.1f}", str(told["mebibytes"]))
        rows.append((f"[{corpus.title}](#{corpus.name})", *numbers, found, judgement, *cost))
    header = ("corpus", "documents", "spans", "proved", "in bounds", "errors / warnings / info")
    header += ("judged true / taste / false", "seconds", "MiB")  # type: ignore[assignment]
    note = (
        "A span with an error is neither proved nor in bounds. The columns needn't add up: an error about an "
        "annotation concerns all its spans, one about a line or a relation concerns no span, and a span can have "
        "several errors. "
        "Seconds are the processor time of reading and checking, MiB the peak memory. "
        "Other programs ran on the machine at the same time."
    )
    absent = "; ".join(corpus.title for corpus in CORPORA if corpus not in audited)
    undrifted = "; ".join(corpus.title for corpus in audited if not facts[corpus.name]["drifts"])
    note += f" Not run yet: {absent}." if absent else ""
    note += f" No drifts were injected yet into: {undrifted}." if undrifted else ""
    return f"## All corpora\n\n{markdown(Table(header, tuple(rows), left=1))}\n\n{note}\n"


def _false_alarms(audited: Sequence[PublishedCorpus], judged: Mapping[str, Any]) -> str:
    lines = [
        f"- {corpus.title}, {one['code']}: {one['why']}"
        for corpus in audited
        for one in judged.get(corpus.name, {}).values()
        if one["verdict"] == "false"
    ]
    return "## False alarms that are left\n\n" + ("\n".join(lines) or "No judged finding is a false alarm.") + "\n"


def _section(corpus: PublishedCorpus, told: Facts, judged: Mapping[str, Any], known: Sequence[Any]) -> str:
    names = {rule.code: rule.name for rule in catalogue()}
    path = (EXAMPLES / f"{corpus.schema}.schema.json").resolve().relative_to(ROOT)
    schema = f"[`{path.name}`](../../../{path.as_posix()})"
    of = f"`{corpus.source}` at `{corpus.commit}`, as the folder `{corpus.name}`; schema {schema}"
    parts = [
        f'<a id="{corpus.name}"></a>\n\n## {corpus.title}\n',
        f"{of}.{f' Read: {corpus.note}.' if corpus.note else ''}\n",
    ]
    rows, shown = [], set[str]()
    for one in told["findings"]:
        verdicts = Counter(judgement["verdict"] for judgement in judged.values() if judgement["code"] == one["code"])
        cells = [str(verdicts[verdict]) if one["code"] not in shown else "" for verdict in VERDICTS]
        shown.add(one["code"])
        rule = f"{one['code']} {names[one['code']]}"
        rows.append((rule, one["layer"], one["cause"], f"{one['findings']:,}", f"{one['documents']:,}", *cells))
    header = ("rule", "layer", "cause", "findings", "documents", *VERDICTS)
    parts.append(markdown(Table(header, tuple(rows), left=3)) + "\n" if rows else "No findings.\n")
    if told["turned_off"]:
        off = ", ".join(f"{code} {number:,}" for code, number in told["turned_off"].items())
        parts.append(f"Not counted, because the schema turns these rules off: {off}.\n")
    whys = Counter((one["code"], one["verdict"], one["why"]) for one in judged.values())
    parts += [
        f"- {code}, {verdict}, {number} of the sample: {why}" for (code, verdict, why), number in sorted(whys.items())
    ]
    if whys:
        parts.append("")
    faults = [fault for fault in known if fault["corpus"] == corpus.name]
    if faults:
        parts.append("Faults known before:\n")
        parts += [f"- {fault['fault']} ({fault['count']}): {_found(fault, told)}" for fault in faults]
        parts.append("")
    return "\n".join(parts)


def _found(fault: Mapping[str, Any], told: Facts) -> str:
    if not fault["codes"]:
        return f"missed. {fault['note']}"
    rows = [one for one in told["findings"] if one["code"] in fault["codes"]]
    note = f" {fault['note']}" if fault.get("note") else ""
    if not rows:
        return f"missed.{note}"
    finders = [code for code in fault["codes"] if any(one["code"] == code for one in rows)]
    number, documents = (sum(one[member] for one in rows) for member in ("findings", "documents"))
    within = f", in {documents:,} documents" if len(rows) == 1 and documents < number else ""
    return f"{' and '.join(finders)} {'find' if len(finders) > 1 else 'finds'} {number:,}{within}.{note}"


def _drifts(audited: Sequence[PublishedCorpus], facts: Mapping[str, Facts]) -> str:
    rows = []
    for corpus in audited:
        for drift, one in facts[corpus.name]["drifts"].items():
            if wrong := one["wrong"]:
                nearest = one["programs"][NEAREST]
                mended, named, found = (f"{n / wrong:.1%}" for n in (one["mended"], one["named"], nearest["right"]))
                counted = (f"{wrong:,}", str(one["gone"]), mended, str(one["misplaced"]), named)
                rows.append((corpus.name, drift, *counted, found, str(nearest["misplaced"])))
    header = ("corpus", "drift", "wrong", "gone", "fixed", "misplaced", "cause proved")
    table = Table((*header, "nearest: right", "nearest: misplaced"), tuple(rows), left=2)
    return f"{_DRIFTS}\n{markdown(table)}\n\n{_beside(audited, facts)}"


def _beside(audited: Sequence[PublishedCorpus], facts: Mapping[str, Facts]) -> str:
    """Return a table of what each program did with each drift, over the corpora of which every program was asked."""
    asked = [corpus for corpus in audited if _asked_all(facts[corpus.name]["drifts"])]
    told = [(drift, one) for corpus in asked for drift, one in facts[corpus.name]["drifts"].items() if one["wrong"]]
    if not told:
        return ""
    rows = []
    for drift in (*dict.fromkeys(drift for drift, _ in told), "all"):
        ones = [one for other, one in told if drift in (other, "all")]
        wrong, gone = (sum(one[member] for one in ones) for member in ("wrong", "gone"))
        pairs = [[(one["mended"], one["misplaced"]) for one in ones]]
        pairs += [
            [(one["right"], one["misplaced"]) for one in (one["programs"][name] for one in ones)] for name in PROGRAMS
        ]
        summed = [(sum(right for right, _ in each), sum(misplaced for _, misplaced in each)) for each in pairs]
        cells = [f"{right / wrong:.1%}, {misplaced:,}" for right, misplaced in summed]
        rows.append((drift, f"{wrong:,}", f"{gone:,}", *cells))
    header = ("drift", "wrong", "gone", "spanproof", *(_versioned(name, told) for name in PROGRAMS))
    said = _BESIDE.format(corpora=", ".join(corpus.name for corpus in asked))
    return f"{said}\n{markdown(Table(header, tuple(rows), left=1))}\n"


def _asked_all(drifts: Mapping[str, Facts]) -> bool:
    """Say whether drifts changed anything in a corpus, and every program was asked about them."""
    wrong = [one for one in drifts.values() if one["wrong"]]
    return bool(wrong) and all(set(PROGRAMS) <= set(one["programs"]) for one in wrong)


def _versioned(name: str, told: Sequence[tuple[str, Facts]]) -> str:
    """Return the name of a program with the versions that were asked."""
    program, comma, more = name.partition(",")
    versions = dict.fromkeys(one["programs"][name]["version"] for _, one in told)
    return f"{' '.join([program, *filter(None, versions)])}{comma}{more}"


def _classes(facts: Mapping[str, Facts]) -> str:
    seen: dict[str, set[str]] = {}
    for name, told in facts.items():
        for one in told["findings"]:
            seen.setdefault(one["code"], set()).add(name)
    rules = [rule for rule in catalogue() if rule.about != "publication"]
    rows = [(f"{rule.code} {rule.name}", ", ".join(sorted(seen.get(rule.code, ()))) or "not seen") for rule in rules]
    ways = [(way.name, ", ".join(way.codes), way.cause or "", _seen(way, facts)) for way in MUTATIONS]
    return (
        f"## Which faults occur in the wild\n\n{markdown(Table(('rule', 'seen in'), tuple(rows), left=2))}\n"
        f"{_WAYS}{markdown(Table(('what is broken', 'rules', 'cause', 'seen in'), tuple(ways), left=4))}\n"
    )


def _seen(way: Mutation, facts: Mapping[str, Facts]) -> str:
    """Return the corpora with findings of what a way of breaking shows: its rules, with its cause or without any."""
    cause = way.cause or ""
    corpora = {
        name
        for name, told in facts.items()
        for one in told["findings"]
        if one["code"] in way.codes and one["cause"].split(" (")[0] == cause
    }
    return ", ".join(sorted(corpora)) or "not seen"
