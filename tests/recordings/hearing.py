"""What the tests of hearing share."""

from portal.audit.acts import Act
from portal.audit.models import Entry

RANGE = {"Range": "bytes=0-99"}


def opened(client, call, purpose="quality", reference="") -> str:
    """The address of a listen that `client` opened."""
    answer = client.submit(f"/recordings/{call.uuid}/listens", {"purpose": purpose, "reference": reference})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def acts(*which: Act) -> list[Entry]:
    return list(Entry.select().where(Entry.act.in_(which)).order_by(Entry.id))


def text(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())
