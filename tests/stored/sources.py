"""Which code a stored study runs, beside the code that its key holds."""

from lib import stored
from lib.site.book.keys import closure

ROOT = stored.FOLDER.parents[1]


def unlisted(study, module):
    """Files of lib that `module` reaches and the study does not name."""
    known = {
        path
        for pattern in study.sources
        for path in (ROOT / "lib").glob(pattern)
    }
    reached = closure([ROOT / "lib" / module], ROOT) - known
    return {path.relative_to(ROOT / "lib").as_posix() for path in reached}
