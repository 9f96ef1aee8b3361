"""What people read in the log about user rights, oversight, the description and announcements: acts, keys and codes.
`words` joins them to the rest."""

from portal.audit.acts import Act
from portal.language import N_

GROUPS: dict[str, str] = {
    "rights": N_("Användarrättigheter"),
    "oversight": N_("Tillsyn"),
}

ACTS: dict[str, str] = {
    Act.UNIT_MADE: N_("Lade till en enhet"),
    Act.UNIT_CHANGED: N_("Ändrade en enhet"),
    Act.PERSON_MOVED: N_("Flyttade en person till en annan enhet"),
    Act.STAFF_READ: N_("Läste in en personallista för granskning"),
    Act.STAFF_APPLIED: N_("Tog en personallista i bruk"),
    Act.RIGHTS_LISTED: N_("Läste listan över användarrättigheter"),
    Act.RIGHT_VIEWED: N_("Öppnade en användarrättighet"),
    Act.RIGHT_ASKED: N_("Begärde en användarrättighet"),
    Act.RIGHT_TAKEN_BACK: N_("Tog tillbaka en begäran om användarrättighet"),
    Act.RIGHT_GRANTED: N_("Beviljade en användarrättighet"),
    Act.RIGHT_REFUSED: N_("Avslog en begäran om användarrättighet"),
    Act.EMERGENCY_GIVEN: N_("NÖDLÄGE: gav en användarrättighet genast"),
    Act.EMERGENCY_SEEN: N_("Granskade en användarrättighet som gavs i ett nödläge"),
    Act.RIGHT_GIVEN_BY_COMMAND: N_("Gav en användarrättighet på serverns kommandorad"),
    Act.RIGHT_ENDED: N_("Användarrättigheten upphörde"),
    Act.PRINCIPLES_MADE: N_("Skrev principer för användarrättigheter"),
    Act.REVIEW_OPENED: N_("Granskningen av användarrättigheter började"),
    Act.REVIEW_CONFIRMED: N_("Bekräftade en användarrättighet vid granskningen"),
    Act.REVIEW_CLOSED: N_("Granskningen av användarrättigheter avslutades"),
    Act.ANNOUNCEMENT_MADE: N_("Bestämde ett nytt meddelande till dem som ringer"),
    Act.ANNOUNCEMENT_DROPPED: N_("Drog tillbaka ett meddelande innan det började gälla"),
    Act.DESCRIPTION_DRAFTED: N_("Påbörjade en dataskyddsbeskrivning"),
    Act.DESCRIPTION_CHANGED: N_("Ändrade utkastet till dataskyddsbeskrivning"),
    Act.DESCRIPTION_PROPOSED: N_("Föreslog dataskyddsbeskrivningen för godkännande"),
    Act.DESCRIPTION_RETURNED: N_("Returnerade förslaget till dataskyddsbeskrivning"),
    Act.DESCRIPTION_PUBLISHED: N_("Godkände och publicerade dataskyddsbeskrivningen"),
    Act.DESCRIPTION_DROPPED: N_("Kastade utkastet till dataskyddsbeskrivning"),
    Act.PROCESSING_RECORD_MADE: N_("Gjorde ett register över behandling"),
    Act.FIGURES_EXPORTED: N_("Exporterade statistik"),
    Act.OVERSIGHT_VIEWED: N_("Såg vem som har lyssnat"),
    Act.OVERSIGHT_EXPORTED: N_("Exporterade vem som har lyssnat"),
    Act.OBSERVED: N_("Ovanlig användning iakttogs"),
    Act.OBSERVATION_GREW: N_("Fler lyssningar lades till en iakttagelse"),
    Act.OBSERVATIONS_LISTED: N_("Läste listan över iakttagelser"),
    Act.OBSERVATION_VIEWED: N_("Öppnade en iakttagelse"),
    Act.OBSERVATION_ASKED: N_("Frågade om en iakttagelse"),
    Act.OBSERVATION_ANSWERED: N_("Svarade på frågan om en iakttagelse"),
    Act.OBSERVATION_CLOSED: N_("Avslutade en iakttagelse"),
    Act.OBSERVATION_REOPENED: N_("Öppnade en iakttagelse på nytt"),
    Act.OBSERVATION_DELETED: N_("Raderade en iakttagelse vars tid är ute"),
    Act.CALLER_EXTRACT_ORDERED: N_("Gjorde ett utdrag ur loggen om en uppringares samtal"),
    Act.EMPLOYEE_EXTRACT_ORDERED: N_("Gjorde ett utdrag ur loggen om en anställd"),
}

