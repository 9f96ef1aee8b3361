"""The administrator reads Swedish here: the tests quote what the pages say."""

import pytest

from portal.accounts.models import Account
from tests.people import People


@pytest.fixture
def people(settings) -> People:
    named = People()
    named.admin.language = "sv"
    Account.update(language="sv").where(Account.id == named.admin.id).execute()
    return named
