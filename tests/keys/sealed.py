"""A register with something of everything that hangs on the root key, and what opens all of it."""

import base64
import uuid
from urllib.parse import parse_qsl

from portal.accounts import factors, sessions
from portal.accounts.models import Account, SignIn
from portal.audit import chain
from portal.audit.acts import Act
from portal.audit.models import Entry
from portal.cases import copy_making
from portal.cases.codes import CopyState, Delivery
from portal.cases.models import Copy
from portal.recordings import originals, saved
from portal.recordings.correction_models import Correction
from portal.recordings.models import Recording
from portal.recordings.saved_models import SavedSearch
from portal.retention import ledger, standing
from portal.vault import box, keystore, objects, ring
from tests.calls import recording
from tests.cases import copied
from tests.people import TOTP

WORDS = [("words", "zqxvordet"), ("sort", "length")]
PASSWORD, ORIGINAL = b"zqxvlosenordet", "zqxvursprunget"


class Secrets:
    def __init__(self, people):
        self.people = people
        self.calls = [recording(people.daycare) for _ in range(4)]
        self.held = recording(people.daycare)
        keystore.copy(self.held.uuid, source=keystore.MAIN, target=keystore.THREAT)
        objects.copy_all(self.held.uuid, source=keystore.MAIN, target=keystore.THREAT)
        keystore.destroy(self.held.uuid)
        objects.remove_all(self.held.uuid)
        Recording.update(store=keystore.THREAT).where(Recording.id == self.held.id).execute()
        sessions.open_session(people.clerk, sessions.FULL)
        self.session = SignIn.get(SignIn.account == people.clerk.id)
        SignIn.update(enrolling_sealed=factors.seal(people.clerk, TOTP)).where(SignIn.id == self.session.id).execute()
        case = copied.case(people)
        self.copy = Copy.create(case=case, delivery=Delivery.ENCRYPTED, state=CopyState.READY)
        sealed = box.seal(copy_making.SECRET, self.copy.uuid.bytes, PASSWORD)
        Copy.update(password_sealed=sealed).where(Copy.id == self.copy.id).execute()
        self.correction = Correction(
            uuid=uuid.uuid4(), entry_kind="case", entry=case.uuid, field="name", by=people.clerk
        )
        self.correction.sealed = originals.seal(self.correction, ORIGINAL)
        self.correction.save(force_insert=True)
        self.search = saved.save("min", WORDS, by=people.clerk)
        self.number = box.pseudonym("number", "+358401234567")
        standing.catch_up()

    def all_open(self) -> None:
        """As a process that has just begun reads it."""
        ring.forget()
        for row in [*self.calls, self.held]:
            store = Recording.get_by_id(row.id).store
            assert objects.read(row.uuid, "original", store=store), "a call"
        for account in Account.select():
            assert factors.unseal(account, account.totp_sealed) == TOTP
        session = SignIn.get_by_id(self.session.id)
        assert factors.unseal(self.people.clerk, session.enrolling_sealed) == TOTP
        copy = Copy.get_by_id(self.copy.id)
        assert box.unseal(copy_making.SECRET, copy.uuid.bytes, copy.password_sealed) == PASSWORD
        assert originals.unseal(Correction.get_by_id(self.correction.id)) == ORIGINAL
        row = SavedSearch.get_by_id(self.search.id)
        assert sorted(saved._opened(row, self.people.clerk)) == sorted(WORDS)
        assert box.pseudonym("number", "+358401234567") == self.number
        ledger.verify()
        assert chain.verify().whole

    def under(self) -> set[str]:
        """The ids of the root keys that anything here is sealed under."""
        blobs = [
            *(row.totp_sealed for row in Account.select()),
            SignIn.get_by_id(self.session.id).enrolling_sealed,
            Copy.get_by_id(self.copy.id).password_sealed,
            Correction.get_by_id(self.correction.id).sealed,
            base64.urlsafe_b64decode(dict(parse_qsl(SavedSearch.get_by_id(self.search.id).asked))[saved.WORDS]),
        ]
        files = {name for store in keystore.STORES for name in keystore.named_in(store)}
        return {bytes(blob[4:12]).hex() for blob in blobs} | {name.hex() for name in files}


def rotations() -> list[dict]:
    return [entry.told for entry in Entry.select().where(Entry.act == Act.KEYS_ROTATED).order_by(Entry.id)]
