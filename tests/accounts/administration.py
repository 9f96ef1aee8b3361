"""What the administrator's forms send, and where."""

from portal.accounts.models import Account

LIST, NEW = "/accounts/", "/accounts/new"


def address(account: Account, act: str = "") -> str:
    return f"/accounts/{account.uuid}" + (f"/{act}" if act else "")


def facts(account: Account, **other) -> dict:
    """What the form of an account sends back unchanged."""
    account = Account.get_by_id(account.id)
    return {
        "name": account.name,
        "language": account.language,
        "extension": account.extension or "",
        "version": str(account.version),
        **other,
    }


def newcomer(people, **other) -> dict:
    return {
        "username": "nytt.namn",
        "name": "Ny Person",
        "language": "fi",
        "extension": "215",
        **other,
    }
