"""What may be typed on the pages of retention."""

from flask_babel import lazy_gettext as _l

from portal.web import DayField, SearchForm


class DayForm(SearchForm):
    """Opens the protocol of a day."""

    day = DayField(_l("Dag"), render_kw={"placeholder": _l("d.m.åååå")})
