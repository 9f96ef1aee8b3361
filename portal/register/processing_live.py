"""What the portal tells for the record of processing activities, section by section of article 30(1): from the
settings, the table of permissions, the rights in force and the register. `processing` adds the description."""

from collections.abc import Callable, Iterable

from portal import clock
from portal.documents.processing_shapes import RecordRow
from portal.language import N_
from portal.register import claims_live
from portal.register.claims_live import Live, Say
from portal.retention import threat_words
from portal.retention.models import KEY_BACKUP_DAYS

Rows = list[RecordRow]


def _row(label: str, *lines: str) -> RecordRow:
    return RecordRow(label=label, lines=[line for line in lines if line] or ["–"])


def _joined(parts: Iterable[object]) -> str:
    return ", ".join(str(part) for part in parts if part)


def controller(live: Live, say: Say, language: str) -> Rows:
    """30(1)(a)."""
    head = live.heads[language]
    return [
        _row(say(N_("Registret")), head["register"]),
        _row(say(N_("Personuppgiftsansvarig")), head["controller"], _joined((head["phone"], head["email"]))),
        _row(say(N_("Gemensamt ansvariga")), say(N_("Inga."))),
        _row(say(N_("Företrädare")), say(N_("Ingen: den personuppgiftsansvariga är etablerad i Finland."))),
        _row(say(N_("Ansvarig för registret")), _joined(head["signer"].values())),
        _row(say(N_("Kontaktperson")), _joined(head["contact"].values())),
        _row(say(N_("Dataskyddsombud")), _joined(head["officer"].values())),
    ]


def purposes(live: Live, say: Say, language: str) -> Rows:
    """30(1)(b)."""
    told = claims_live.facts(live, say=say, language=language)
    return [
        _row(say(N_("Ändamål som portalen känner")), *told["purpose"]),
        _row(say(N_("Samtycken")), *told["basis"]),
        _row(
            say(N_("Begäranden")),
            say(N_("De registrerades begäranden tas emot, utreds och besvaras (artiklarna 12 och 15–21).")),
        ),
        _row(
            say(N_("Användning och tillsyn")),
            say(N_("Personalens användning loggas och övervakas, för att skydda uppgifterna (artiklarna 5.2 och 32).")),
        ),
    ]


def categories(live: Live, say: Say, language: str) -> Rows:
    """30(1)(c): whose data, and which."""
    told = claims_live.facts(live, say=say, language=language)
    return [
        _row(
            say(N_("De som ringer till servicenumren, och de som staden ringer upp")),
            say(N_("Samtalets ljud. Telefonnummer, tid, längd, servicenummer, riktning och ämne.")),
            say(
                N_("Om personen informerades, och vilken version av meddelandet som gällde. Personalens anteckningar.")
            ),
            *told["stored"],
        ),
        _row(say(N_("Andra som nämns i ett samtal")), say(N_("Det som sägs om dem."))),
        _row(
            say(N_("Särskilda kategorier")),
            say(
                N_("Den som ringer väljer själv vad som sägs, så ett samtal kan gälla till exempel hälsa (artikel 9).")
            ),
            say(N_("Portalen letar inte efter sådant, och delar inte in samtal efter det.")),
        ),
        _row(
            say(N_("Kundrådgivare och annan personal i samtalen")),
            say(N_("Röst, namn och anknytning.")),
        ),
        _row(
            say(N_("Portalens användare")),
            say(N_("Namn, användarnamn, enhet, språk, anknytning och egna telefonnummer.")),
            say(N_("Användarrättigheter med beslut och skäl. Inloggningar, och loggen över vad som har gjorts.")),
            say(N_("Öppna konton nu: %(count)s.")) % {"count": live.accounts},
        ),
        _row(
            say(N_("De som gör en begäran, deras ombud och vårdnadshavare")),
            say(N_("Namn, kontaktuppgifter, språk, vad som begärs, brev och bilagor.")),
            say(N_("Hur och när identiteten styrktes. Aldrig personbeteckning eller kopia av en identitetshandling.")),
        ),
        _row(
            say(N_("De som har gett sitt samtycke")),
            say(N_("Namn, telefonnummer, vad samtycket gäller och vad som visar det.")),
        ),
        _row(
            say(N_("De som en personuppgiftsincident gäller")),
            say(N_("Vad som hände, hur många det gäller och följderna för dem.")),
        ),
    ]


def recipients(live: Live, say: Say, language: str) -> Rows:
    """30(1)(d)."""
    told = claims_live.facts(live, say=say, language=language)
    bases = [say(words) for words in threat_words.BASES.values()]
    return [
        _row(say(N_("Inom staden")), *told["listeners"]),
        _row(
            say(N_("Grunder på vilka ett samtal kan lämnas ut")),
            *bases,
            say(N_("Varje utlämnande föreslås av en person och godkänns av en annan.")),
        ),
        _row(say(N_("Utlämnat hittills")), *told["disclosure"]),
        _row(
            say(N_("Tillsynsmyndigheten")),
            say(N_("Dataombudsmannen, vid en anmälan enligt artikel 33 eller på begäran.")),
        ),
    ]


def transfers(live: Live, say: Say, language: str) -> Rows:
    """30(1)(e)."""
    told = claims_live.facts(live, say=say, language=language)
    return [
        _row(
            say(N_("Tredje land eller internationell organisation")),
            say(N_("Ingen överföring sker.")),
            *told["transfers"],
        )
    ]


