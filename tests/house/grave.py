"""Which routes must want a recent proof, by what they are for: by the permission they need and by their address.

A new way out of the portal, or into it, is found here without being named.
"""

import re

from portal.accounts.permissions import Permission

OF_PERMISSIONS = frozenset(
    {
        Permission.RETENTION_HOLD,
        Permission.RETENTION_DISCLOSE,
        Permission.RETENTION_CONFIRM,
        Permission.REGISTER_DISCLOSE,
        Permission.RECORDINGS_EXPORT,
        Permission.DOCUMENTS_EXTRACT,
        Permission.RIGHTS_ASK,
        Permission.RIGHTS_GRANT,
        Permission.CASES_DECIDE,
    }
)
"""What is done with these weighs much: threat calls, holds, transfers, disclosures, extracts, rights, answers."""
LISTS = re.compile(r"\.csv$|/exports?$")
"""Many at once, as a file."""
OUT_OR_IN = re.compile(
    r"/(sound|file|password|handover|extracts(/\w+)?|approval|grant|application)$"  # a call, a key to one, a right
    r"|^/accounts/(new|me/.+|<uuid:key>.*)$"  # who comes in, and with what
)
HARMLESS = {
    "accounts.account": "name, language and extension",
    "accounts.sessions_ending": "lets nobody in",
    "accounts.own_sessions_ending": "lets nobody in",
    "accounts.own_enrolment_cancellation": "all stays as it is",
    "cases.answer_return": "nothing leaves",
    "jobs.check_sound": "changes nothing, and nobody hears it",
    "cases.extension_approval": "more time to answer",
    "cases.extension_refusal": "no more time to answer",
    "register.disclosure_withdrawal": "nothing leaves",
    "rights.new": "another decides",
    "rights.refuse": "gives nothing",
    "rights.take_back": "gives nothing",
    "rights.look": "afterwards, at what was given with a proof",
}
"""Found by the rules above and yet without the mark, and why."""


def is_grave(path: str, methods: set[str], permission: Permission) -> bool:
    if LISTS.search(path):
        return True
    return "POST" in methods and (permission in OF_PERMISSIONS or bool(OUT_OR_IN.search(path)))
