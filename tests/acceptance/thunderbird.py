"""A headless Thunderbird with a mailbox of its own, that does what its buttons do."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from icalendar import Calendar

from tests.acceptance.judges import free_port, program, running, wait_for
from tests.acceptance.marionette import Marionette, RemoteError

_QUIET = {
    "app.update.enabled": False,
    "calendar.timezone.local": "Europe/Amsterdam",
    "calendar.timezone.useSystemTimezone": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}
_MAILBOX = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    "mail.server.server1.type": "pop3",  # a mailbox that is never fetched: we put the mail in
    "mail.server.server1.hostname": "127.0.0.1",
    "mail.server.server1.port": 9,
    "mail.server.server1.check_new_mail": False,
    "mail.server.server1.login_at_startup": False,
    "mail.server.server1.directory-rel": "[ProfD]Mail/judge",
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.fcc": False,
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.smtpserver.smtp1.authMethod": 1,
}
_TOOLS = """
    const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
    const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
    const window = Services.wm.getMostRecentWindow("mail:3pane");
    const tabmail = window.document.getElementById("tabmail");
    const until = async (what, happened) => {
        for (let turn = 0; turn < 300; turn++) {
            const found = await happened();
            if (found) return found;
            await new Promise(done => window.setTimeout(done, 100));
        }
        throw new Error("not within half a minute: " + what);
    };
    const named = name => cal.manager.getCalendars().find(calendar => calendar.name == name);
    const bar = () => tabmail.currentAboutMessage.document.querySelector(".calendar-notification-bar");
    const buttons = () => [
        ...tabmail.currentAboutMessage.document.querySelectorAll("#imip-view-toolbar toolbarbutton"),
    ].filter(button => button.id && !button.hidden).map(button => button.id);
"""
_OWN_CALENDAR = """
    for (const calendar of cal.manager.getCalendars()) cal.manager.removeCalendar(calendar);
    const mine = cal.manager.createCalendar("storage", Services.io.newURI("moz-storage-calendar://"));
    mine.name = "mine";
    mine.setProperty("imip.identity.key", "id1");
    cal.manager.registerCalendar(mine);
"""
_OPEN_MAIL = """
    const [source, subject] = given;
    const inbox = MailServices.accounts.defaultAccount.incomingServer.rootFolder.getChildNamed("Inbox");
    const header = inbox.QueryInterface(Ci.nsIMsgLocalMailFolder).addMessage(source);
    const pane = tabmail.currentAbout3Pane;
    const before = tabmail.currentAboutMessage?.calImipBar?.itipItem;
    pane.displayFolder(inbox.URI);
    await until("the mail in the list", () => {
        const row = pane.gDBView ? pane.gDBView.findIndexOfMsgHdr(header, true) : -1;
        if (row < 0 || row > 1e6) return false;
        pane.threadTree.selectedIndex = row;
        return true;
    });
    await until("the mail in the pane", () => {
        const message = tabmail.currentAboutMessage;
        return message?.gMessage?.messageKey == header.messageKey && !bar().collapsed;
    });
    // Its bar comes with the mail, its buttons after a look in the calendar.
    await until("a verdict about the invitation", () => {
        const found = tabmail.currentAboutMessage.calImipBar.itipItem;
        return found && found !== before;
    });
    return { says: bar().textContent.trim(), buttons: buttons() };
"""
_PRESS = """
    const button = tabmail.currentAboutMessage.document.getElementById(given[0]);
    if (!button || button.hidden) throw new Error("no such button: " + given[0]);
    button.doCommand();
    await until("what the button does", () => !buttons().includes(given[0]));
"""
_ENTRIES = """
    const found = await named(given[0]).getItemsAsArray(
        Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
    return found.map(item => item.icalString);
"""
_SUBSCRIBE = """
    const feed = cal.manager.createCalendar("ics", Services.io.newURI(given[1]));
    feed.name = given[0];
    cal.manager.registerCalendar(feed);
"""
_REFRESH = """
    const feed = named(given[0]);
    await new Promise(done => {
        const observer = {
            QueryInterface: ChromeUtils.generateQI(["calIObserver"]),
            onLoad() { feed.removeObserver(observer); done(); },
            onStartBatch() {}, onEndBatch() {}, onAddItem() {}, onModifyItem() {}, onDeleteItem() {},
            onError() {}, onPropertyChanged() {}, onPropertyDeleting() {},
        };
        feed.addObserver(observer);
        feed.refresh();
        window.setTimeout(done, 5000);  // one that did not change says nothing
    });
"""


class Thunderbird:
    """What a person with this Thunderbird can do, and what they see."""

    def __init__(self, remote: Marionette) -> None:
        self._remote = remote
        self._run(_OWN_CALENDAR)

    def open_mail(self, mail: bytes) -> tuple[str, set[str]]:
        """Let a mail arrive and open it; return what Thunderbird says of it and which buttons it offers."""
        found = self._run(_OPEN_MAIL, mail.decode())
        return found["says"], set(found["buttons"])

    def press(self, button: str) -> None:
        """Press a button of the mail that is open, and wait until it was done."""
        self._run(_PRESS, button)

    def entries(self, calendar: str = "mine") -> dict[str, Any]:
        """Return what stands in a calendar, by UID."""
        found = [Calendar.from_ical(text).walk("VEVENT")[0] for text in self._run(_ENTRIES, calendar)]
        return {str(event["UID"]): event for event in found}

    def subscribe(self, calendar: str, address: str) -> None:
        """Subscribe to a calendar on the net."""
        self._run(_SUBSCRIBE, calendar, address)

    def refresh(self, calendar: str) -> None:
        """Fetch a calendar again."""
        self._run(_REFRESH, calendar)

    def _run(self, script: str, *arguments: Any) -> Any:
        return self._remote.run(_TOOLS + script, *arguments)


@contextmanager
def started(folder: Path, *, name: str, mail: str, smtp: int) -> Iterator[Thunderbird]:
    """Start a Thunderbird for someone whose mail leaves by a port of this machine."""
    profile, port = folder / "profile", free_port()
    profile.mkdir(parents=True)
    hers = {
        "mail.identity.id1.fullName": name,
        "mail.identity.id1.useremail": mail,
        "mail.server.server1.name": mail,
        "mail.server.server1.userName": mail,
        "mail.smtpserver.smtp1.port": smtp,
        "marionette.port": port,
    }
    wanted = _QUIET | _MAILBOX | hers
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in wanted.items()]
    (profile / "user.js").write_text("".join(lines))
    options = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "MOZ_HEADLESS": "1", "LANG": "C.UTF-8"}
    env |= {"MOZ_CRASHREPORTER_DISABLE": "1", "XDG_RUNTIME_DIR": str(folder), "TZ": "Europe/Amsterdam"}
    log = folder / "thunderbird.log"
    with (
        running([program("thunderbird"), *options, "--profile", profile], log, env),
        wait_for("Thunderbird", lambda: _connected(port), 90, log) as remote,
    ):
        yield Thunderbird(remote)


def _connected(port: int) -> Marionette | None:
    try:
        return Marionette(port)
    except (OSError, RemoteError):
        return None
