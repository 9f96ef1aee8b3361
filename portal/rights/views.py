"""The pages of user rights; each noun's own are in its file."""

from portal.rights.blueprint import bp

__all__ = ["bp"]
