"""The examples in deploy/: linted by what each is for, and every command of ours in them is a real one."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from acagraph.cli import main

from published import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
PROGRAM = "/opt/acagraph/bin/acagraph"
# The newest that the validator knows, and the oldest that has all fields: preStop may sleep since 1.30.
KUBERNETES = ("1.30", "1.37")
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
MOST_EXPOSED = 20  # tenths of systemd's 10, which is a service that may do everything


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile with their arguments, continued lines put together."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]


def resources(path: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(path.read_text("utf-8")) if each]


def containers(path: Path) -> Iterator[dict[str, Any]]:
    for each in resources(path):
        if each["kind"] == "Deployment":
            yield from each["spec"]["template"]["spec"]["containers"]


def started(unit: Path) -> list[str]:
    found = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), flags=re.MULTILINE)
    assert len(found) == 1
    return shlex.split(found[0])


def ours() -> Iterator[tuple[str, list[str]]]:
    """Yield the words after `acagraph` of every command line in the examples, with the file's name."""
    for unit in UNITS:
        program, *words = started(unit)
        assert program == PROGRAM
        yield unit.name, words
    for name, arguments in instructions():
        if name == "RUN":
            for command in arguments.split(" && "):
                if command.startswith(PROGRAM):
                    yield "Containerfile", shlex.split(command)[1:]
        elif name == "CMD":
            yield "Containerfile", json.loads(arguments)
    for path in MANIFESTS:
        for container in containers(path):
            yield path.name, container["args"]


