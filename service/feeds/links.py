"""What stands in a calendar in the place of a name: a code, and a link behind the login."""

from uuid import UUID

from models import Case, School
from service.settings import settings


def case_link(case_id: UUID) -> str:
    """Return the address of a case on the pages."""
    return f"{settings().base_url}/trajecten/{case_id}"


def marked(title: str, case: Case) -> str:
    """Add the code of a case about a pupil, who is never named."""
    return f"{title} ({case.code})" if case.pupil_id else title


def domain_of(school: School) -> str:
    """Return the domain of a school's mailbox."""
    return school.mailbox.rpartition("@")[2]
