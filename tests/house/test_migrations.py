"""Migrations: up from nothing, in step with the models, down with data and up again."""

import datetime as dt
import inspect

import peewee
import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from portal import clock, config, start
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit import chain
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import MIGRATIONS, BaseModel, PublicModel, bind, db, migrate, pending
from portal.jobs.models import Job
from portal.recordings.models import Note, Recording
from portal.retention import sweeps
from portal.retention.models import Sweep
from portal.rights.models import Kind, Right, State
from portal.schema import MODELS
from tests.calls import recording
from tests.house.source import modules
from tests.people import grant, person


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


def test_what_was_written_for_oneself_alone_is_nobody_elses_after_a_step_down(people):
    row = recording(people.daycare)
    for own in (True, False):
        Note.create(recording=row, author=people.adviser, text="zq", own=own, at_ms=500)
    runner = Runner(db, str(MIGRATIONS))
    for name in reversed([step.name for step in runner.status() if step.name >= "0013"]):
        runner.down(name)
    runner.up()
    assert [(note.own, note.at_ms) for note in Note.select()] == [(False, None)]


def test_what_everybody_may_becomes_rights_with_an_end_the_same_each_time(people):
    """A backup from before is migrated when it is put back: the ledger must know its rights again."""
    both = person("eva", "Eva Prövberg", Role.MANAGER, Role.CONTROLLER, queues=[people.daycare, people.technical])
    grant(people.adviser, Role.CLERK, [people.elderly], until=clock.now())
    runner = Runner(db, str(MIGRATIONS))
    names = set()
    for _ in range(2):
        for name in reversed([step.name for step in runner.status() if step.name >= "0011"]):
            runner.down(name)
        runner.up()
        account = Account.get_by_id(both.id)
        assert account.roles == {Role.MANAGER, Role.CONTROLLER}
        assert account.queues_as(Role.MANAGER) == {people.daycare.id, people.technical.id}
        assert account.queues_as(Role.CONTROLLER) == frozenset(), "that role has no queues"
        assert Account.get_by_id(people.adviser.id).roles == {Role.ADVISER}, "what had ended is not given anew"
        rights = list(Right.select().where(Right.account == both.id))
        assert {(right.kind, right.state, right.waits) for right in rights} == {(Kind.CARRIED, State.GRANTED, None)}
        assert {right.ends_at for right in rights} == {clock.day_start(rights[0].last_on + dt.timedelta(days=1))}
        assert rights[0].last_on == clock.months_after(clock.today(), 12)
        assert {queue.queue_id for right in rights for queue in right.queues} == account.queue_ids
        names.add(frozenset(right.uuid for right in rights))
    assert len(names) == 1


def test_a_register_in_the_middle_of_a_long_look_keeps_its_sweeps_and_begins_without_long_work(people):
    with sweeps.running("inbox") as run:
        run.fault = "EIO"
    before = list(Sweep.select().dicts())
    runner = Runner(db, str(MIGRATIONS))
    for name in reversed([step.name for step in runner.status() if step.name >= "0015"]):
        runner.down(name)
    db.execute_sql('UPDATE "sweep" SET "whole" = 9, "done" = 3, "told_at" = 1')
    runner.up()
    assert list(Sweep.select().dicts()) == before
    assert (len(before), Job.select().count()) == (1, 0)


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