KEYS: dict[str, str] = {
    "right": N_("Användarrättighet"),
    "role": N_("Roll"),
    "right_kind": N_("Slag"),
    "right_end": N_("Varför den upphörde"),
    "right_state": N_("Läge"),
    "asked_for_by": N_("Begärd av"),
    "first_on": N_("Från"),
    "last_on": N_("Till och med"),
    "right_hours": N_("Timmar"),
    "unit": N_("Enhet"),
    "unit_before": N_("Förra enheten"),
    "heads": N_("Svarar för personerna"),
    "staff_cannot": N_("Går inte"),
    "staff_left": N_("Slutar"),
    "staff_moved": N_("Byter enhet"),
    "staff_new": N_("Nya"),
    "staff_changed": N_("Ändras"),
    "staff_same": N_("Oförändrade"),
    "quarter": N_("Kvartal"),
    "rights": N_("Rättigheter"),
    "rights_confirmed": N_("Bekräftade"),
    "rights_ended": N_("Avslutade"),
    "rights_lapsed": N_("Förfallna"),
    "pattern": N_("Mönster"),
    "observed_person": N_("Person"),
    "listens": N_("Lyssningar"),
    "observation_outcome": N_("Utfall"),
    "contradictions": N_("Motsägelser"),
    "points": N_("Punkter"),
    "extract_ground": N_("Grund"),
    "exported": N_("Laddades ner"),
    "soon": N_("Slutar snart"),
    "hour": N_("Klockan, timme"),
    "valid_time": N_("Klockan"),
    "sounds": N_("Ljudfiler"),
    "figures": N_("Statistik"),
}

CODES: dict[str, dict[str, str]] = {
    "figures": {
        "calls": N_("samtal"),
        "listens": N_("lyssningar"),
        "requests": N_("begäranden"),
        "answers": N_("svar"),
        "holds": N_("hotsamtal"),
        "restrictions": N_("begränsningar"),
        "deletions": N_("raderingar"),
        "incidents": N_("incidenter"),
        "callers": N_("vilka som informerades när de ringde"),
    },
    "right_kind": {
        "decision": N_("beslut"),
        "emergency": N_("nödläge"),
        "command": N_("kommandorad"),
        "carried": N_("från tiden före besluten"),
    },
    "right_state": {
        "now": N_("de som gäller"),
        "waiting": N_("de som väntar på beslut"),
        "coming": N_("de som börjar senare"),
        "over": N_("de som inte längre gäller"),
    },
    "right_end": {
        "time": N_("tiden gick ut"),
        "decision": N_("avslutad"),
        "unit": N_("byte av enhet"),
        "left": N_("kontot stängdes"),
        "review": N_("avslutad vid granskningen"),
        "lapsed": N_("inte bekräftad vid granskningen"),
        "restored": N_("borttagen på nytt efter återställning"),
    },
    "pattern": {
        "many": N_("många lyssningar utan anteckning eller ärende"),
        "same_number": N_("samma nummer om och om igen"),
        "own_number": N_("eget nummer"),
        "colleague": N_("en kollegas nummer"),
        "hours": N_("utanför arbetstid"),
        "queue": N_("ett servicenummer som personen annars inte arbetar med"),
    },
    "observation_outcome": {
        "explained": N_("hör till arbetet"),
        "reminded": N_("personen påmindes om reglerna"),
        "incident": N_("behandlas som personuppgiftsincident"),
        "mistaken": N_("uppgifterna var fel"),
    },
}

KINDS: dict[str, str] = {
    "right": N_("Användarrättighet"),
    "review": N_("Granskning"),
    "principles": N_("Principer"),
    "unit": N_("Enhet"),
    "staffdraft": N_("Personallista"),
    "observation": N_("Iakttagelse"),
    "description": N_("Dataskyddsbeskrivning"),
    "announcement": N_("Meddelande"),
}

DAYS = {"first_on", "last_on"}

HIDDEN = {"right"}
"""Kept for links, of no use to a reader."""
