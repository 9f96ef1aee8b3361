"""The corrected facts of a case: what stood before, and opening it. They are corrected in `intake`."""

import uuid

import peewee

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import actions, intake, personal_codes
from portal.cases.models import CallerNumber, Case, CaseRight
from portal.db import gathered
from portal.errors import Denied, NotFound
from portal.recordings import corrections
from portal.recordings.correction_models import Correction, EntryKind
from portal.recordings.corrections import Version

NAMES = (*intake.FACTS, "numbers", "rights")


def of(case: Case) -> dict[str, Correction]:
    """The last correction of each fact that has one, with who made it, by the fact's name."""
    rows = (
        Correction.select(Correction, Account)
        .join(Account, on=(Correction.by == Account.id), attr="by")
        .where(Correction.entry_kind == EntryKind.CASE, Correction.entry == case.uuid)
        .order_by(Correction.id)
    )
    return {str(row.field): row for row in rows}


def history(case: Case, fact: str) -> list[Version]:
    """The fact now and every earlier one, the newest first, from one query. NotFound for what is no fact."""
    if fact not in NAMES:
        raise NotFound
    return corrections.versions(_current(case, fact), EntryKind.CASE, case.uuid, fact)


def _current(case: Case, fact: str) -> peewee.ModelSelect:
    rows = {"numbers": (CallerNumber, CallerNumber.number), "rights": (CaseRight, CaseRight.right)}
    if fact in rows:
        model, column = rows[fact]
        value = model.select(gathered(column)).where(model.case == case.id)
    else:
        value = Case._meta.fields[fact]
    chosen = Case.select(value, Account.name, Case.registered_at)
    return chosen.join(Account, on=(Case.registered_by == Account.id)).where(Case.id == case.id)


def get(case: Case, fact: str, key: uuid.UUID) -> Correction:
    """A correction of that fact of the case. NotFound."""
    chosen = (Correction.entry_kind == EntryKind.CASE, Correction.entry == case.uuid, Correction.field == fact)
    found: Correction | None = Correction.get_or_none(*chosen, Correction.uuid == key)
    if found is None:
        raise NotFound
    return found


def open_original(case: Case, correction: Correction, *, need: str, by: Account) -> str:
    """What the fact was before, on a stated need (`corrections.open_original`). Those who handle or decide requests;
    NotFound, Denied, NeedNeeded, Destroyed, PersonalCode."""
    found = actions.get(case.uuid, by=by)
    if not by.may(Permission.CASES_HANDLE) and not by.may(Permission.CASES_DECIDE):
        raise Denied
    personal_codes.refuse(need)
    return corrections.open_original(get(found, correction.field, correction.uuid), need=need, by=by, because=found)
