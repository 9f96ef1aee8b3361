"""The pages of oversight; each noun's own are in its file."""

from portal.oversight import extract_views, months_views, observation_views, overview_views  # noqa: F401 they hang on it
from portal.oversight.blueprint import bp

__all__ = ["bp"]
