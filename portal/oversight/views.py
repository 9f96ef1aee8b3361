"""The pages of oversight; each noun's own are in its file."""

from portal.oversight.blueprint import bp

__all__ = ["bp"]
