"""The pages of the register; each noun's own are in its file."""

from portal.register import disclosure_views, notice_views  # noqa: F401 siblings: their routes
from portal.register.blueprint import bp

__all__ = ["bp"]
