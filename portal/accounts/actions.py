"""What can be done with accounts."""

from portal.accounts.sessions import resume

__all__ = ["resume"]
