"""What runs where data is changed: the action, the hook, the workflows and the snippets of docs/ci.md. Their very commands
are run here, with what GitHub, GitLab and pre-commit would give them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "tests" / "packages"
SCRIPTS = Path(sysconfig.get_path("scripts"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


SNIPPETS = [yaml.safe_load(block) for block in blocks("yaml")]
WORKFLOWS = [block for block, read in zip(blocks("yaml"), SNIPPETS, strict=True) if "jobs" in read]
CONFIGS = [block for block, read in zip(blocks("yaml"), SNIPPETS, strict=True) if "repos" in read]
(GITLAB,) = [block for block, read in zip(blocks("yaml"), SNIPPETS, strict=True) if "validate" in read]


def environment(**more: str) -> dict[str, str]:
    """The environment of a job: nothing of this one but where programs are, and this project's first."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "CI": "true", **more}


# --- each file against its own standard ------------------------------------------------------------------------------


def judged(schema: str, *files: Path) -> None:
    """Lets check-jsonschema judge files by a schema that it ships."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def written(folder: Path, texts: list[str]) -> list[Path]:
    paths = [folder / f"{n}.yml" for n, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_the_action_and_the_workflows_are_as_github_wants_them(tmp_path: Path) -> None:
    judged("github-actions", ROOT / "action.yml")
    judged("github-workflows", *sorted((ROOT / ".github" / "workflows").iterdir()), *written(tmp_path, WORKFLOWS))


def test_the_snippet_for_gitlab_is_as_gitlab_wants_it(tmp_path: Path) -> None:
    judged("gitlab-ci", *written(tmp_path, [GITLAB]))


def test_the_citation_is_as_its_format_wants_it() -> None:
    judged("citation-file-format", ROOT / "CITATION.cff")


def test_the_hook_and_its_configurations_are_as_pre_commit_wants_them(tmp_path: Path) -> None:
    configs = [ROOT / ".pre-commit-config.yaml", *written(tmp_path, CONFIGS)]
    for what, files in (("manifest", [ROOT / ".pre-commit-hooks.yaml"]), ("config", configs)):
        command = [sys.executable, "-m", "pre_commit", f"validate-{what}", *map(str, files)]
        done = subprocess.run(command, env=environment(PRE_COMMIT_HOME=str(tmp_path)), capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


def every_use(node: Any) -> list[str]:
    if isinstance(node, dict):
        mine = [node["uses"]] if isinstance(node.get("uses"), str) else []
        return mine + [use for value in node.values() for use in every_use(value)]
    return [use for value in node for use in every_use(value)] if isinstance(node, list) else []


def test_other_peoples_actions_are_pinned_to_commits() -> None:
    files = [yaml.safe_load(p.read_text(encoding="utf-8")) for p in (ROOT / ".github" / "workflows").iterdir()]
    others = [use for use in every_use([ACTION, *files, *SNIPPETS]) if not use.startswith(("./", "newspkg/"))]
    assert len(others) > 5
    for use in others:
        assert re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", use), use


def test_this_repository_uses_it_on_itself() -> None:
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert any(step.get("run") == ".ci/run" for step in ci["jobs"]["check"]["steps"])
    assert any(step.get("uses") == "./" for step in ci["jobs"]["dataset"]["steps"])
    own = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (mine,) = [hook for repo in own["repos"] for hook in repo["hooks"] if hook["id"] == HOOK["id"]]
    assert mine["entry"].removeprefix(".venv/bin/") == HOOK["entry"]
    assert mine["files"] == HOOK["files"] and mine["pass_filenames"] is HOOK["pass_filenames"] is False


# --- the action ------------------------------------------------------------------------------------------------------


@dataclass
class Ran:
    """What a step did: its exit code and log, the outputs it set, the summary it wrote."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


def step(name: str) -> dict[str, Any]:
    (found,) = [one for one in ACTION["runs"]["steps"] if one.get("name") == name]
    return dict(found)


