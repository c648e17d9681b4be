"""What stands in a calendar in the place of a name: a code, and a link behind the login."""

from uuid import UUID

from service.settings import settings


def case_link(case_id: UUID) -> str:
    """Return the address of a case on the pages."""
    return f"{settings().base_url}/trajecten/{case_id}"


def meeting_link(meeting_id: UUID) -> str:
    """Return the address of a meeting, which whoever is asked may see."""
    return f"{settings().base_url}/overleg/{meeting_id}"


def coded(title: str, code: str, pupil_id: UUID | None) -> str:
    """Add the code of a case about a pupil, who is never named."""
    return f"{title} ({code})" if pupil_id else title


def mail_domain(mailbox: str) -> str:
    """Return the domain of a school's mailbox."""
    return mailbox.rpartition("@")[2]
