"""Several processes append at once: one whole chain, nothing lost."""

import subprocess
import sys

from portal.audit import chain
from portal.audit.models import Entry

EACH = 500

APPEND = """
import sys
from portal import config, db
from portal.audit.acts import Act
from portal.audit.actions import record
db.bind(config.use(config.load(sys.argv[1])))
db.connect()
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    with db.db.atomic():
        record(Act.SEARCHED, hits=number)
"""


def test_two_processes_appending_at_once_make_one_whole_chain(settings):
    command = [sys.executable, "-W", "error", "-c", APPEND, str(settings.data), str(EACH)]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    verdict = chain.verify()
    assert verdict.whole, verdict
    assert verdict.entries == 2 * EACH
    details = [detail for (detail,) in Entry.select(Entry.detail).tuples()]
    assert all(details.count(f'{{"hits":{number}}}') == 2 for number in range(EACH))