def filled(text: str, inputs: Mapping[str, str], python: str) -> str:
    """An expression with its value in its place, as the runner has it."""
    text = text.replace("${{ steps.python.outputs.python-path }}", python)
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: inputs[found[1]], text)


def run_step(one: Mapping[str, Any], workspace: Path, runner: Path, **given: str) -> Ran:
    """Runs a step as the runner does: its script in a file, in the workspace, by its shell."""
    inputs = {name: str(about.get("default", "")) for name, about in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in given.items()
    }
    assert set(inputs) == set(ACTION["inputs"]), "an input that the action does not have"
    assert one["shell"] == "bash"
    runner.mkdir(exist_ok=True)
    script, output, summary = runner / "script.sh", runner / "output", runner / "summary.md"
    script.write_text(one["run"], encoding="utf-8")
    for file in (output, summary):
        file.write_text("", encoding="utf-8")
    env = {name: filled(value, inputs, sys.executable) for name, value in one["env"].items()}
    github = {
        "GITHUB_OUTPUT": output,
        "GITHUB_STEP_SUMMARY": summary,
        "GITHUB_ACTION_PATH": ROOT,
        "RUNNER_TEMP": runner,
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=workspace,
        env=environment(GITHUB_ACTIONS="true", **{k: str(v) for k, v in github.items()}, **env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    outputs = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
    return Ran(done.returncode, done.stdout + done.stderr, outputs, summary.read_text(encoding="utf-8"))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with a good package, a bad one and one that is in no order at all."""
    shutil.copytree(PACKAGES / "good", tmp_path / "checkout" / "good")
    shutil.copytree(PACKAGES / "broken" / "foreign-key", tmp_path / "checkout" / "bad")
    return tmp_path / "checkout"


def validate(workspace: Path, **given: str) -> Ran:
    """The step that validates, with this project's own environment as the one that was installed."""
    runner = workspace.parent / "runner"
    runner.mkdir(exist_ok=True)
    if not (runner / "newspkg").exists():
        (runner / "newspkg").symlink_to(sys.prefix)
    return run_step(step("Validate"), workspace, runner, **given)


def test_no_input_is_text_of_a_script() -> None:
    for one in ACTION["runs"]["steps"]:
        assert "${{" not in one.get("run", ""), one["name"]


def test_every_input_is_used_and_every_output_is_set(workspace: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in ACTION["inputs"]:
        assert f"inputs.{name} " in text, name
    ran = validate(workspace, path="bad")
    set_by_step = {re.search(r"outputs\.(\w+)", about["value"])[1] for about in ACTION["outputs"].values()}  # type: ignore[index]
    assert set_by_step == set(ran.outputs)
    assert step("Validate")["id"] == "validate"


def test_a_good_package_passes(workspace: Path) -> None:
    ran = validate(workspace, path="good")
    assert (ran.code, ran.outputs["verdict"]) == (0, "valid")
    assert "::error" not in ran.log
    assert "valid" in ran.summary
    assert json.loads(Path(ran.outputs["report"]).read_text(encoding="utf-8"))["valid"] is True


def test_a_bad_one_fails_with_annotations_sarif_and_a_summary(workspace: Path) -> None:
    ran = validate(workspace, path="bad")
    assert (ran.code, ran.outputs["verdict"]) == (1, "invalid")
    assert "::error file=bad/loans.csv,line=3," in ran.log
    assert "bad/loans.csv" in ran.summary
    (result,) = json.loads(Path(ran.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("bad/loans.csv", 3)


def test_it_need_not_fail_and_need_not_annotate(workspace: Path) -> None:
    ran = validate(workspace, path="bad", fail_on="never", annotations="false")
    assert (ran.code, ran.outputs["verdict"]) == (0, "invalid")
    assert "::error" not in ran.log
    assert "bad/loans.csv" in ran.summary


def test_known_problems_are_set_aside(workspace: Path) -> None:
    subprocess.run(
        [SCRIPTS / "pkg", "validate", "bad", "--write-baseline", "known.json"],
        cwd=workspace,
        env=environment(),
        capture_output=True,
        check=False,
    )
    ran = validate(workspace, path="bad", baseline="known.json")
    assert (ran.code, ran.outputs["verdict"]) == (0, "valid")


def test_further_arguments_are_one_a_line_whatever_is_in_them(workspace: Path) -> None:
    ran = validate(workspace, path="bad", args="--resource=books\n\n--limit\n7\n")
    assert (ran.code, ran.outputs["verdict"]) == (0, "valid")
    ran = validate(workspace, path="bad", args="--resource\nno such; touch stolen\n")
    assert (ran.code, ran.outputs["verdict"]) == (2, "none")
    assert "no such; touch stolen" in ran.log and not (workspace / "stolen").exists()


@pytest.mark.parametrize(
    "path", ["nowhere", '"; touch stolen; "', "$(touch stolen)", "`touch stolen`", "--help", "a\nb", ""]
)
def test_a_path_is_a_path_and_never_a_command(workspace: Path, path: str) -> None:
    ran = validate(workspace, path=path)
    assert ran.code == 2
    assert ran.outputs == {"verdict": "none"}
    assert not (workspace / "stolen").exists()


def test_the_upload_is_asked_for_and_permitted() -> None:
    one = step("Upload to code scanning")
    condition = " ".join(one["if"].split())
    for needed in (
        "!cancelled()",
        "inputs.upload-sarif == 'true'",
        "steps.validate.outputs.sarif != ''",
        "github.event.pull_request.head.repo.full_name == github.repository",
    ):
        assert needed in condition
    assert ACTION["inputs"]["upload-sarif"]["default"] == "false"
    assert one["with"]["sarif_file"] == "${{ steps.validate.outputs.sarif }}"


@pytest.mark.slow  # installs all that the validator needs
def test_the_action_installs_what_it_runs(workspace: Path) -> None:
    runner = workspace.parent / "runner"
    ran = run_step(step("Install the validator"), workspace, runner)
    assert ran.code == 0, ran.log
    ran = run_step(step("Validate"), workspace, runner, path="good")
    assert (ran.code, ran.outputs["verdict"]) == (0, "valid"), ran.log


# --- the hook --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "runs"),
    [
        ("datapackage.json", True),
        ("data/quotes.csv", True),
        ("data/2031/quotes.parquet", True),
        ("schemas/quotes.json", True),
        ("packages/birds/datapackage.json", True),
        ("packages/birds/data/seen.csv", True),
        ("README.md", False),
        ("mydata/notes.txt", False),
        ("old-datapackage.json", False),
        ("datapackage.json.bak", False),
    ],
)
def test_the_hook_runs_where_a_package_changes(file: str, runs: bool) -> None:
    assert bool(re.search(HOOK["files"], file)) is runs


def test_its_command_judges_the_package_it_runs_in(workspace: Path) -> None:
    assert HOOK["language"] == "python" and "args" not in HOOK
    for folder, code in (("good", 0), ("bad", 1)):
        done = subprocess.run(
            shlex.split(HOOK["entry"]), cwd=workspace / folder, env=environment(), capture_output=True, check=False
        )
        assert done.returncode == code


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *names, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=True
    )
    return done.stdout


def hooked(folder: Path, home: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "pre_commit", "run"]
    env = environment(PRE_COMMIT_HOME=str(home))
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_pre_commit_keeps_a_broken_table_from_being_committed(workspace: Path, tmp_path: Path) -> None:
    """This repository's own configuration, run by pre-commit itself."""
    repo = workspace / "good"
    (repo / ".venv").symlink_to(sys.prefix)
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (local,) = config["repos"]
    local["hooks"] = [hook for hook in local["hooks"] if hook["id"] == "pkg-validate"]
    (repo / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (repo / ".gitignore").write_text(".venv\n", encoding="utf-8")
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", ".")
    code, log = hooked(repo, tmp_path / "home")
    assert code == 0 and "Passed" in log, log
    git(repo, "commit", "-q", "-m", "first")

    (repo / "README.md").write_text("Nothing to judge.\n", encoding="utf-8")
    git(repo, "add", ".")
    code, log = hooked(repo, tmp_path / "home")
    assert code == 0 and "Skipped" in log, log

    (table,) = [path for path in (repo / "data").iterdir() if path.name == "quotes.csv"]
    table.write_text(table.read_text(encoding="utf-8") + "stray\n", encoding="utf-8")
    git(repo, "add", ".")
    code, log = hooked(repo, tmp_path / "home")
    assert code == 1 and "Failed" in log and "data/quotes.csv" in log, log


@pytest.mark.slow  # pre-commit makes an environment with all that the validator needs
def test_pre_commit_installs_the_hook_from_this_repository(workspace: Path, tmp_path: Path) -> None:
    source = tmp_path / "newspkg"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemas", source / "schemas")
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    git(source, "init", "-q", "-b", "main")
    git(source, "add", ".")
    git(source, "commit", "-q", "-m", "as it stands")
    for folder, code in (("good", 0), ("bad", 1)):
        repo = workspace / folder
        git(repo, "init", "-q", "-b", "main")
        git(repo, "add", ".")
        command = [sys.executable, "-m", "pre_commit", "try-repo", str(source), "pkg-validate"]
        env = {**os.environ, **environment(PRE_COMMIT_HOME=str(tmp_path / "home"))}
        done = subprocess.run(command, cwd=repo, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert ("loans.csv:3" in done.stdout) is (folder == "bad")


# --- the guide -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["good", "bad"])
def test_what_gitlab_is_told_to_run_writes_what_it_is_told_to_collect(workspace: Path, folder: str) -> None:
    job = yaml.safe_load(GITLAB)["validate"]
    where = workspace / folder

    def run(script: list[str]) -> int:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(script)], cwd=where, env=environment(), check=False
        ).returncode

    assert run(job["script"]) == (1 if folder == "bad" else 0)
    assert run(job["after_script"]) == 0
    for path in [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]:
        assert (where / path).stat().st_size > 0, path
    quality = json.loads((where / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    failures = ET.parse(where / job["artifacts"]["reports"]["junit"]).getroot().iter("failure")
    if folder == "good":
        assert quality == [] and not list(failures)
        return
    assert len(list(failures)) == 1
    (one,) = quality
    assert set(one) == {"check_name", "description", "fingerprint", "severity", "location"}
    assert one["location"] == {"path": "loans.csv", "lines": {"begin": 3}}
    assert one["severity"] in ("info", "minor", "major", "critical", "blocker")


def test_the_workflow_without_the_action_annotates(workspace: Path) -> None:
    (steps,) = [w["jobs"]["validate"]["steps"] for w in map(yaml.safe_load, WORKFLOWS) if "pip install" in str(w)]
    (command,) = [one["run"] for one in steps if one.get("run", "").startswith("pkg ")]
    summary = workspace / "summary.md"
    done = subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=workspace / "bad",
        env=environment(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "::error file=loans.csv,line=3," in done.stdout
    assert "foreign-key" in summary.read_text(encoding="utf-8")


@pytest.mark.parametrize("block", [b for b in blocks("sh") if "--install-completion" not in b])
def test_the_commands_for_any_shell_run(workspace: Path, block: str) -> None:
    done = subprocess.run(
        ["bash", "-eu", "-c", block],
        cwd=workspace / "good",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("folder", "word"), [("good", "good"), ("bad", "the data has problems"), (".", "(2)")])
def test_a_script_tells_bad_data_from_a_bad_call(workspace: Path, folder: str, word: str) -> None:
    (block,) = [b for b in blocks("sh") if "case $code in" in b]
    done = subprocess.run(
        ["bash", "-eu", "-c", block],
        cwd=workspace / folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].endswith(word)


def test_the_guide_names_every_input_of_the_action_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (?:`([^`]+)`)? *\|", GUIDE, re.MULTILINE))
    assert rows == {name: str(about.get("default", "")) for name, about in ACTION["inputs"].items()}
    for name in ACTION["outputs"]:
        assert f"`{name}`" in GUIDE
