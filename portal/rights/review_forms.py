"""What may be typed at a review."""

import uuid

from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, Length

from portal.rights.models import Verdict
from portal.web import Form, plain, printable


class VerdictForm(Form):
    """One of many on a page: its fields are named by the line."""

    verdict = StringField(
        lazy_gettext("Behövs rättigheten?"),
        [AnyOf([Verdict.CONFIRMED, Verdict.ENDED], lazy_gettext("Välj om rättigheten behövs."))],
    )
    """Which button was pressed."""
    reason = TextAreaField(
        lazy_gettext("Varför"),
        [Length(max=1000, message=lazy_gettext("Skriv högst 1 000 tecken.")), printable],
        filters=[plain],
        render_kw={"rows": 2},
    )

    @classmethod
    def empty(cls, line: uuid.UUID) -> "VerdictForm":
        return cls(None, prefix=f"a{line.hex}-")

    @classmethod
    def sent(cls, line: uuid.UUID) -> "VerdictForm":
        return cls(prefix=f"a{line.hex}-")
