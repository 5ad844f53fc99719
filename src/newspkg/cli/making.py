"""Commands that make packages, and what follows from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newspkg.cli.shell import OK, PROBLEMS, Format, app, progress_bar, result, say, show
from newspkg.problems import Problem, UsageError

if TYPE_CHECKING:
    from newspkg.build import Built

__all__ = ["build", "derive", "evaluate", "extract", "hydrate"]


def _curation(given: Path | None, root: Path) -> Path | None:
    """The folder of people's decisions: the one given, else `curation` in the package, else none."""
    if given is not None:
        return given
    usual = root / "curation"
    return usual if usual.is_dir() else None


def _table(built: Built) -> str:
    width = max(map(len, built.counts))
    return "\n".join(f"  {table:<{width}}  {n:>6}" for table, n in built.counts.items())


@app.command()
def build(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Articles: files, folders or globs. Default: the folder articles.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The package's folder. Default: this one.", show_default=False)
    ] = None,
    curation: Annotated[
        Path | None,
        typer.Option(
            help="The folder of people's decisions. Default: OUT/curation, where there is one.", show_default=False
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes at most; 0 means one a core.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but problems.")] = False,
) -> None:
    """Turn articles into a package: data/, schemas/ and datapackage.json.

    Example: pkg build examples/articles --curation examples/curation --out build/examples
    """
    from newspkg.build import build as run
    from newspkg.validate import validate as judge

    chosen = sources or [Path("articles")]
    if not sources and not chosen[0].exists():
        raise UsageError(
            "No sources are given and there is no folder articles here. Name the articles: pkg build FILE_OR_FOLDER..."
        )
    with progress_bar(quiet) as progress:
        root = out or Path()
        decided = _curation(curation, root)
        built = run(chosen, root, curation=decided, jobs=jobs, replace=out is not None, progress=progress)
    errors = show(built.problems)
    report = judge(root)
    if not quiet:
        state = "written" if built.changed else "unchanged"
        say(f"{built.root / 'datapackage.json'} {state}\n{_table(built)}")
        if errors:
            say(f"{errors} {'problem' if errors == 1 else 'problems'}; all else is in the package.")
    if not report.valid:
        codes = ", ".join(f"{code} ({n})" for code, n in report.counts.items())
        say(f"error: the package is not valid: {codes}. See: pkg validate {root}")
    raise typer.Exit(OK if report.valid and not errors else PROBLEMS)


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="Articles: files, folders or globs.", show_default=False)],
    curation: Annotated[
        Path | None,
        typer.Option(
            help="The folder of people's decisions. Default: ./curation, where there is one.", show_default=False
        ),
    ] = None,
) -> None:
    """Print what the rules find, before any correction: one JSON object per document and line.

    Example: pkg extract examples/articles/*.txt
    """
    from newspkg.build import extract as run

    errors = 0
    for found in run(files, curation=_curation(curation, Path())):
        if isinstance(found, Problem):
            errors += show([found])
        else:
            result(json.dumps(found, ensure_ascii=False))
    raise typer.Exit(PROBLEMS if errors else OK)


@app.command()
def derive(
    root: Annotated[Path, typer.Argument(help="The repository's folder.")] = Path(),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where a file is not current.")] = False,
    loaders: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write the loaders alone, to this folder; ROOT may then be any data package.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write what follows from the schemas and the catalogue: docs and loaders.

    Example: pkg derive --check
    """
    if loaders is not None:
        from newspkg.derive.anybody import write_loaders

        files = [str(loaders / name) for name in write_loaders(root, loaders, check=check)]
    else:
        from newspkg.cli.reference import reference
        from newspkg.derive import derive as run

        own = (root / "src" / "newspkg").is_dir()
        files = run(root, check=check, extra={"docs/cli.md": reference()} if own else {})
    for name in files:
        print(f"{name} {'is not current; run: pkg derive' if check else 'written'}")
    raise typer.Exit(PROBLEMS if check and files else OK)


@app.command()
def hydrate(
    texts: Annotated[
        list[Path], typer.Argument(help="Your copy of the articles: files, folders or globs.", show_default=False)
    ],
    package: Annotated[Path, typer.Option(help="The package's folder.")] = Path(),
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the filled copy goes; it is for you, not for publication.")
    ] = Path("hydrated"),
) -> None:
    """Fill the words of every span back in from your own copy of the articles.

    Example: pkg hydrate articles --out hydrated
    """
    from newspkg.hydrate import hydrate as run

    filled, problems = run(texts, package, out)
    errors = show(problems)
    say(f"{out / 'datapackage.json'} written: {filled} spans filled. It holds other people's words: do not publish it.")
    raise typer.Exit(PROBLEMS if errors else OK)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="The package taken as right: its folder.", show_default=False)],
    predicted: Annotated[Path, typer.Argument(help="The package that is judged: its folder.", show_default=False)],
    format: Annotated[Format, typer.Option(help="How to show the figures.")] = Format.text,
) -> None:
    """Compare a package with one taken as right: precision, recall and F1 of spans and fields.

    Both are folders with a datapackage.json, or with CSV files alone. Every figure names its criterion: exact,
    jaccard_0.8 and overlap say how the spans must lie, +equal that a cell must be equal too, +dates_meet that two dates
    must have a day in common. Each row counts once. The recall of a field is its accuracy over all rows of GOLD.

    Example: pkg evaluate . build/bare --format json
    """
    from newspkg.evaluate import evaluate as run

    found = run(gold, predicted)
    result(json.dumps(found.as_json(), ensure_ascii=False, indent=2) if format is Format.json else found.as_text())
