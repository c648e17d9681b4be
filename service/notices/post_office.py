"""Give each claimed message to what carries it: mail to the mail server, the rest to its channel."""

from collections.abc import Callable
from html import escape

from calendars.entries import Mailbox
from service.notices.apprise_channel import AppriseCarrier
from service.notices.bounces import bounce_address
from service.notices.channels import unsealed
from service.notices.mail_message import Envelope, digest_message, invitation_message
from service.notices.oauth import access_token
from service.notices.parcel import Parcel, RefusedError
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault, VaultError
from service.settings import Settings, settings


class PostOffice:
    """Carries parcels during one run and keeps its connections until ``close``."""

    def __init__(self, mail: MailCarrier | None, channels: AppriseCarrier, vault: Vault) -> None:
        self._mail, self._channels, self._vault = mail, channels, vault
        self._built: tuple[Parcel, bytes] | None = None

    @property
    def has_mail(self) -> bool:
        """Tell whether a mail server is set."""
        return self._mail is not None

    def send(self, parcel: Parcel, alive: Callable[[], bool | None]) -> None:
        """Send one message or raise a ``NotSentError``; ``alive`` as for ``MailCarrier``."""
        if parcel.channel_id:
            self._channels.carry(parcel, self._address(parcel))
        elif self._mail:
            data = self._build(parcel)
            sender = bounce_address(parcel.message_id, parcel.mailbox)
            self._mail.send(data, sender=sender, to=parcel.to_address, alive=alive)

    def announce(self, parcel: Parcel) -> None:
        """Begin with the mail that is sent next, without waiting for anything."""
        if self._mail and not parcel.channel_id:
            sender = bounce_address(parcel.message_id, parcel.mailbox)
            self._mail.begin(self._build(parcel), sender=sender, to=parcel.to_address)

    def close(self) -> None:
        """Let go of every connection."""
        self._channels.close()
        if self._mail:
            self._mail.close()

    def _build(self, parcel: Parcel) -> bytes:
        if self._built is None or self._built[0] is not parcel:
            self._built = parcel, mail_bytes(parcel)
        return self._built[1]

    def _address(self, parcel: Parcel) -> str:
        try:
            return unsealed(self._vault, parcel.channel_id, parcel.secret_url or "")
        except VaultError as error:
            raise RefusedError(str(error)) from error


def standard_post_office() -> PostOffice:
    """Return the post office that the settings describe."""
    ours = settings()
    mail = mail_carrier(ours) if ours.smtp_url else None
    more = f"Alles op een rij: {ours.base_url}/vandaag"
    channels = AppriseCarrier(allow_private=ours.demo, home=ours.home, more=more)
    return PostOffice(mail, channels, Vault(ours.home))


def mail_carrier(ours: Settings) -> MailCarrier:
    """Return what hands in mail at the server of the settings."""
    return MailCarrier(
        MailServer.read(ours.smtp_url), token=lambda refused: access_token(ours, fresh=refused)
    )


def mail_bytes(parcel: Parcel) -> bytes:
    """Return the mail for a message, byte for byte the same at every try."""
    html = parcel.html or f"<p>{escape(parcel.body).replace(chr(10), '<br>')}</p>"
    try:
        envelope = Envelope(
            sender=Mailbox(name=parcel.school_name, mail=parcel.mailbox),
            to=Mailbox(name=parcel.person_name, mail=parcel.to_address),
            subject=parcel.subject,
            message_id=f"<{parcel.message_id}>",
            sent_at=parcel.made_at,
        )
        if parcel.calendar is None:
            return digest_message(envelope, text=parcel.body, html=html)
        calendar = parcel.calendar.encode()
        return invitation_message(envelope, text=parcel.body, html=html, calendar=calendar)
    except ValueError as error:
        raise RefusedError("Van dit bericht kan geen mail worden gemaakt: een adres klopt niet.") from error
