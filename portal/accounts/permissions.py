"""The six roles (register §2) and the one table of what they may."""

import enum


class Role(enum.StrEnum):
    ADVISER = "adviser"
    MANAGER = "manager"
    CLERK = "clerk"
    CONTROLLER = "controller"
    DPO = "dpo"
    ADMIN = "admin"


class Permission(enum.StrEnum):
    ACCOUNTS_SELF = "accounts:self"
    """One's own password, second factor, sessions, language."""
    ACCOUNTS_MANAGE = "accounts:manage"
    QUEUES_MANAGE = "queues:manage"
    RECORDINGS_FIND = "recordings:find"
    RECORDINGS_LISTEN = "recordings:listen"
    RECORDINGS_NOTE = "recordings:note"
    RECORDINGS_REVIEW = "recordings:review"
    """Judge the quality of a call that one has heard for it, and read what the reviews of one's queues say together."""
    RECORDINGS_EXPORT = "recordings:export"
    """Take a list of calls as a file."""
    RECORDINGS_CORRECT = "recordings:correct"
    """Correct any entry of a call within reach, open a sealed original on a stated need, decide reports of errors."""
    REGISTER_CONSENTS = "register:consents"
    """Read the register of consents."""
    REGISTER_CONSENT = "register:consent"
    """Note a consent, and its withdrawal."""
    REGISTER_TEXTS = "register:texts"
    """Decide the wording that people consent to."""
    REGISTER_TRAINING = "register:training"
    """Hear, to train or be trained, a call of one's own queues that somebody consents to that use of."""
    REGISTER_DISCLOSE = "register:disclose"
    """Propose that a call which no hold keeps is handed to somebody, and hand it over when another has approved."""
    REGISTER_NOTICES = "register:notices"
    """Read which recipients are to be told of a change, and which were."""
    REGISTER_NOTICE = "register:notice"
    """Tell them."""
    INCIDENTS_REPORT = "incidents:report"
    """Tell of a personal data breach, and see what one has told of oneself."""
    INCIDENTS_READ = "incidents:read"
    """Every incident."""
    INCIDENTS_LEAD = "incidents:lead"
    """Lead one, say how great the risk is, note what was done."""
    INCIDENTS_DECIDE = "incidents:decide"
    """Decide whether the ombudsman and the people are told. Never who assessed it."""
    RIGHTS_OWN = "rights:own"
    """The principles of user rights, and one's own rights with who decided them."""
    RIGHTS_READ = "rights:read"
    """Everybody's rights."""
    RIGHTS_ASK = "rights:ask"
    """Ask for a right for somebody, take that back, end one early, give one in an emergency; confirm or end those of
    one's people at a review. Which rights is `Right.visible_to`."""
    RIGHTS_GRANT = "rights:grant"
    """Grant or refuse; never what one asked for or would receive. End any, look at an emergency's afterwards."""
    RIGHTS_PRINCIPLES = "rights:principles"
    """Write the principles of user rights."""
    OVERSIGHT_READ = "oversight:read"
    """Who listened to what and why, and what was unusual; its reports and extracts."""
    OVERSIGHT_OBSERVE = "oversight:observe"
    """The observations of unusual use; which ones is `Observation.visible_to`, and whose to ask about and close is
    `observations.oversees`."""
    OVERSIGHT_ASK = "oversight:ask"
    """Ask about it, close it."""
    OVERSIGHT_DEPUTISE = "oversight:deputise"
    """Do the same with what concerns an officer: nobody oversees themselves."""
    OVERSIGHT_ANSWER = "oversight:answer"
    """Answer what one was asked."""
    REGISTER_DESCRIPTION = "register:description"
    """Read the drafts of the privacy description, and what the portal really does beside them."""
    REGISTER_DESCRIBE = "register:describe"
    """Write and propose the privacy description."""
    REGISTER_PUBLISH = "register:publish"
    """Approve it. Never who proposed it or wrote in it last."""
    REGISTER_RECORD = "register:record"
    """The record of processing activities (GDPR 30)."""
    REGISTER_FIGURES = "register:figures"
    """Figures per month and queue."""
    QUEUES_READ = "queues:read"
    """What callers are told, and how many calls are without."""
    QUEUES_ANNOUNCE = "queues:announce"
    """Decide what callers are told."""
    INGEST_MANAGE = "ingest:manage"
    """Quarantine: look at what is known of a file, retry, discard. Never its content."""
    RETENTION_READ = "retention:read"
    """Purge protocols and the state of the sweep."""
    RETENTION_REPORT = "retention:report"
    """Mark a call one may see as a threat call."""
    RETENTION_HOLD = "retention:hold"
    """Decide on a reported threat, place, renew and release a hold, propose a transfer; only in one's own queues."""
    RETENTION_HELD = "retention:held"
    """Read reports of threat calls and holds; which ones is `visible_to`."""
    RETENTION_TRANSFERS = "retention:transfers"
    """Read transfers to the police; which ones is `Transfer.visible_to`."""
    RETENTION_DISCLOSE = "retention:disclose"
    """Decide whether a held call is handed to the police. Never the one who proposed it."""
    RETENTION_CONFIRM = "retention:confirm"
    """Let a deletion go on that paused and asks."""
    JOBS_READ = "jobs:read"
    """How far work has come that takes long; which is `Job.visible_to`."""
    RETENTION_CHECK = "retention:check"
    """Have the sound of every call read through by the portal; nobody hears it."""
    AUDIT_CHECK = "audit:check"
    """Have the whole log checked."""
    AUDIT_READ = "audit:read"
    """The log; which rows is `Entry.visible_to`."""
    DOCUMENTS_READ = "documents:read"
    """Letters and protocols as PDF; which ones is `Document.visible_to`."""
    DOCUMENTS_ORDER = "documents:order"
    """A day's purge protocol as PDF, and a second try for what failed."""
    DOCUMENTS_APPROVE = "documents:approve"
    """The month's purge protocol: the responsible person's remark and word."""
    DOCUMENTS_EXTRACT = "documents:extract"
    """An extract of the whole log."""
    DOCUMENTS_STATIONERY = "documents:stationery"
    """The head, the contacts and a specimen letter."""
    CASES_READ = "cases:read"
    """Residents' requests: the list, the files, the calls as far as the case needs them."""
    CASES_HANDLE = "cases:handle"
    """Register a request, take it over, and as its handler work on it and propose the answer."""
    CASES_DECIDE = "cases:decide"
    """Approve or return what another proposed; hear for that what it concerns."""
    CASES_HEAR = "cases:hear"
    """Hear the calls of a case; when, and which, is `cases.hearing`."""
    CASES_ADVISE = "cases:advise"
    """Give the data protection officer's opinion."""
    CASES_OVERSEE = "cases:oversee"
    """Figures of the requests: open, late, extended, refused, how long they took."""


