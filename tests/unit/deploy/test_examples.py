"""The examples of docs/install.md name what there is."""

import hashlib
import re
import tomllib
from pathlib import Path

from firstlight.cli.install import plan
from firstlight.config import Config

PROJECT = Path(__file__).parents[3]
YOCTO = PROJECT / "deploy/yocto"
RECIPE = (YOCTO / "firstlight_git.bb").read_text()
CONTAINER = (PROJECT / "deploy/container/Containerfile").read_text()
OF_PYTHON_ITSELF = {"core", "asyncio", "sqlite3"}


def test_the_recipe_names_the_dependencies() -> None:
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    needed = {re.split(r"[<>=\[; ]", one)[0] for one in wanted}
    [named] = re.findall(r'RDEPENDS:\$\{PN\} \+= "(.*?)"', RECIPE, re.DOTALL)
    assert set(re.findall(r"python3-(\S+)", named)) - OF_PYTHON_ITSELF == needed


def test_the_recipe_names_files_and_licence() -> None:
    files = re.findall(r"\$\{PACKAGED\}/(\S+)", RECIPE)
    assert set(files) >= {"firstlight.service", "firstlight.polkit.rules"}
    assert all((PROJECT / "src/firstlight/packaged" / file).is_file() for file in files)
    [digest] = re.findall(r"LICENSE;md5=(\w+)", RECIPE)
    licence = (PROJECT / "LICENSE").read_bytes()
    assert hashlib.md5(licence, usedforsecurity=False).hexdigest() == digest


def test_the_recipe_has_every_name_on_the_hotspot_lead_to_the_device() -> None:
    drop_in = YOCTO / "dnsmasq-shared.conf"
    assert f"${{S}}/{drop_in.relative_to(PROJECT)} ${{D}}${{sysconfdir}}/NetworkManager/" in RECIPE
    wanted = plan.drop_in(Config()).content.decode()
    assert f"{plan.MARK}\n{drop_in.read_text()}" == wanted


def test_the_container_names_files() -> None:
    files = re.findall(r"requirements/\S+\.lock", CONTAINER)
    assert files
    assert all((PROJECT / file).is_file() for file in files)
    assert (PROJECT / "src/firstlight/__main__.py").is_file()
