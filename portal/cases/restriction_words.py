"""What people read about restrictions on the pages of a case."""

from portal.language import N_
from portal.retention.restriction_models import RestrictionGround

GROUNDS: dict[str, str] = {
    RestrictionGround.CONTESTED: N_("Personen säger att något är fel, och det utreds (artikel 18.1 a)"),
    RestrictionGround.UNLAWFUL: N_(
        "Behandlingen är olaglig, men personen vill ha begränsning i stället för radering (18.1 b)"
    ),
    RestrictionGround.CLAIMS: N_("Personen behöver samtalet för ett rättsligt anspråk (artikel 18.1 c)"),
    RestrictionGround.OBJECTION: N_("Personen har invänt, och invändningen prövas (artikel 18.1 d)"),
}
