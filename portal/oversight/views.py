"""The pages of oversight; each noun's own are in its file."""

from portal.oversight import overview_views  # noqa: F401 its views hang on the blueprint
from portal.oversight.blueprint import bp

__all__ = ["bp"]
