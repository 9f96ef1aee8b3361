"""The city of the tests of security, whose people read in a language of marks: what has no mark was written past the
catalogue."""

from collections.abc import Iterator

import flask
import pytest
from babel.support import Translations

from portal import config, create_app, language, web
from portal.accounts.models import Account
from portal.documents import typesetter
from tests.conftest import Client
from tests.security.city import City
from tests.security.conftest import built as built
from tests.security.conftest import city as city
from tests.words import marks


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Catalogues of both languages in which every text is itself between marks, also for the source."""
    folder = tmp_path_factory.mktemp("marks")
    for tongue in language.LANGUAGES:
        marks.write(folder / tongue / "LC_MESSAGES" / "messages.mo", tongue)
    with pytest.MonkeyPatch.context() as patch:
        for module in (language, web, typesetter):
            patch.setattr(module, "CATALOGUES", folder)
        patch.setattr(language, "N_", Translations.load(folder, ["sv"]).gettext)  # what `translator` gives for Swedish
        patch.setattr(typesetter, "NullTranslations", lambda: Translations.load(folder, ["sv"]))
        yield


@pytest.fixture(scope="module", params=language.LANGUAGES)
def tongue(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def spoken(city: City, marked: None, tongue: str) -> City:
    """Everybody reads in `tongue`."""
    Account.update(language=tongue).execute()
    return city


@pytest.fixture(scope="module")
def portal(city: City, marked: None) -> flask.Flask:
    app = create_app(config.settings())
    app.test_client_class = Client
    app.testing = False
    return app
