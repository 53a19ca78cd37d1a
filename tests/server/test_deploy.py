"""The files that start the server elsewhere are what their readers take, as far as those are here to tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from locant.server.settings import PREFIX, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"


def loaded(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")))


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_dockerfile_has_nothing_that_hadolint_complains_of() -> None:
    assert run(str(Path(sys.executable).parent / "hadolint"), str(DEPLOY / "Dockerfile")) == ""


def test_the_kubernetes_objects_fit_their_schemas() -> None:
    said = run(str(Path(sys.executable).parent / "kubernetes-validate"), "--strict", str(DEPLOY / "kubernetes.yaml"))
    assert said.count("passed") == len(loaded("kubernetes.yaml"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = (DEPLOY / "locant.service").read_text(encoding="utf-8")
    unit = tmp_path / "locant.service"
    unit.write_text(text.replace("/opt/locant/bin/locant", sys.executable))
    assert run("systemd-analyze", "verify", "--man=no", str(unit)) == ""


def test_the_compose_file_names_what_it_uses() -> None:
    [compose] = loaded("compose.yaml")
    service = compose["services"]["locant"]
    assert set(service["secrets"]) <= set(compose["secrets"])
    assert {volume.split(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,
    reason="no docker compose here",
)
def test_docker_compose_takes_the_file() -> None:
    run("docker", "compose", "--file", str(DEPLOY / "compose.yaml"), "config", "--quiet")


def test_every_setting_that_the_files_name_exists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in DEPLOY.iterdir() if path.is_file()]
    variables = {name.lower() for text in texts for name in re.findall(rf"{PREFIX}([A-Z_]+)", text)}
    table = next(one for one in loaded("kubernetes.yaml") if one["kind"] == "ConfigMap")["data"]["server.toml"]
    variables |= {line.split(" = ")[0] for line in table.splitlines()}
    assert variables and variables <= set(Settings.model_fields)


def test_the_folders_that_the_image_is_made_of_are_all_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (\w+) \1$", text, re.M)
    assert all((DEPLOY.parent / folder / "__init__.py").is_file() for folder in copied)
    assert {"core", "indexer", "retriever", "agent_tools", "server", "eval"} <= set(copied)
