"""Say what went wrong without repeating data: messages of libraries may quote a name."""

import traceback

_OURS = ("calendars", "models", "service", "flows")


def told(error: BaseException) -> str:
    """Return the kind of error and the place in our code; its message only when we wrote it.

    Of errors that came together, as from tasks beside each other, the first is told.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    message = f": {error}" if _is_ours(error) else ""
    if isinstance(error, OSError) and error.strerror:
        message = f": {error.strerror}"
    return f"{type(error).__name__}{message} ({_place(error)})"


def _is_ours(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in _OURS


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    names = [(f"/{top}/", frame) for frame in frames for top in _OURS if f"/{top}/" in frame.filename]
    if not names:
        return "buiten Jaarritme"
    top, frame = names[-1]
    return f"{top.strip('/')}/{frame.filename.rpartition(top)[2]}:{frame.lineno}"