def problem(words: list[str]) -> str:
    """Say why acagraph would not take these words, or nothing; nothing is run."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words[0])
        if found is None:
            return f"there is no command {words[0]}"
        command, words = found, words[1:]
    # What is opened when it is parsed may be missing here: only words that are not known are wrong.
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    if unknown:
        return f"{command.name} has no {unknown[0]}"
    try:
        command.make_context(command.name, list(words))
    except click.BadParameter as error:
        return "" if "does not exist" in error.message else error.format_message()
    except click.UsageError as error:
        return error.format_message()
    return ""


def test_every_command_is_one_of_acagraph() -> None:
    remote = {option for parameter in main.commands["serve"].params for option in parameter.opts}
    # What serves a remote store is judged as soon as `serve` can ask one.
    found = [(name, words) for name, words in ours() if "--store" not in words or "--store" in remote]
    assert {name for name, _ in ours()} == {"Containerfile", *names(UNITS), *names(MANIFESTS)}
    assert {name: told for name, words in found if (told := problem(list(words)))} == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["serve", "--folder", "x"], "serve has no --folder"),
        (["server"], "there is no command server"),
        (["serve", "--port", "many"], "Invalid value"),
        (["serve", "here"], "unexpected extra argument"),
    ],
)
def test_a_command_that_is_none_would_be_seen(words: list[str], told: str) -> None:
    assert told in problem(words)


@pytest.mark.parametrize("unit", UNITS, ids=names(UNITS))
def test_systemd_takes_the_unit_and_finds_it_confined(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    # It looks for the program, which is not installed there.
    copy = tmp_path / unit.name
    text = unit.read_text("utf-8").replace(PROGRAM, str(Path(sys.executable).with_name("python")))
    copy.write_text(text, encoding="utf-8")
    verified = analyzed("verify", "--man=no", str(copy))
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    judged = analyzed("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", str(copy))
    assert judged.returncode == 0, judged.stdout + judged.stderr
    copy.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=mostly"), encoding="utf-8")
    assert "protect system" in analyzed("verify", "--man=no", str(copy)).stderr


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def test_the_containerfile_names_what_there_is() -> None:
    found = instructions()
    assert {name for name, _ in found} == INSTRUCTIONS
    stages = [arguments for name, arguments in found if name == "FROM"]
    # A tag of its own, and no host: which registry is asked is up to whoever builds.
    assert all(re.fullmatch(r"python:3\.\d+-slim(?: AS \w+)?", stage) for stage in stages)
    for name, arguments in found:
        if name == "COPY":
            *sources, _ = (word for word in arguments.split() if not word.startswith("--from="))
            if "--from=" not in arguments:
                assert [source for source in sources if not (ROOT / source).exists()] == []
        elif name in ("ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(arguments), list)
    users = [arguments for name, arguments in found if name == "USER"]
    assert users == ["65532:65532"]
    assert [name for name, _ in found][-2:] == ["ENTRYPOINT", "CMD"]
    made = [arguments for name, arguments in found if name == "RUN"]
    assert all(
        part.startswith(("python -m venv ", "/opt/acagraph/bin/"))
        for run in made
        for part in run.split(" && ")
    )


def test_the_containerfile_installs_what_is_locked_and_copies_what_a_build_needs(release: Path) -> None:
    found = instructions()
    installed = [arguments for name, arguments in found if name == "RUN" and "install" in arguments]
    assert "--require-hashes -r requirements/publish.lock" in installed[0]
    assert "--no-deps --no-index" in installed[1]
    copied = {
        source
        for name, arguments in found
        if name == "COPY" and "--from=" not in arguments
        for source in arguments.split()[:-1]
    }
    inputs = json.loads((release / "manifest.json").read_text("utf-8"))["inputs"]
    needed = {entry["path"].partition("/")[0] for entry in inputs}
    assert needed <= copied
    for field in ("readme", "license-files"):
        (line,) = re.findall(rf"^{field} = (.*)$", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
        assert set(re.findall(r'"([^"]+)"', line)) <= copied


@pytest.mark.parametrize("path", MANIFESTS, ids=names(MANIFESTS))
@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_takes_the_manifests(path: Path, version: str) -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    found = resources(path)
    assert {"Deployment", "Service", "PodDisruptionBudget"} == {each["kind"] for each in found}
    for each in found:
        validator.validate(each, version, strict=True)
    wrong = found[0] | {"spec": found[0]["spec"] | {"replica": 2}}
    with pytest.raises(validator.ValidationError):
        validator.validate(wrong, version, strict=True)


@pytest.mark.parametrize("path", MANIFESTS, ids=names(MANIFESTS))
def test_what_kubernetes_does_not_judge(path: Path) -> None:
    deployment, service, budget = resources(path)
    pods = deployment["spec"]["template"]
    labels = pods["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert (service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"]) == (labels, labels)
    assert budget["spec"]["minAvailable"] < deployment["spec"]["replicas"]
    (container,) = containers(path)
    (port,) = container["ports"]
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]
    words = container["args"]
    assert words[words.index("--port") + 1] == str(port["containerPort"])
    assert container["readinessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    assert container["livenessProbe"].keys() & {"httpGet", "tcpSocket"}
    grace = int(words[words.index("--grace") + 1]) + container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pods["spec"]["terminationGracePeriodSeconds"] > grace
    assert pods["spec"]["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_proxy_asks_the_unit_and_hides_what_is_for_operators() -> None:
    path = DEPLOY / "Caddyfile"
    text = path.read_text("utf-8")
    words = started(DEPLOY / "acagraph.service")
    assert f"reverse_proxy 127.0.0.1:{words[words.index('--port') + 1]} {{" in text
    assert re.search(r"@inside path /metrics /healthz\n\trespond @inside 404\n", text)
    assert text.count("{") == text.count("}")
    if (caddy := shutil.which("caddy")) is not None:
        command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(path)]
        judged = subprocess.run(command, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stderr


def test_no_example_names_a_registry_or_a_secret() -> None:
    told = "\n".join(path.read_text("utf-8") for path in sorted(DEPLOY.rglob("*")) if path.is_file())
    hosts = set(re.findall(r"\b(?:[a-z0-9-]+\.)+(?:com|dev|io|net|org)\b", told))
    assert hosts <= {
        "data.example.org",
        "images.example.org",
        "w3id.org",
        "sparql.example.org",
        "app.kubernetes.io",
        "kubernetes.io",
    }
    assert not re.search(
        r"password|secret|token(?!:)", re.sub("automountServiceAccountToken", "", told), re.IGNORECASE
    )
