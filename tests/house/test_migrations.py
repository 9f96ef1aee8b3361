"""Migrations: up from nothing, in step with the models, down with data and up again."""

import inspect

import peewee
import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from portal import config, start
from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import MIGRATIONS, BaseModel, PublicModel, bind, db, migrate, pending
from portal.recordings.models import Recording
from portal.schema import MODELS
from tests.calls import recording
from tests.house.source import modules


@pytest.fixture
def empty(tmp_path):
    """A database without a single table."""
    settings = config.use(config.load(tmp_path))
    bind(settings)
    db.connect()
    yield settings
    db.close()


def tables() -> set[str]:
    return {name for name in db.get_tables() if not name.startswith("sqlite_")}


def test_migrations_lead_from_nothing_to_the_models(empty):
    ran = migrate()
    assert ran == sorted(ran)
    assert len(ran) == len(list(MIGRATIONS.glob("[0-9]*.py")))
    assert not pending()
    assert {model._meta.table_name for model in MODELS} <= tables()


def test_migrations_are_in_step_with_the_models(empty):
    migrate()
    difference = diff_models(db, MODELS)
    assert not difference, f"write a migration:\n{difference}"


def test_the_comparison_sees_a_column_that_no_migration_made(empty):
    migrate()

    class Queue(PublicModel):
        number = peewee.CharField(unique=True)
        colour = peewee.CharField(null=True)

        class Meta:
            table_name = "queue"

    assert diff_models(db, [Queue])


def test_every_model_of_every_capability_is_in_the_schema():
    import importlib

    found = set()
    for name in modules():
        if name.startswith("portal.") and name.endswith((".models", "_models", ".watching")):
            module = importlib.import_module(name)
            found |= {
                thing
                for thing in vars(module).values()
                if inspect.isclass(thing) and issubclass(thing, BaseModel) and thing.__module__ == name
            }
    assert found == set(MODELS)
    assert len(MODELS) == len(set(MODELS))


def test_migrations_run_only_once(empty):
    migrate()
    assert migrate() == []


def test_every_migration_goes_down_with_data_and_up_again(people):
    row = recording(people.daycare)
    with db.atomic():
        record(Act.VIEWED, row, by=people.adviser)
    runner = Runner(db, str(MIGRATIONS))
    names = [step.name for step in runner.status()]
    for name in reversed(names):
        assert runner.down(name) == [name], name
    assert not tables() & {model._meta.table_name for model in MODELS}
    assert runner.up() == names
    assert not diff_models(db, MODELS)
    assert Recording.select().count() == 0


def test_the_logs_guard_goes_down_and_up_and_leaves_the_entries(people):
    with db.atomic():
        record(Act.SEARCHED, by=people.adviser)
    runner = Runner(db, str(MIGRATIONS))
    runner.down("0003_log_guard")
    runner.up()
    assert chain.verify().entries == 1
    with pytest.raises(peewee.IntegrityError):
        db.execute_sql("DELETE FROM audit_entry")


def test_preparing_a_data_folder_twice_changes_nothing(settings):
    keys = (settings.root_key.read_bytes(), settings.web_key.read_bytes())
    assert start.prepare(settings) == []
    assert (settings.root_key.read_bytes(), settings.web_key.read_bytes()) == keys
