"""Preparing the data folder, and starting web and worker."""

import contextlib
import gc
import logging
import multiprocessing
import os
import re
from collections.abc import Iterator
from typing import Any

import click

from portal import certificate, config, db, language, lock, processes
from portal.documents import seal
from portal.oversight import checkpoints
from portal.retention import closed, ledger
from portal.vault import box, durable, keystore, ring, root

LISTENING_THREADS = 4
"""Per web process. One thread answers nearly all; the others are for answers that a slow line takes
long to fetch. More would only wait for each other."""
THREAD_LIFE = 600
"""Seconds an idle thread is kept, and with it its connection to the register."""
STOP_SECONDS = 5
NICENESS = 10
"""The worker gives way: people wait for pages, nobody for a sweep."""


class Line(logging.Formatter):
    """One record, one line: a path that somebody typed cannot pass for a second one."""

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", super().format(record))


LOG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.start.Line", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "_granian": {"level": "INFO"},
        "granian.access": {"level": "INFO"},
        "huey": {"level": "WARNING"},
    },
}
ACCESS = "%(method)s %(path)s %(status)d %(dt_ms).0f ms"
"""Neither the query string (words and numbers searched for) nor the address."""


def prepare(settings: config.Settings) -> list[str]:
    """Make folders, keys and schema; everything already there is left alone.

    Returns the names of the migrations that ran. A new root key is made only in a data folder
    that has no register yet: with one, a lost key must be restored, not replaced. Raises RootKeyMissing.
    """
    from tasks import huey

    config.use(settings)
    fresh = not settings.database.exists()
    stores = (settings.keystore, settings.objects, settings.threat_keystore, settings.threat_objects)
    for folder in (settings.data, settings.ledger, settings.inbox, *stores, settings.secrets):
        durable.make_folder(folder)
    if fresh and not root.is_given():
        root.make_file(settings.root_key)
    root.make_file(settings.web_key)  # a new one signs everybody out, no more
    checkpoints.prepare()
    ring.fresh()
    if not settings.keyring.exists():
        _begin_keyring(fresh)
    db.bind(settings)
    ran = db.migrate()
    of_group = 0 if fresh else settings.database.stat().st_mode & 0o040  # so that it may sign the log's head
    settings.database.chmod(0o600 | of_group)
    if not settings.queue_database.exists():
        huey.storage.close()
        huey.storage.initialize_schema()
        settings.queue_database.chmod(0o600)
    return ran


def _begin_keyring(fresh: bool) -> None:
    """Of a new register, or of one from before there were keyrings: then this root key is the first and only one."""
    keystore.refuse_another_root()
    if not fresh:
        try:
            ledger.tail()
        except ledger.Broken as error:
            raise box.RootKeyMissing(
                "the keyring is missing, and the root key is not that of the ledger: take it from a backup of keys"
            ) from error
    ring.begin()


@contextlib.contextmanager
def _running(settings: config.Settings, *, sealing: bool) -> Iterator[None]:
    """For as long as web or worker run nothing is restored; and no start while it is, nor with code that is not
    installed whole: each web process would end, and be started again for ever. Raises ConfigError.

    `sealing`: a certificate that cannot seal stops the start. Not the worker's: deletion does not wait for it."""
    config.use(settings)
    if not settings.data.is_dir():
        raise config.ConfigError("the data folder is not there: run `portal migrate`")
    language.compile_catalogues()
    with lock.together("running") as free:
        if not free:
            raise config.ConfigError("a restore is under way")
        check(settings)
        if sealing:
            seal.check(settings)
        yield


def check(settings: config.Settings) -> None:
    """Refuse to start on a data folder that is not ready, or holds an older register than the ledger
    knows. Raises ConfigError with what to do."""
    if not settings.database.exists() or not settings.queue_database.exists():
        raise config.ConfigError("the data folder holds no register: run `portal migrate`")
    try:
        ring.fresh()
        box.web("cookies")
    except box.RootKeyMissing as error:
        raise config.ConfigError(str(error)) from error
    db.bind(settings)
    try:
        if waiting := db.pending():
            raise config.ConfigError(f"{len(waiting)} migrations have not run: run `portal migrate`")
        if not settings.keyring.exists():
            raise config.ConfigError("the keyring is missing from the folder of secrets: run `portal migrate`")
        closed.refuse()
    finally:
        db.db.close()  # each process that is started opens its own


@click.command()
def migrate() -> None:
    """Create or upgrade the data folder."""
    try:
        ran = prepare(config.settings())
    except box.RootKeyMissing as error:
        raise config.ConfigError(str(error)) from error
    click.echo("\n".join(ran) or "up to date")


def _application(_target: str) -> Any:
    """Runs in each web process."""
    processes.end_with_parent()
    processes.keep_memory()
    from portal import create_app

    app = create_app()
    gc.collect()
    gc.freeze()  # what lives as long as the process is not looked through again with each request's litter
    return app


@click.command()
def serve() -> None:
    """Serve the portal over HTTPS, in the foreground, until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols

    settings = config.settings()
    click.get_current_context().with_resource(_running(settings, sealing=True))
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise config.ConfigError("tls_cert and tls_key belong together: set both or neither")
    tls = certificate.ensure(settings)
    for file in (tls.certificate, tls.key):
        if not file.is_file():
            raise config.ConfigError(f"the certificate file {file.name} is not there")
    Granian(
        "app:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=settings.workers,
        blocking_threads=LISTENING_THREADS,
        blocking_threads_idle_timeout=THREAD_LIFE,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_dictconfig=LOG,
        log_access=True,
        log_access_format=ACCESS,
        ssl_cert=tls.certificate,
        ssl_key=tls.key,
        ssl_protocol_min=SSLProtocols.tls12,
        process_name="portal",
    ).serve(target_loader=_application)


@click.command()
def worker() -> None:
    """Bring calls in, make them playable and delete what is due, in the foreground, until SIGTERM."""
    import logging.config

    from huey.consumer import Consumer

    from tasks import huey
    from tasks.rounds import ROUNDS, Rounds

    class Worker(Consumer):
        scheduler_class = Rounds

    settings = config.settings()
    click.get_current_context().with_resource(_running(settings, sealing=False))
    logging.config.dictConfig(LOG)

    @huey.on_startup()  # type: ignore[untyped-decorator]  # huey has no types
    def begin() -> None:
        processes.end_with_parent()
        processes.keep_memory()

    @huey.pre_execute()  # type: ignore[untyped-decorator]  # huey has no types
    def connected(task: object) -> None:
        db.connect()

    os.nice(NICENESS)
    consumer = Worker(
        huey,
        workers=len(ROUNDS),  # a long import keeps no purge waiting
        worker_type="process",
        periodic=False,
        max_delay=1.0,
        graceful_signal="TERM",
        shutdown_timeout=STOP_SECONDS,
    )
    logging.getLogger("portal").info("worker started")
    consumer.run()
    for child in multiprocessing.active_children():  # one that did not heed the interrupt; every sweep bears it
        child.kill()
    logging.getLogger("portal").info("worker ended")
