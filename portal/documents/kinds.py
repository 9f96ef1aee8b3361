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
    # Letters of a resident's request; owner key: the case's uuid, hex
    CASE_RECEIPT = "case-receipt"
    CASE_IDENTITY = "case-identity"
    CASE_EXTENSION = "case-extension"
    CASE_ACCESS = "case-access"
    """All that was found is given."""
    CASE_NONE = "case-none"
    """Nothing was found, or it had been deleted before."""
    CASE_PARTIAL = "case-partial"
    """Part of it is given, with why not the rest."""
    CASE_REFUSAL = "case-refusal"
    """Nothing is given: withheld, identity not proven, unfounded."""
    CASE_CLOSING = "case-closing"
    """A request that was withdrawn."""
    CASE_TRANSFER = "case-transfer"
    """Sent on to whom it belongs."""


class Owner(enum.StrEnum):
    """Whose page a document belongs to: who may read that page may fetch it."""

    RETENTION = "retention"
    AUDIT = "audit"
    STATIONERY = "stationery"
    CASES = "cases"


OWNERS: dict[Kind, Owner] = {
    Kind.PURGE_DAY: Owner.RETENTION,
    Kind.PURGE_MONTH: Owner.RETENTION,
    Kind.LOG_EXTRACT: Owner.AUDIT,
    Kind.SPECIMEN: Owner.STATIONERY,
    **dict.fromkeys((kind for kind in Kind if kind.startswith("case-")), Owner.CASES),
}
