"""What people read for the codes of long work; translated where it is shown."""

from portal.audit.job_words import JOBS
from portal.jobs.models import Kind, Outcome
from portal.language import N_

__all__ = ["ADVICE", "ENDED", "JOBS", "RESULTS", "STATES"]

STATES: dict[str, tuple[str, str]] = {
    "waits": (N_("Väntar"), "neutral"),
    "under_way": (N_("I gång"), "info"),
    "silent": (N_("Svarar inte"), "warning"),
    Outcome.GOOD: (N_("Klart"), "success"),
    Outcome.AMISS: (N_("Klart, med fel"), "error"),
    Outcome.STOPPED: (N_("Stannade"), "warning"),
    Outcome.BROKEN_OFF: (N_("Avbröts"), "warning"),
    Outcome.FAILED: (N_("Misslyckades"), "error"),
}
"""State or outcome → what it is called, and the tone of its tag."""

ENDED: dict[tuple[str, str], str] = {
    (Kind.LOG, Outcome.GOOD): N_("Kontrollen av loggen är klar. Loggen är hel."),
    (Kind.LOG, Outcome.AMISS): N_("Kontrollen av loggen är klar. Loggen är inte hel."),
    (Kind.LOG, Outcome.FAILED): N_("Kontrollen av loggen blev inte klar. Begär den på nytt."),
    (Kind.SOUND, Outcome.GOOD): N_("Kontrollen av allt ljud är klar. Alla samtal går att öppna."),
    (Kind.SOUND, Outcome.AMISS): N_("Kontrollen av allt ljud är klar. Det finns samtal som inte går att öppna."),
    (Kind.SOUND, Outcome.FAILED): N_("Kontrollen av allt ljud blev inte klar. Begär den på nytt."),
    (Kind.PURGE, Outcome.GOOD): N_("Gallringen som du lät fortsätta är klar."),
    (Kind.PURGE, Outcome.AMISS): N_("Gallringen som du lät fortsätta är klar, men allt gick inte att radera."),
    (Kind.PURGE, Outcome.STOPPED): N_("Gallringen som du lät fortsätta har stannat igen och väntar på svar."),
    (Kind.PURGE, Outcome.FAILED): N_(
        "Gallringen som du lät fortsätta stötte på ett fel. Den försöker igen av sig själv."
    ),
    (Kind.LOG_FILE, Outcome.BROKEN_OFF): N_("Filen med loggen blev inte hel. Ladda ner den på nytt."),
    (Kind.LOG_FILE, Outcome.FAILED): N_("Filen med loggen blev inte hel. Ladda ner den på nytt."),
}
"""Kind and outcome → what its owner is told; STATES and JOBS say it where there is no sentence."""

RESULTS: dict[tuple[str, str], str] = {
    (Kind.LOG, Outcome.GOOD): N_("Loggen är hel."),
    (Kind.LOG, Outcome.AMISS): N_("Loggen är inte hel."),
    (Kind.SOUND, Outcome.GOOD): N_("Alla samtal går att öppna."),
    (Kind.SOUND, Outcome.AMISS): N_("Det finns samtal som inte går att öppna."),
}
"""What a check found, for the list."""

ADVICE: dict[tuple[str, str], str] = {
    (Kind.INBOX, Outcome.FAILED): N_("Filerna ligger kvar och försöks igen av sig själva."),
    (Kind.INDEX, Outcome.FAILED): N_("Det försöks igen av sig självt. Tills dess hittar sökningen inte alla ord."),
    (Kind.LOG, Outcome.FAILED): N_("Begär kontrollen på nytt. Kommer felet igen, ge koden till driften."),
    (Kind.LOG, Outcome.BROKEN_OFF): N_("Begär kontrollen på nytt."),
    (Kind.SOUND, Outcome.FAILED): N_("Begär kontrollen på nytt. Kommer felet igen, ge koden till driften."),
    (Kind.SOUND, Outcome.BROKEN_OFF): N_("Begär kontrollen på nytt."),
    (Kind.LOG_FILE, Outcome.FAILED): N_("Ladda ner filen på nytt från sidan Logg."),
    (Kind.LOG_FILE, Outcome.BROKEN_OFF): N_("Ladda ner filen på nytt från sidan Logg."),
    (Kind.LOG, Outcome.AMISS): N_(
        "Loggens sida visar från vilken rad den inte går att lita på. Berätta det genast för systemadministratören."
    ),
    (Kind.SOUND, Outcome.AMISS): N_(
        "Dataskyddsombudet ser i loggen vilka samtal det gäller. De kan finnas hela i en säkerhetskopia: fråga driften."
    ),
    (Kind.BACKUP, Outcome.AMISS): N_("Alla samtal kom inte med. Kontrollera diskarna och gör kopian på nytt."),
    (Kind.BACKUP, Outcome.BROKEN_OFF): N_("Det finns ingen hel kopia från den här gången. Gör den på nytt."),
    (Kind.BACKUP, Outcome.FAILED): N_("Det finns ingen hel kopia från den här gången. Gör den på nytt."),
    (Kind.IMPORT, Outcome.BROKEN_OFF): N_("Det som hann tas in finns kvar. Kör samma kommando igen för resten."),
    (Kind.IMPORT, Outcome.FAILED): N_("Det som hann tas in finns kvar. Kör samma kommando igen för resten."),
    (Kind.ROTATION, Outcome.BROKEN_OFF): N_("Allt går att öppna, men bytet är inte klart. Kör samma kommando igen."),
    (Kind.ROTATION, Outcome.FAILED): N_("Allt går att öppna, men bytet är inte klart. Kör samma kommando igen."),
    (Kind.ROTATION, Outcome.AMISS): N_(
        "Det som inte gick att öppna gick inte heller före bytet. Kör portal reconcile."
    ),
    (Kind.PURGE, Outcome.FAILED): N_("Gallringen försöker igen av sig själv. Sidan Gallring visar vad som inte gick."),
    (Kind.PURGE, Outcome.AMISS): N_("Gallringen försöker igen av sig själv. Sidan Gallring visar vad som inte gick."),
    (Kind.PURGE, Outcome.STOPPED): N_("Öppna sidan Gallring och läs varför."),
}
"""What to do about it."""
