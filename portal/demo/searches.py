"""Searches that the demo's staff keep under a name."""

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.recordings import saved
from portal.recordings.sought import Pairs

KEPT: dict[str, tuple[tuple[str, Pairs], ...]] = {
    "sv": (
        ("Veckans längsta", [("period", "week"), ("sort", "longest")]),
        ("Inte informerade den här månaden", [("period", "calendar"), ("flag", "untold")]),
        ("Busskort", [("words", "busskort")]),
    ),
    "fi": (
        ("Viikon pisimmät", [("period", "week"), ("sort", "longest")]),
        ("Ilman ilmoitusta tässä kuussa", [("period", "calendar"), ("flag", "untold")]),
        ("Bussikortti", [("words", "bussikortti")]),
    ),
}


def tell() -> None:
    """Whoever looks for calls keeps a few."""
    for account in Account.select().order_by(Account.id):
        if account.may(Permission.RECORDINGS_FIND):
            for name, asked in KEPT[account.language]:
                saved.save(name, asked, by=account)
