"""What the demo's officer and administrator ask the worker to check: told to them where they sign in first."""

from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.jobs import actions
from portal.jobs.models import Kind

ASKS = {Role.DPO: Kind.LOG, Role.ADMIN: Kind.SOUND}


def tell() -> None:
    """The first of each role asks."""
    for role, kind in ASKS.items():
        asker = next((account for account in Account.select().order_by(Account.id) if role in account.roles), None)
        if asker is not None:
            actions.order(kind, by=asker)
