"""What those who call the demo's service numbers hear: decided and spoken; one number is still without, and one gets a
new wording next week."""

import datetime as dt
import io
from collections.abc import Mapping

import numpy as np
import soundfile

from portal import clock
from portal.accounts.models import Account
from portal.demo import sound
from portal.demo.people import LINES
from portal.demo.speech import Voice
from portal.language import LANGUAGES
from portal.queues import announcements
from portal.queues.announcement_models import Announcement
from portal.queues.announcements import Upload
from portal.queues.models import Queue

WITHOUT = "2006"
CHANGES = "2001"
AGO = dt.timedelta(days=200)
"""Before the first of the demo's calls."""

TEXTS = {
    "sv": "Samtalet spelas in för kundrådgivarnas säkerhet och tjänstens kvalitet. Inspelningen raderas efter tre "
    "månader.",
    "fi": "Puhelu nauhoitetaan asiakasneuvojien turvallisuuden ja palvelun laadun vuoksi. Nauhoite poistetaan kolmen "
    "kuukauden kuluttua.",
}
MORE = {
    "sv": " Mer om dina rättigheter finns i dataskyddsbeskrivningen på stadens webbplats.",
    "fi": " Lisää oikeuksistasi kerrotaan tietosuojaselosteessa kaupungin verkkosivuilla.",
}
VOICES = {"sv": Voice("sv", "f2", 50, 150), "fi": Voice("fi", "f2", 50, 150)}


def tell(lines: Mapping[str, Queue], *, by: Account) -> None:
    """By service number."""
    files = {language: _spoken(TEXTS[language], language) for language in LANGUAGES}
    for line in LINES:
        if not line.tells_callers or line.number == WITHOUT:
            continue
        made = announcements.make(
            lines[line.number], text_sv=TEXTS["sv"], text_fi=TEXTS["fi"], files=files, seen=0, by=by
        )
        since = clock.now() - AGO
        Announcement.update(valid_from=since, made_at=since).where(Announcement.id == made.id).execute()
    longer = {language: TEXTS[language] + MORE[language] for language in LANGUAGES}
    announcements.make(
        lines[CHANGES],
        text_sv=longer["sv"],
        text_fi=longer["fi"],
        files={language: _spoken(text, language) for language, text in longer.items()},
        valid_from=clock.day_start(clock.today() + dt.timedelta(days=7)),
        seen=1,
        by=by,
    )


def _spoken(text: str, language: str) -> Upload:
    samples = np.clip(sound.spoken(text, VOICES[language]), -1, 1)
    file = io.BytesIO()
    soundfile.write(file, samples, sound.RATE, format="WAV", subtype="PCM_16")
    return Upload(f"meddelande-{language}.wav", file.getvalue())
