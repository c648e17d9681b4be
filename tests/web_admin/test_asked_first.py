"""What can't be taken back is folded behind a first click that changes nothing, and says what it does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from sqlmodel import col, select

from models import Channel, Installation, Message, MessageState, Person
from models.database import reading, unit_of_work
from service.notices.channels import add_channel
from service.notices.vault import Vault
from tests.web_admin.conftest import NOW, WHO, House


@dataclass
class Form:
    """A form of a page: where it goes, what it says, and what it is folded into."""

    action: str
    folds: list[bool]
    words: str = ""


@dataclass
class _Reader(HTMLParser):
    """Reads the forms of a page; ``folds`` says of every part around it whether it is open."""

    forms: list[Form] = field(default_factory=list)
    folds: list[bool] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "details":
            self.folds.append("open" in found)
        if tag == "form":
            self.inside = True
            self.forms.append(Form(found.get("action") or "", list(self.folds)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.folds.pop()
        if tag == "form":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.forms[-1].words += f"{' '.join(data.split())} "


def forms_to(house: House, page: str, action: str) -> list[Form]:
    """Return the forms of an administrator's page that go to an address."""
    reader = _Reader()
    reader.feed(house.client("administrator").get(page).text)
    return [form for form in reader.forms if form.action.endswith(action)]


def test_a_channel_is_deleted_after_a_first_click_that_changes_nothing(house: House) -> None:
    person = house.person_id("teacher")
    with unit_of_work(house.engine) as session:
        add_channel(
            session,
            Vault(house.home),
            school_id=house.school_id(),
            person_id=person,
            name="teamchat",
            url="ntfys://fluisterwoord@ntfy.example/onderwerp",
        )

    [form] = forms_to(house, f"/beheer/school/mensen/{person}", "/verwijderen")

    assert form.folds == [False]
    assert "Het adres wordt gewist" in form.words
    assert "Ja, verwijder teamchat" in form.words
    with reading(house.engine) as session:
        assert session.exec(select(Channel.active, col(Channel.secret_url) != "")).all() == [(True, True)]


def test_what_waited_is_skipped_after_a_first_click_and_a_choice(house: House) -> None:
    house.letter("a")
    house.put_back()

    send, skip = forms_to(house, "/beheer/post", "/beheer/post/teruggezet")
    answer = house.client("administrator").post(skip.action)

    assert (send.folds, skip.folds) == ([], [False])
    assert "Dit is niet terug te draaien. Ja, sla over" in skip.words
    assert answer.status_code == 404
    with reading(house.engine) as session:
        assert session.exec(select(Message.state)).one() == MessageState.READY
        assert session.exec(select(Installation.released_at)).one() is None


def test_a_mail_address_is_changed_after_a_first_click_and_with_an_address(house: House) -> None:
    person = house.person_id("teacher")

    [form] = forms_to(house, f"/beheer/school/mensen/{person}", "/mailadres")
    answer = house.client("administrator").post(form.action, data={"keep_old": "ja"})

    assert form.folds == [False]
    assert "Mail gaat voortaan naar het nieuwe adres" in form.words
    assert answer.status_code == 422
    with reading(house.engine) as session:
        assert session.get_one(Person, person).email == WHO["teacher"]
        assert session.exec(select(Message.id).where(Message.made_at >= NOW)).all() == []
