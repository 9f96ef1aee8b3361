"""What the process's log may say of a fault: its kind and where, never its text."""

import logging
import sys
import threading
from types import TracebackType
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
    """From here on no logger of this process, a library's included, prints an exception's text, nor does the end of
    the process or of a thread by one: it may quote a person's data."""
    logging.setLogRecordFactory(_discreet)
    sys.excepthook = _ended
    threading.excepthook = _thread_ended


def _ended(_kind: type[BaseException], error: BaseException, _at: TracebackType | None) -> None:
    print(trace(error), file=sys.stderr)


def _thread_ended(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        print(trace(told.exc_value), file=sys.stderr)
