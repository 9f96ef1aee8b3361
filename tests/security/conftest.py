"""One city, built once; each file of tests has a copy of its register."""

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest

from portal import config, create_app, db
from portal.documents import setting
from tests.browser import register
from tests.conftest import Client
from tests.documents import made
from tests.security.city import City

CALLS = 40
"""Ordinary calls: what is looked for is what is special about the others."""


@pytest.fixture(scope="session")
def built(template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, City]:
    folder = tmp_path_factory.mktemp("city") / "data"
    shutil.copytree(template, folder)
    db.bind(config.use(config.load(folder)))
    db.connect()
    with pytest.MonkeyPatch.context() as patch, db.db.atomic():
        patch.setattr(os, "fsync", lambda _: None)  # filling is not what is tested
        patch.setattr(register, "MANY", CALLS)
        patch.setattr(setting, "Press", made.FakePress)
        city = City()
    db.checkpoint()
    db.db.close()
    return folder, city


@pytest.fixture(scope="module")
def city(built: tuple[Path, City], tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("copy") / "data"
    shutil.copytree(built[0], folder)
    patient = dataclasses.replace(config.load(folder), idle_minutes=600, proof_minutes=600)  # on however slow a machine
    db.bind(config.use(patient))
    db.connect()
    yield built[1]
    db.db.close()


@pytest.fixture(scope="module")
def portal(city: City) -> flask.Flask:
    app = create_app(config.settings())
    app.test_client_class = Client
    app.testing = False
    return app
