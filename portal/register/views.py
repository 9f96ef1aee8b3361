"""The pages of the register; each noun's own are in its file."""

from portal.register.blueprint import bp

__all__ = ["bp"]