WITHOUT_ROLE = frozenset({Permission.ACCOUNTS_SELF, Permission.RIGHTS_OWN, Permission.OVERSIGHT_ANSWER})
"""What everybody with an account may, also when their last right is over: see that it is, and answer for what was."""

_ALL = WITHOUT_ROLE | {Permission.INCIDENTS_REPORT}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.ADVISER: frozenset(
        _ALL
        | {
            Permission.RECORDINGS_FIND,
            Permission.RECORDINGS_LISTEN,
            Permission.RECORDINGS_NOTE,
            Permission.RETENTION_REPORT,
            Permission.REGISTER_TRAINING,
        }
    ),
    Role.MANAGER: frozenset(
        _ALL
        | {
            Permission.JOBS_READ,
            Permission.RIGHTS_ASK,
            Permission.REGISTER_FIGURES,
            Permission.QUEUES_READ,
            Permission.RECORDINGS_CORRECT,
            Permission.REGISTER_CONSENTS,
            Permission.REGISTER_CONSENT,
            Permission.REGISTER_TRAINING,
            Permission.RECORDINGS_FIND,
            Permission.RECORDINGS_LISTEN,
            Permission.RECORDINGS_REVIEW,
            Permission.RECORDINGS_EXPORT,
            Permission.RECORDINGS_NOTE,
            Permission.RETENTION_READ,
            Permission.RETENTION_REPORT,
            Permission.RETENTION_HOLD,
            Permission.RETENTION_HELD,
            Permission.RETENTION_TRANSFERS,
            Permission.RETENTION_CONFIRM,
            Permission.AUDIT_READ,
        }
    ),
    Role.CLERK: frozenset(
        _ALL
        | {
            Permission.REGISTER_DESCRIPTION,
            Permission.REGISTER_DESCRIBE,
            Permission.RECORDINGS_CORRECT,
            Permission.REGISTER_CONSENTS,
            Permission.REGISTER_CONSENT,
            Permission.REGISTER_DISCLOSE,
            Permission.REGISTER_NOTICES,
            Permission.REGISTER_NOTICE,
            Permission.RETENTION_TRANSFERS,
            Permission.RECORDINGS_FIND,
            Permission.RECORDINGS_EXPORT,
            Permission.RECORDINGS_LISTEN,
            Permission.CASES_READ,
            Permission.CASES_HANDLE,
            Permission.CASES_HEAR,
        }
    ),
    Role.CONTROLLER: frozenset(
        _ALL
        | {
            Permission.JOBS_READ,
            Permission.RIGHTS_READ,
            Permission.RIGHTS_ASK,
            Permission.RIGHTS_GRANT,
            Permission.RIGHTS_PRINCIPLES,
            Permission.OVERSIGHT_OBSERVE,
            Permission.OVERSIGHT_DEPUTISE,
            Permission.REGISTER_DESCRIPTION,
            Permission.REGISTER_DESCRIBE,
            Permission.REGISTER_PUBLISH,
            Permission.REGISTER_RECORD,
            Permission.REGISTER_FIGURES,
            Permission.QUEUES_READ,
            Permission.QUEUES_ANNOUNCE,
            Permission.INCIDENTS_READ,
            Permission.INCIDENTS_DECIDE,
            Permission.REGISTER_CONSENTS,
            Permission.REGISTER_TEXTS,
            Permission.REGISTER_NOTICES,
            Permission.RETENTION_READ,
            Permission.DOCUMENTS_READ,
            Permission.DOCUMENTS_ORDER,
            Permission.DOCUMENTS_APPROVE,
            Permission.DOCUMENTS_STATIONERY,
            Permission.RETENTION_TRANSFERS,
            Permission.RETENTION_DISCLOSE,
            Permission.RETENTION_CONFIRM,
            Permission.CASES_READ,
            Permission.CASES_DECIDE,
            Permission.CASES_HEAR,
            Permission.CASES_OVERSEE,
        }
    ),
    Role.DPO: frozenset(
        _ALL
        | {
            Permission.JOBS_READ,
            Permission.AUDIT_CHECK,
            Permission.RIGHTS_READ,
            Permission.OVERSIGHT_READ,
            Permission.OVERSIGHT_OBSERVE,
            Permission.OVERSIGHT_ASK,
            Permission.REGISTER_DESCRIPTION,
            Permission.REGISTER_RECORD,
            Permission.REGISTER_FIGURES,
            Permission.QUEUES_READ,
            Permission.INCIDENTS_READ,
            Permission.INCIDENTS_LEAD,
            Permission.REGISTER_CONSENTS,
            Permission.REGISTER_NOTICES,
            Permission.RETENTION_READ,
            Permission.AUDIT_READ,
            Permission.DOCUMENTS_READ,
            Permission.DOCUMENTS_ORDER,
            Permission.DOCUMENTS_EXTRACT,
            Permission.RETENTION_HELD,
            Permission.RETENTION_TRANSFERS,
            Permission.CASES_READ,
            Permission.CASES_ADVISE,
            Permission.CASES_OVERSEE,
        }
    ),
    Role.ADMIN: frozenset(
        _ALL
        | {
            Permission.JOBS_READ,
            Permission.RETENTION_CHECK,
            Permission.RIGHTS_READ,
            Permission.QUEUES_READ,
            Permission.ACCOUNTS_MANAGE,
            Permission.QUEUES_MANAGE,
            Permission.INGEST_MANAGE,
            Permission.RETENTION_READ,
            Permission.DOCUMENTS_READ,
            Permission.DOCUMENTS_ORDER,
            Permission.DOCUMENTS_STATIONERY,
        }
    ),
}
