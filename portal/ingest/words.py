"""What people read for the codes of quarantine; translated where it is shown."""

from portal.ingest.models import QuarantineState, Reason
from portal.language import N_

REASONS: dict[str, str] = {
    Reason.TOO_LARGE: N_("Filen är för stor"),
    Reason.NOT_AUDIO: N_("Filen är inte en ljudfil"),
    Reason.BROKEN: N_("Filen är trasig"),
    Reason.MANY_STREAMS: N_("Filen innehåller mer än ett ljudspår"),
    Reason.BAD_LENGTH: N_("Längden stämmer inte"),
    Reason.BAD_CHANNELS: N_("Fel antal ljudkanaler"),
    Reason.BAD_NAME: N_("Filnamnet går inte att tolka"),
    Reason.BAD_TIME: N_("Samtalets tid saknas eller är orimlig"),
    Reason.UNKNOWN_QUEUE: N_("Okänt servicenummer"),
    Reason.CONFLICT: N_("Samtalet finns redan med annat innehåll"),
    Reason.ALREADY_PURGED: N_("Samtalet har redan gallrats"),
    Reason.BAD_JSON: N_("vCon-filen går inte att läsa"),
    Reason.SIGNED: N_("vCon-filen är signerad"),
    Reason.ENCRYPTED: N_("vCon-filen är krypterad"),
    Reason.CRITICAL: N_("vCon-filen kräver ett okänt tillägg"),
    Reason.NO_CONTENT: N_("vCon-filen saknar inspelning"),
    Reason.HASH_MISMATCH: N_("Kontrollsumman stämmer inte"),
    Reason.REMOTE: N_("Ljudet finns inte bredvid vCon-filen"),
    Reason.NOT_A_FILE: N_("Det är ingen vanlig fil"),
    Reason.UNREADABLE: N_("Filen får inte läsas"),
}

ADVICE: dict[str, str] = {
    Reason.TOO_LARGE: N_(
        "Filen står kvar i inkorgen. Höj gränsen i portalens inställningar och försök igen, eller kassera filen."
    ),
    Reason.NOT_AUDIO: N_("Innehållet är något annat än filnamnet säger. Kassera filen om den har hamnat fel."),
    Reason.BROKEN: N_("Ljudet går inte att avkoda till slutet. Be telefonsystemets leverantör om en hel fil."),
    Reason.MANY_STREAMS: N_(
        "En inspelning får bara innehålla ett ljudspår: en bild eller ett extra spår kan ingen höra eller rätta."
    ),
    Reason.BAD_LENGTH: N_(
        "Filens huvud uppger en annan längd än ljudet har. Ofta bröts inspelningen innan den hann avslutas."
    ),
    Reason.BAD_CHANNELS: N_("En inspelning har en eller två kanaler."),
    Reason.BAD_NAME: N_("Byt till telefonsystemets eget namn och leverera filen på nytt, eller kassera den."),
    Reason.BAD_TIME: N_("Samtalets början behövs för att räkna ut när inspelningen ska raderas."),
    Reason.UNKNOWN_QUEUE: N_("Lägg till servicenumret och försök igen."),
    Reason.CONFLICT: N_(
        "En inspelning med samma id finns i registret. Ta reda på vilken som är den rätta innan du kasserar filen."
    ),
    Reason.ALREADY_PURGED: N_("Inspelningen raderades när lagringstiden gick ut och tas inte in igen. Kassera filen."),
    Reason.BAD_JSON: N_("Be leverantören om en hel fil enligt vCon-standarden."),
    Reason.SIGNED: N_("Signaturen kan inte kontrolleras här. Be leverantören om en osignerad fil."),
    Reason.ENCRYPTED: N_("Filen kan inte öppnas här. Be leverantören om en okrypterad fil."),
    Reason.CRITICAL: N_("Standarden kräver att filen avvisas när ett obligatoriskt tillägg är okänt."),
    Reason.NO_CONTENT: N_("Filen beskriver ett samtal men innehåller inget ljud."),
    Reason.HASH_MISMATCH: N_("Ljudet är inte det som filen beskriver. Be leverantören om en ny leverans."),
    Reason.REMOTE: N_("Portalen hämtar ingenting från nätet. Ljudfilen ska levereras i samma mapp som vCon-filen."),
    Reason.NOT_A_FILE: N_("I inkorgen står en länk eller något annat som inte är en fil. Den följs aldrig."),
    Reason.UNREADABLE: N_("Filen står kvar i inkorgen. Ge portalen rätt att läsa den och försök igen."),
}

DETAILS: dict[str, str] = {
    "cut": N_("Filen slutar mitt i."),
    "header": N_("Filens huvud stämmer inte med innehållet."),
    "trailing": N_("Efter ljudet följer något annat."),
    "decode": N_("Ljudet gick inte att avkoda."),
    "crash": N_("Avkodaren avbröts av filen."),
    "timeout": N_("Avkodningen tog för lång tid."),
    "memory": N_("Avkodningen krävde för mycket minne."),
    "nothing": N_("Inget ljud kunde avkodas."),
    "changes": N_("Ljudet byter format mitt i."),
    "rate": N_("Samplingsfrekvensen är inte 8–48 kHz."),
    "long": N_("Ljudet är längre än 12 timmar."),
    "picture": N_("Filen innehåller en bild."),
    "beside": N_("Filen innehåller för mycket annat än ljud."),
    "two_sounds": N_("Filen innehåller två inspelningar efter varandra."),
    "codec": N_("Ljudets kodning hör inte till dem som tas emot."),
    "csv": N_("Tabellen innehåller inga samtalsuppgifter."),
    "too_deep": N_("Innehållet är för djupt nästlat."),
    "too_many": N_("Innehållet har för många delar."),
    "no_vcon": N_("Innehållet är inte en vCon."),
    "no_recording": N_("Ingen av dialogerna är en inspelning."),
    "missing": N_("Ljudfilen har inte kommit."),
    "outside": N_("Adressen pekar ut ur mappen."),
    "algorithm": N_("Kontrollsummans metod är okänd."),
    "gone": N_("Filen togs bort ur inkorgen."),
}

STATES: dict[str, str] = {
    QuarantineState.WAITING: N_("Väntar"),
    QuarantineState.TAKEN: N_("Intagen"),
    QuarantineState.PURGING: N_("Raderas"),
    QuarantineState.DISCARDED: N_("Kasserad"),
    QuarantineState.EXPIRED: N_("Gallrad"),
}

SOURCES = {"freepbx": N_("FreePBX"), "vcon": N_("vCon"), "csv": N_("Samtalsuppgifter (CSV)")}
