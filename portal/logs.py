"""What the process's log may say of a fault: its kind and where, never its text."""

import logging
from typing import Any

from portal.errors import trace

_plain = logging.getLogRecordFactory()


def _discreet(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _plain(*args, **kwargs)
    if record.exc_info and record.exc_info[1] is not None:
        record.msg = f"{record.getMessage()}: {trace(record.exc_info[1])}"
        record.args, record.exc_info = (), None
    return record


def discreet() -> None:
    """From here on no logger of this process, a library's included, prints an exception's text:
    it may quote a person's data."""
    logging.setLogRecordFactory(_discreet)
