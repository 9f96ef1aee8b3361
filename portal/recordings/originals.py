"""The original of an entry that was corrected: sealed, and gone when its key is.

Of a call under the call's own key, so that it dies with the call; of a fact of a case, which has no key of its own,
under the root key until the file is emptied.
"""

from collections.abc import Iterable

from portal.errors import Conflict
from portal.language import N_
from portal.recordings.correction_models import Correction
from portal.recordings.models import Recording
from portal.vault import box, keystore

USE = "correction"


class NotSealable(Conflict):
    text = N_(
        "Samtalets nyckel saknas, så den ursprungliga uppgiften kan inte bevaras. Kontakta systemadministratören."
    )


def key_of(recording: Recording) -> bytes:
    """The call's key, wherever it lies now. Raises NotSealable when it has none (any more)."""
    for store in sorted(keystore.STORES, key=lambda store: store != recording.store):
        try:
            return keystore.load(recording.vault_id, store=store)
        except keystore.NoKey:
            continue
    raise NotSealable


def seal(correction: Correction, original: str) -> bytes:
    """`original` sealed for this one row. Call in the transaction that writes it: then the key is still the call's."""
    context, secret = correction.uuid.bytes, original.encode()
    if correction.recording is None:
        return box.seal(USE, context, secret)
    return box.seal_under(key_of(correction.recording), USE, context, secret)


def unseal(correction: Correction) -> str:
    """Raises SealBroken; NotSealable when the key is gone."""
    context = correction.uuid.bytes
    if correction.recording is None:
        return box.unseal(USE, context, correction.sealed).decode()
    return box.unseal_under(key_of(correction.recording), USE, context, correction.sealed).decode()


def sealed_of(recording: Recording) -> Iterable[Correction]:
    """Those of the call whose original is still there."""
    return list(Correction.select().where(Correction.recording == recording.id, Correction.sealed.is_null(False)))


def reseal(recording: Recording, *, before: bytes, after: bytes) -> int:
    """The call gets another key: seal its originals under `after`; how many. Call in the transaction that switches.

    One that is sealed under `after` already is left alone, so that it can be done again.
    """
    done = 0
    for row in sealed_of(recording):
        context = row.uuid.bytes
        try:
            secret = box.unseal_under(before, USE, context, row.sealed)
        except box.SealBroken:
            box.unseal_under(after, USE, context, row.sealed)
            continue
        sealed = box.seal_under(after, USE, context, secret)
        done += Correction.update(sealed=sealed).where(Correction.id == row.id).execute()
    return done
