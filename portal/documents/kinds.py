"""What documents there are."""

import enum


class Kind(enum.StrEnum):
    """Also the name of the template: `templates/documents/<kind>.html`."""

    PURGE_DAY = "purge-day"
    """Gallringsprotokoll for one day in Helsinki; owner key: the day, ISO."""
    PURGE_MONTH = "purge-month"
    """Gallringsprotokoll for a month; owner key: 'yyyy-mm'."""
    LOG_EXTRACT = "log-extract"
    """Who did what in a period, for the data protection officer; owner key: the uuid of the order."""
    SPECIMEN = "specimen"
    """A letter with every shared part: the city checks its head, window and contacts before the first real one."""


class Owner(enum.StrEnum):
    """Whose page a document belongs to: who may read that page may fetch it."""

    RETENTION = "retention"
    AUDIT = "audit"
    STATIONERY = "stationery"


OWNERS: dict[Kind, Owner] = {
    Kind.PURGE_DAY: Owner.RETENTION,
    Kind.PURGE_MONTH: Owner.RETENTION,
    Kind.LOG_EXTRACT: Owner.AUDIT,
    Kind.SPECIMEN: Owner.STATIONERY,
}
