"""The question above the figures."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from portal.register.figures import Overview
from portal.web import SearchForm, language


class FiguresForm(SearchForm):
    queue = SelectField(_l("Servicenummer"))
    until = HiddenField()

    @classmethod
    def of(cls, view: Overview) -> "FiguresForm":
        chosen = str(view.queue.uuid) if view.queue else ""
        form = cls(None, data={"queue": chosen, "until": f"{view.months[-1].first:%Y-%m}"})
        named = [(str(each.uuid), f"{each.number} {each.name(language())}") for each in view.queues]
        form.queue.choices = [("", gettext("Alla")), *named]
        return form
