"""After an act that left the worker something to do: it is told to look at once."""

import flask

from portal.errors import trace
from tasks.cases import carry_out, make_copies
from tasks.documents import make_due


def look_now() -> None:
    """A letter or a copy of the sound was ordered, or something can be carried out. A message that is lost costs one
    interval: the rounds look as well."""
    for job in (carry_out, make_due, make_copies):
        try:
            job()
        except Exception as error:
            flask.current_app.logger.error("the queue refused: %s", trace(error))
