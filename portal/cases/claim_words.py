"""What people read about claims: what they are about, how they are decided and why, and what is left to do."""

from portal.cases import entries
from portal.cases.claims import Lack
from portal.cases.codes import ClaimDecision, Disputed, ErasureGround, RefusalGround, RightKind
from portal.language import N_
from portal.retention.restriction_models import RestrictionGround

ENTRIES = entries.WORDS

VALUES: dict[str, dict[str, str]] = {Disputed.TOLD: entries.TOLD, Disputed.DIRECTION: entries.DIRECTIONS}
"""Of the entries that hold a code."""

DECISIONS: dict[str, str] = {
    ClaimDecision.CORRECTED: N_("Rättas"),
    ClaimDecision.COMPLETED: N_("Kompletteras"),
    ClaimDecision.GRANTED: N_("Beviljas"),
    ClaimDecision.REFUSED: N_("Vägras"),
}

DECISION_TONES: dict[str, str] = {
    ClaimDecision.CORRECTED: "success",
    ClaimDecision.COMPLETED: "success",
    ClaimDecision.GRANTED: "success",
    ClaimDecision.REFUSED: "warning",
}

GROUNDS: dict[str, str] = {
    ErasureGround.NEEDLESS: N_("Uppgifterna behövs inte längre (artikel 17.1 a)"),
    ErasureGround.CONSENT: N_("Samtycket är återkallat och ingen annan grund finns (artikel 17.1 b)"),
    ErasureGround.OBJECTION: N_("Personen har invänt och berättigade skäl saknas (artikel 17.1 c)"),
    ErasureGround.UNLAWFUL: N_("Uppgifterna har behandlats olagligt (artikel 17.1 d)"),
    ErasureGround.OBLIGATION: N_("En lag kräver att uppgifterna raderas (artikel 17.1 e)"),
    ErasureGround.CHILD: N_("Uppgifterna samlades in när ett barn använde en nättjänst (artikel 17.1 f)"),
    RestrictionGround.CONTESTED: N_("Personen bestrider att uppgifterna är riktiga (artikel 18.1 a)"),
    RestrictionGround.UNLAWFUL: N_(
        "Behandlingen är olaglig, men personen vill att den begränsas i stället för att uppgifterna raderas "
        "(artikel 18.1 b)"
    ),
    RestrictionGround.CLAIMS: N_("Personen behöver uppgifterna för ett rättsligt anspråk (artikel 18.1 c)"),
    RestrictionGround.OBJECTION: N_("Personen har invänt, och det prövas (artikel 18.1 d)"),
}

REFUSALS: dict[str, str] = {
    RefusalGround.CORRECT: N_("Uppgiften är riktig, eller har inte visats vara fel (artikel 16)"),
    RefusalGround.NO_GROUND: N_("Ingen av grunderna för radering är uppfylld (artikel 17.1)"),
    RefusalGround.EXPRESSION: N_("Yttrande- och informationsfriheten (artikel 17.3 a)"),
    RefusalGround.DUTY: N_("En lagstadgad skyldighet eller en uppgift av allmänt intresse (artikel 17.3 b)"),
    RefusalGround.HEALTH: N_("Ett viktigt allmänt intresse på folkhälsans område (artikel 17.3 c)"),
    RefusalGround.ARCHIVE: N_("Arkivering, forskning eller statistik (artikel 17.3 d)"),
    RefusalGround.CLAIMS: N_("Ett rättsligt anspråk (artikel 17.3 e)"),
    RefusalGround.NOT_MET: N_("Inget av villkoren för begränsning är uppfyllt (artikel 18.1)"),
    RefusalGround.COMPELLING: N_("Tvingande berättigade skäl som väger tyngre (artikel 21.1)"),
    RefusalGround.OBJECTION_CLAIMS: N_("Ett rättsligt anspråk (artikel 21.1)"),
}

LACKS: dict[str, str] = {
    Lack.NO_CLAIMS: N_("Inget yrkande är antecknat"),
    Lack.UNJUDGED: N_("Samtalen är inte bedömda"),
    Lack.UNDECIDED: N_("Inte avgjort"),
    Lack.FOREIGN: N_("Samtalet är inte bedömt att gälla personen"),
    Lack.CONSENT: N_("Det är inte antecknat om ett samtycke finns"),
}

EXPLAINED: dict[str, str] = {
    RightKind.RECTIFICATION: N_(
        "En uppgift rättas, kompletteras med personens egna ord, eller vägras med skäl i ett intyg. Ljudet "
        "ändras aldrig. Samtalet begränsas medan det utreds."
    ),
    RightKind.ERASURE: N_(
        "Ett samtal eller ett avsnitt raderas när en grund i artikel 17.1 är uppfylld och inget undantag i 17.3 "
        "gäller. Begärs också insyn raderas inget förrän svaret om insyn har getts."
    ),
    RightKind.RESTRICTION: N_(
        "Samtalet finns kvar men får användas bara för det som lagen tillåter. Bestrider personen att en uppgift är "
        "riktig, anteckna det som rättelse: då begränsas samtalet genast."
    ),
    RightKind.OBJECTION: N_(
        "Samtalen begränsas genast. Invändningen leder till radering, om inte tvingande berättigade skäl väger tyngre."
    ),
}
