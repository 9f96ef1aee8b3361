"""Why something about an incident cannot be done, as the person reads it."""

from portal.errors import Conflict, Invalid
from portal.language import N_


class IncidentChanged(Conflict):
    text = N_("Incidenten har ändrats medan du arbetade. Ladda om sidan och se hur läget är nu.")


class NotNow(Conflict):
    text = N_("Det går inte att göra i det läge som incidenten är i nu. Ladda om sidan och se vad som kan göras.")


class WordsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv mer utförligt, minst %(least)s tecken.")


class KnownLater(Invalid):
    text = N_("Tiden kan inte vara efter nu. Kontrollera dag och klockslag.")


class KnownNeeded(Invalid):
    text = N_("Skriv dag och klockslag.")


class RiskNeeded(Invalid):
    text = N_("Välj hur stor risken är.")


class LossNeeded(Invalid):
    text = N_("Välj vad som har gått förlorat av uppgifterna.")


class AnswerNeeded(Invalid):
    text = N_("Välj ja eller nej.")


class OwnAssessment(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv bedömt incidenten. En annan måste besluta.")


class OwnListening(Invalid):
    text = N_("Incidenten gäller vad du själv har lyssnat på. En annan beslutsfattare beslutar.")


class HighRiskTold(Invalid):
    """GDPR 34(3)."""

    text = N_(
        "Risken är bedömd som hög. Då ska de berörda underrättas, om inte ett av undantagen i artikel 34.3 gäller: "
        "nämn artikeln och undantaget i motiveringen."
    )


class LateReasonNeeded(Invalid):
    """GDPR 33(1)."""

    text = N_("Anmälan gjordes senare än 72 timmar efter att staden fick veta. Skriv varför.")


class BeforeKnown(Invalid):
    text = N_("Det kan inte ha gjorts innan staden fick veta. Kontrollera dag och klockslag.")


class NotDone(Conflict):
    text = N_("Det som beslutades är inte gjort än: anteckna anmälan och underrättelsen först.")
