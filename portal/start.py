"""Preparing the data folder, and starting web and worker."""

import click

from portal import config, db
from portal.vault import box, durable


def prepare(settings: config.Settings) -> list[str]:
    """Make folders, keys and schema; everything already there is left alone.

    Returns the names of the migrations that ran. A new root key is made only in a data folder
    that has no register yet: with one, a lost key must be restored, not replaced.
    """
    config.use(settings)
    fresh = not settings.database.exists()
    for folder in (settings.data, settings.inbox, settings.keystore, settings.objects, settings.secrets):
        durable.make_folder(folder)
    if fresh:
        box.make_key_file(settings.root_key)
        box.make_key_file(settings.web_key)
    box.root("id")
    db.bind(settings)
    ran = db.migrate()
    settings.database.chmod(0o600)
    return ran


@click.command()
def migrate() -> None:
    """Create or upgrade the data folder."""
    ran = prepare(config.settings())
    click.echo("\n".join(ran) or "up to date")
