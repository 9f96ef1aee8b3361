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
    CASE_CERTIFICATE = "case-certificate"
    """Intyg om vägran, of one right other than access: the disputed data, the demand, the reasons (GDPR 12(4))."""
    CASE_RECTIFIED = "case-rectified"
    """What was corrected or completed; with the certificate of the rest in the same letter."""
    CASE_ERASED = "case-erased"
    """What was erased and when, for an erasure or an objection; with the certificate of the rest in the same letter."""
    CASE_RESTRICTED = "case-restricted"
    CASE_LIFTED = "case-lifted"
    """A restriction is about to be lifted (GDPR 18(3))."""
    CASE_CONSENT = "case-consent"
    """A consent is withdrawn, or there is none on file."""
    RECIPIENT_NOTICE = "recipient-notice"
    """To somebody who once got a call (GDPR 19); owner key: the notice's uuid, hex."""
    DISCLOSURE_RECORD = "disclosure-record"
    """Internal; owner key: the transfer's uuid, hex."""
    RIGHTS_REVIEW = "rights-review"
    """How a quarter's review of user rights went; owner key: its year and quarter, '2026-4'."""
    PRIVACY_DESCRIPTION = "privacy-description"
    """A published version of the register's description; owner key: its uuid, hex."""
    PROCESSING_RECORD = "processing-record"
    """The record of processing activities (GDPR 30); owner key: the same for all."""

    LOG_MONTH = "log-month"
    """What a month's log holds in sums, and its checkpoint; owner key: 'yyyy-mm'."""
    CALLER_EXTRACT = "caller-extract"
    """To somebody who called: when and what for their calls were listened to; owner key: the uuid of the order."""


class Owner(enum.StrEnum):
    """Whose page a document belongs to: who may read that page may fetch it."""

    RETENTION = "retention"
    AUDIT = "audit"
    STATIONERY = "stationery"
    CASES = "cases"
    REGISTER = "register"
    RIGHTS = "rights"
    OVERSIGHT = "oversight"


OWNERS: dict[Kind, Owner] = {
    Kind.PURGE_DAY: Owner.RETENTION,
    Kind.PURGE_MONTH: Owner.RETENTION,
    Kind.LOG_EXTRACT: Owner.AUDIT,
    Kind.SPECIMEN: Owner.STATIONERY,
    Kind.RECIPIENT_NOTICE: Owner.REGISTER,
    Kind.DISCLOSURE_RECORD: Owner.REGISTER,
    Kind.RIGHTS_REVIEW: Owner.RIGHTS,
    Kind.PRIVACY_DESCRIPTION: Owner.REGISTER,
    Kind.PROCESSING_RECORD: Owner.REGISTER,
    Kind.LOG_MONTH: Owner.OVERSIGHT,
    Kind.CALLER_EXTRACT: Owner.OVERSIGHT,
    **dict.fromkeys((kind for kind in Kind if kind.startswith("case-")), Owner.CASES),
}

MONTHLY = (Kind.PURGE_MONTH, Kind.LOG_MONTH)
"""Drafted by the calendar, in each language, for somebody to read and lock."""
