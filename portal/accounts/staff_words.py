"""What people read of a list of staff; translated where it is shown."""

from portal.accounts.staff_plan import Change, Why
from portal.language import N_

CHANGES: dict[str, str] = {
    Change.CANNOT: N_("går inte"),
    Change.LEFT: N_("slutar"),
    Change.MOVED: N_("byter enhet"),
    Change.NEW: N_("ny"),
    Change.CHANGED: N_("ändras"),
    Change.SAME: N_("oförändrad"),
}

TONES: dict[str, str] = {
    Change.CANNOT: "error",
    Change.LEFT: "warning",
    Change.MOVED: "warning",
    Change.NEW: "info",
    Change.CHANGED: "info",
    Change.SAME: "neutral",
}

WHYS: dict[str, str] = {
    Why.RAGGED: N_("Raden har fler eller färre celler än det finns kolumner."),
    Why.LONG: N_("En cell är för lång."),
    Why.FORMULA: N_("En cell börjar med ett tecken som kalkylprogram tolkar som en formel."),
    Why.SIGNS: N_("Namnet har tecken som inte kan tryckas."),
    Why.USERNAME: N_(
        "Användarnamnet saknas eller har andra tecken än a–z, siffror, punkt, bindestreck och understreck."
    ),
    Why.TWICE: N_("Användarnamnet finns på flera rader."),
    Why.NAME: N_("Namnet saknas eller är längre än 100 tecken."),
    Why.UNIT: N_("Enheten saknas."),
    Why.UNIT_UNKNOWN: N_("Det finns ingen enhet med den koden. Lägg först till enheten."),
    Why.UNIT_CLOSED: N_("Enheten är inte i bruk."),
    Why.LANGUAGE: N_("Språket ska vara sv eller fi."),
    Why.EXTENSION: N_("En anknytning har bara siffror, högst 15."),
    Why.EXTENSION_TAKEN: N_("Anknytningen hör till en annan person."),
    Why.NUMBERS: N_("Telefonnumren går inte att läsa: siffror, med komma emellan, högst 5 nummer."),
    Why.LEFT: N_("I kolumnen för den som slutat ska det stå ja eller nej."),
    Why.UNKNOWN: N_("Personen har inget konto, så det finns inget att stänga."),
    Why.CLOSED: N_("Kontot är stängt. Öppna det på personens sida, om personen kommer tillbaka."),
    Why.OWN: N_("Det är du själv: en annan systemadministratör måste göra det."),
}

FACTS: dict[str, str] = {
    "name": N_("namn"),
    "language": N_("språk"),
    "extension": N_("anknytning"),
    "numbers": N_("egna telefonnummer"),
}