def periods(live: Live, say: Say, language: str) -> Rows:
    """30(1)(f): as the settings have them."""
    chosen = live.settings

    def years(count: int) -> str:
        return say(N_("%(count)s år")) % {"count": count}

    months = say(N_("%(count)s månader efter samtalets slut, därefter raderas de av sig själva"))
    quarter = months % {"count": clock.RETENTION_MONTHS}
    return [
        _row(say(N_("Samtal, deras uppgifter och anteckningar")), quarter),
        _row(say(N_("Filer i karantän och telefonsystemets samtalslistor")), quarter),
        _row(
            say(N_("Allvarliga hotsamtal")),
            say(N_("Skilt från andra, tills en chef släpper dem. Beslutet granskas minst var %(months)s månad."))
            % {"months": _ordinal(chosen.hold_review_months, language)},
        ),
        _row(
            say(N_("Samtal som en begäran gäller")),
            say(
                N_("Till dess begäran är avgjord, och %(granted)s dagar efter ett bifall, %(refused)s efter en vägran.")
            )
            % {"granted": chosen.case_granted_days, "refused": chosen.case_refused_days},
        ),
        _row(
            say(N_("Handlingarna i en begäran")),
            say(N_("%(time)s efter att den avslutades")) % {"time": years(chosen.case_file_years)},
        ),
        _row(
            say(N_("Raden i registret över begäranden, utan innehåll")),
            say(N_("%(time)s efter att den avslutades")) % {"time": years(chosen.case_line_years)},
        ),
        _row(say(N_("Kopior av ljud som lämnas ut")), say(N_("%(count)s dagar")) % {"count": chosen.case_copy_days}),
        _row(say(N_("Bevis om identitet")), say(N_("Sparas inte: bara sättet, dagen och vem som kontrollerade."))),
        _row(
            say(N_("Vem som har samtyckt")),
            say(N_("%(time)s efter att samtycket upphörde")) % {"time": years(chosen.consent_file_years)},
        ),
        _row(
            say(N_("Personuppgiftsincidenter")),
            say(N_("%(time)s efter att incidenten avslutades")) % {"time": years(chosen.incident_years)},
        ),
        _row(
            say(N_("Iakttagelser av ovanlig användning")),
            say(N_("%(time)s efter att iakttagelsen avslutades")) % {"time": years(chosen.oversight_years)},
        ),
        _row(
            say(N_("Loggen över användningen, besluten om rättigheter och gallringsprotokollen")),
            say(N_("Så länge registret finns. De visar att uppgifterna har behandlats rätt.")),
        ),
        _row(
            say(N_("Säkerhetskopior av nycklar")),
            say(N_("Högst %(count)s dagar. Utan nyckeln kan ingen läsa ljudet.")) % {"count": KEY_BACKUP_DAYS},
        ),
    ]


def _ordinal(months: int, language: str) -> str:
    """As 'var 6:e månad' and '6 kuukauden välein' have it."""
    if language == "fi":
        return str(months)
    return f"{months}:{'a' if months % 10 in (1, 2) and months not in (11, 12) else 'e'}"


def security(live: Live, say: Say, language: str) -> Rows:
    """30(1)(g), 32(1): in general terms."""
    told = claims_live.facts(live, say=say, language=language)
    chosen = live.settings
    people = {"count": sum(live.people.values()), "roles": len(live.people)}
    return [
        _row(say(N_("Teknik")), *told["protection"]),
        _row(
            say(N_("Användarrättigheter")),
            say(N_("Rättigheter i kraft nu: %(count)s, i %(roles)s roller.")) % people,
            say(N_("En begär, en annan beviljar, för högst %(months)s månader.")) % {"months": chosen.rights_months},
            say(N_("Varje kvartal bekräftas de eller avslutas; det som ingen bekräftar upphör efter %(days)s dagar."))
            % {"days": chosen.review_grace_days},
            say(N_("I ett nödläge ges en rättighet för högst %(hours)s timmar, och granskas efteråt."))
            % {"hours": chosen.rights_emergency_hours},
        ),
        _row(
            say(N_("Åtskillnad")),
            say(
                N_("Den som föreslår godkänner aldrig: två personer för vägran, utlämnande, radering och rättigheter.")
            ),
            told["listeners"][1],
        ),
        _row(
            say(N_("Användningen övervakas")),
            say(
                N_("Varje lyssning har ett ändamål. Dataskyddsombudet ser vem som har lyssnat och vad som är ovanligt.")
            ),
        ),
        _row(
            say(N_("Radering")),
            say(N_("Nyckeln förstörs först, sedan ljudet. Varje radering får en rad i gallringsprotokollet.")),
        ),
        _row(
            say(N_("Om något går fel")),
            say(N_("Efter en återställning raderas det som redan var raderat på nytt, innan portalen öppnas.")),
            say(N_("Personuppgiftsincidenter antecknas och leds av dataskyddsombudet, med 72 timmars klocka.")),
        ),
    ]


TELL: dict[str, Callable[[Live, Say, str], Rows]] = {
    "a": controller,
    "b": purposes,
    "c": categories,
    "d": recipients,
    "e": transfers,
    "f": periods,
    "g": security,
}
