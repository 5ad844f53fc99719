"""The report as one page for a browser, which needs nothing beside itself: no script, no file, no address.

Verdict and counts, then the findings file by file with their worst values, places and hints, and what was not judged.
A page has a bound, whatever the report holds, and says what it leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from newspkg.report.places import by_file, heading, reasons, remarks, some, spot, title_of
from newspkg.report.words import count, cut, quoted, visible

if TYPE_CHECKING:
    from newspkg.problems import Problem
    from newspkg.report.model import Finding, Report

__all__ = ["as_html"]

_ALIKE = 50  # findings of a code in a file
_FINDINGS = 1000
_OPEN = 5  # places that are seen at once
_PLACES = 100, 10  # places of a finding, and of one among many
_MANY = 100  # findings
_NOTES = 500  # things not judged
_SIGNS = {"error": "✕", "warning": "!"}

_STYLE = """
:root { color-scheme: light dark; --page: #f6f5f2; --card: #fff; --ink: #1d1f21; --soft: #63676c; --line: #dedbd4;
  --bad: #b3261e; --bad-wash: #fbeae8; --mild: #8a5a00; --mild-wash: #fbf1dc; --good: #1b6e3c; --good-wash: #e4f3e9;
  --chip: #f0eee9; --bar: #d9d4c8; }
@media (prefers-color-scheme: dark) { :root { --page: #17181a; --card: #1f2124; --ink: #e8e6e1; --soft: #9a9ea4;
  --line: #34373b; --bad: #ff8a80; --bad-wash: #3a201f; --mild: #f2c063; --mild-wash: #362b17; --good: #7fd4a0;
  --good-wash: #1a3324; --chip: #2a2d31; --bar: #454a51; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
code, .mono { font: .875em/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.verdict { display: flex; gap: 1rem; align-items: center; padding: 1.25rem 1.5rem; border-radius: .75rem; }
.verdict .sign { flex: none; width: 2.75rem; height: 2.75rem; border-radius: 50%; display: grid; place-items: center;
  font-size: 1.4rem; color: var(--card); }
.verdict h1 { font-size: 1.6rem; line-height: 1.2; }
.verdict p { color: var(--soft); }
.invalid { background: var(--bad-wash); } .invalid h1 { color: var(--bad); } .invalid .sign { background: var(--bad); }
.valid { background: var(--good-wash); } .valid h1 { color: var(--good); } .valid .sign { background: var(--good); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0 2rem; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1rem; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles .error dd { color: var(--bad); } .tiles .warning dd { color: var(--mild); }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; display: flex; gap: .75rem; align-items: baseline; flex-wrap: wrap; }
h2 code { font-size: 1rem; }
h2 small { color: var(--soft); font-weight: normal; font-size: .85rem; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; padding: .45rem .8rem; border-top: 1px solid var(--line); vertical-align: baseline; }
thead th { border-top: 0; color: var(--soft); font-weight: normal; font-size: .85rem; }
table .n { text-align: right; font-variant-numeric: tabular-nums; width: 6rem; }
nav ul, .notes { list-style: none; display: grid; gap: .15rem; }
nav a { color: inherit; } nav small { color: var(--soft); }
article { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid; border-radius: .5rem;
  padding: .8rem 1.1rem .9rem; margin: .6rem 0; }
article.error { border-left-color: var(--bad); } article.warning { border-left-color: var(--mild); }
h3 { font-size: 1rem; display: flex; flex-wrap: wrap; gap: .35rem .6rem; align-items: baseline; }
h3 .times { margin-left: auto; color: var(--soft); font-weight: normal; font-variant-numeric: tabular-nums; }
.error > h3 .code { color: var(--bad); } .warning > h3 .code { color: var(--mild); }
.about { background: var(--chip); border-radius: .3rem; padding: 0 .4rem; font-weight: normal; }
.sign-s { font-weight: bold; } .error .sign-s { color: var(--bad); } .warning .sign-s { color: var(--mild); }
article p { margin-top: .25rem; overflow-wrap: anywhere; }
.label { color: var(--soft); font-size: .8rem; margin-top: .7rem; }
.values { list-style: none; display: grid; gap: .15rem; margin-top: .15rem; }
.values li { display: grid; grid-template-columns: minmax(0, 1fr) 4.5rem 7rem; gap: .75rem; align-items: center; }
.values .n { text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); font-size: .875rem; }
.values meter { appearance: none; display: block; width: 100%; height: .45rem; border: 0; border-radius: 1rem;
  background: var(--chip); }
.values meter::-webkit-meter-bar { background: var(--chip); border: 0; border-radius: 1rem; height: .45rem; }
.values meter::-webkit-meter-optimum-value { background: var(--bar); border-radius: 1rem; }
.values meter::-moz-meter-bar { background: var(--bar); border-radius: 1rem; }
.places { list-style: none; margin-top: .15rem; display: grid; gap: .1rem; }
.places li { display: grid; grid-template-columns: minmax(6.5rem, max-content) minmax(0, 1fr); gap: 1rem; }
.places .wide { display: block; } .places .of { color: var(--soft); }
details summary { cursor: pointer; color: var(--soft); font-size: .875rem; margin-top: .2rem; }
.hint { margin-top: .7rem; padding-top: .5rem; border-top: 1px dashed var(--line); color: var(--soft); }
.notes li { padding: .35rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.notes li:first-child { border-top: 0; }
.left { color: var(--soft); margin-top: .75rem; }
@media (max-width: 34rem) {
  .values li { grid-template-columns: minmax(0, 1fr) 4rem; } .values meter { display: none; } }
@media print { body { background: none; } article { break-inside: avoid; } }
"""


def as_html(report: Report, base: str = "") -> str:
    """The page; see `dress` for `base`."""
    word = "valid" if report.valid else "invalid"
    _, _, said = report.verdict().partition(": ")
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{word}: {_text(base or 'data package')}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f'<header class="verdict {word}"><span class="sign" aria-hidden="true">{"✓" if report.valid else "✕"}</span>',
        f"<div><h1>{word.capitalize()}</h1><p>{_text(said)}{f' · {_code(base)}' if base else ''}</p></div></header>",
        *_tiles(report),
        *_counts(report),
        *_files(report, base),
        *_notes("Baseline", remarks(report)),
        *_notes("Not checked", list(_unchecked(report))),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines)


def _text(text: str, limit: int = 1000) -> str:
    return escape(visible(text, limit))


def _code(text: str, limit: int = 300) -> str:
    return f"<code>{_text(text, limit)}</code>"


# --- the head of the page --------------------------------------------------------------------------------------------


def _tiles(report: Report) -> Iterator[str]:
    told: list[tuple[str, str, int]] = [("Errors", "error" if report.errors else "", report.errors)]
    told.append(("Warnings", "warning" if report.warnings else "", report.warnings))
    told += [(name.capitalize(), "", n) for name in ("tables", "rows") if isinstance(n := report.stats.get(name), int)]
    told.append(("Not checked", "", len(report.unchecked)))
    tiles = (f'<div class="{kind}"><dt>{name}</dt><dd>{n:,}</dd></div>' for name, kind, n in told)
    yield f'<dl class="tiles">{"".join(tiles)}</dl>'


def _counts(report: Report) -> Iterator[str]:
    if not report.counts:
        return
    bad = {finding.code for finding in report.findings if finding.severity == "error"}
    yield "<h2>What is wrong</h2>"
    heads = '<th></th><th class="n">problems</th><th>code</th><th>what it means</th>'
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for code, n in sorted(report.counts.items(), key=lambda item: (-item[1], item[0])):
        kind = "error" if code in bad else "warning"
        yield (
            f'<tr class="{kind}"><td class="sign-s" title="{kind}">{_SIGNS[kind]}</td><td class="n">{n:,}</td>'
            f"<td>{_code(code)}</td><td>{_text(title_of(code))}</td></tr>"
        )
    yield "</tbody></table>"


# --- findings --------------------------------------------------------------------------------------------------------


def _files(report: Report, base: str) -> Iterator[str]:
    files = by_file(report, base)
    if len(files) > 3:
        yield "<nav><h2>Files</h2><ul>"
        for n, (place, found) in enumerate(files[:_FINDINGS]):
            yield f'<li><a href="#f{n}">{_code(place)}</a> <small>{sum(f.count for f in found):,}</small></li>'
        yield "</ul></nav>"
    room = _FINDINGS
    left: list[Finding] = []
    for n, (place, found) in enumerate(files):
        alike: Counter[str] = Counter()
        shown: list[Finding] = []
        for finding in found:
            alike[finding.code] += 1
            (shown if alike[finding.code] <= _ALIKE and len(shown) < room else left).append(finding)
        room -= len(shown)
        if shown:
            problems = count(sum(finding.count for finding in found), "problem")
            yield f'<section id="f{n}"><h2>{_code(place)} <small>{problems}</small></h2>'
            for finding in shown:
                yield from _finding(finding, base, _PLACES[len(report.findings) > _MANY])
            yield "</section>"
    if left:
        more = count(len(left), "more finding")
        yield f'<p class="left">{more} with {count(sum(f.count for f in left), "problem")} not shown on this page.</p>'


def _finding(finding: Finding, base: str, places: int) -> Iterator[str]:
    yield f'<article class="{finding.severity}">'
    about = "".join(f'<span class="about">{_code(cut(part))}</span>' for part in (finding.field,) if part)
    rule = f'<span class="about" title="rule">{_code(cut(finding.rule))}</span>' if finding.rule else ""
    times = "" if finding.count == 1 else f'<span class="times">{finding.count:,} times</span>'
    yield f'<h3><span class="code">{_code(finding.code)}</span>{about}{rule}{times}</h3>'
    yield f"<p>{_text(finding.message)}</p>"
    yield from _values(finding)
    yield from _places(finding, base, places)
    if finding.hint:
        yield f'<p class="hint">{_text(finding.hint)}</p>'
    yield "</article>"


def _values(finding: Finding) -> Iterator[str]:
    if finding.count == 1 or not any(value for value, _ in finding.values):
        return
    of = f"{len(finding.values)} of {finding.distinct:,}" if finding.distinct > len(finding.values) else ""
    least = "" if finding.values_complete else "counts are at least as high"
    said = "; ".join(part for part in (of, least) if part)
    yield f'<div class="label">Values{f" ({said})" if said else ""}</div><ul class="values">'
    most = max(n for _, n in finding.values)
    for value, n in finding.values:
        bar = f'<meter min="0" max="{most}" value="{n}"></meter>'
        yield f'<li>{_code(quoted(value))}<span class="n">{n:,}</span>{bar}</li>'
    yield "</ul>"


def _places(finding: Finding, base: str, most: int) -> Iterator[str]:
    own = len({sample.message for sample in finding.samples}) > 1
    lines = []
    for one in finding.samples[:most]:
        value = _code(quoted(one.value)) if one.value is not None else ""
        said = f' <span class="of">{_text(one.message, 300)}</span>' if own else ""
        what = f"<span>{value}{said}</span>" if value or said else ""
        if heading(one, base) != heading(finding.first, base):
            lines.append(f'<li class="wide">{_code(spot(one, base))} {what}</li>')
        elif one.line or one.row or what:
            lines.append(f"<li>{_code(_line(one))}{what}</li>")
    more = finding.count - min(len(finding.samples), most)
    if more and finding.count > 1:
        lines.append(f'<li class="of">and {more:,} more</li>')
    if not lines:
        return
    if finding.count > 1:
        yield '<div class="label">Places</div>'
    yield from _listed(lines[:_OPEN])
    if len(lines) > _OPEN:
        yield f"<details><summary>{len(lines) - _OPEN:,} more lines</summary>"
        yield from _listed(lines[_OPEN:])
        yield "</details>"


def _line(one: Problem) -> str:
    if one.line:
        return f"line {one.line}:{one.column}" if one.column else f"line {one.line}"
    return f"row {one.row}" if one.row else "the file"


def _listed(lines: Iterable[str]) -> Iterator[str]:
    yield '<ul class="places">'
    yield from lines
    yield "</ul>"


# --- what was not judged ---------------------------------------------------------------------------------------------


def _unchecked(report: Report) -> Iterator[str]:
    for names, things, reason in reasons(report.unchecked):
        yield f"{f'{some(names, 5)}: ' if names else ''}{some(things, 20)}: {reason}"


def _notes(title: str, notes: list[str]) -> Iterator[str]:
    if notes:
        yield f'<h2>{title} <small>{len(notes):,}</small></h2><ul class="notes">'
        yield from (f"<li>{_text(note)}</li>" for note in notes[:_NOTES])
        if len(notes) > _NOTES:
            yield f"<li>and {len(notes) - _NOTES:,} more</li>"
        yield "</ul>"
