"""The pages of the register; each noun's own are in its file."""

from portal.register import (  # noqa: F401 siblings: their routes
    consent_views,
    description_views,
    disclosure_views,
    figure_views,
    notice_views,
    processing_views,
    training_views,
)
from portal.register.blueprint import bp

__all__ = ["bp"]
