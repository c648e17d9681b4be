import pytest

from models import TaskState
from tests.web.conftest import World


def test_the_page_of_a_task_says_when_who_why_and_what_the_law_says(world: World) -> None:
    task = world.task("groep:g8", "toets-aanmelden", "exit-pupils")

    page = world.client("dirk").get(f"/taken/{task.id}").text

    assert "<h1>Kies de doorstroomtoets en meld de school aan</h1>" in page
    assert "maandag 2 november" in page
    assert '<dd class="law">zondag 15 november' in page
    assert "Dirk Elzinga" in page
    assert "<strong>Waarom deze datum?</strong> Vaste datum" in page


def test_a_task_with_outcomes_wants_one_and_keeps_what_was_typed(world: World) -> None:
    client, task = world.client("ineke"), world.task("onderzoek:1001", "dossiercheck")

    answer = client.post(f"/taken/{task.id}/afronden", data={"note": "Alles staat erin & <meer>"})

    assert answer.status_code == 422
    assert "Kies eerst hoe deze taak is afgelopen." in answer.text
    assert "Alles staat erin &amp; &lt;meer&gt;</textarea>" in answer.text
    assert world.now(task).state == TaskState.RESERVED


def test_some_outcomes_want_a_reason_and_the_choice_is_kept(world: World) -> None:
    client, task = world.client("ineke"), world.task("onderzoek:1001", "dossiercheck")

    answer = client.post(f"/taken/{task.id}/afronden", data={"outcome": "veiligheid"})

    assert (answer.status_code, "Schrijf er kort bij waarom." in answer.text) == (422, True)
    assert 'value="veiligheid" required checked' in answer.text


def test_an_outcome_closes_the_task_and_stands_on_its_page(world: World) -> None:
    client, task = world.client("ineke"), world.task("onderzoek:1001", "dossiercheck")

    client.post(f"/taken/{task.id}/afronden", data={"outcome": "voldoende"})

    assert world.now(task).outcome == "voldoende"
    assert "Er is genoeg geprobeerd en vastgelegd" in client.get(f"/taken/{task.id}").text


def test_a_task_is_completed_once(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    client.post(f"/taken/{task.id}/afronden")

    answer = client.post(f"/taken/{task.id}/afronden")

    assert (answer.status_code, "Deze taak is al klaar." in answer.text) == (409, True)


def test_a_task_that_changed_since_the_page_was_read_is_shown_again(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    client.post(f"/taken/{task.id}/verzetten", data={"to": "2026-11-30", "reason": "later"})

    answer = client.post(f"/taken/{task.id}/afronden", data={"version": task.version})

    assert (answer.status_code, "net veranderd" in answer.text) == (409, True)
    assert world.now(task).state == TaskState.RESERVED


def test_a_moved_day_shows_old_new_who_and_why(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")

    client.post(f"/taken/{task.id}/verzetten", data={"to": "2026-11-30", "reason": "ik was ziek"})

    page = client.get(f"/taken/{task.id}").text
    told = " ".join(page.partition('<ol class="stream">')[2].partition("</ol>")[0].split())
    assert "<strong>Laila Tahiri</strong> verzette de datum" in told
    assert "van dinsdag 17 november naar maandag 30 november" in told
    assert "“ik was ziek”" in told


@pytest.mark.parametrize(
    ("to", "reason", "said"),
    [
        ("2026-11-30", "  ", "Schrijf er kort bij waarom."),
        ("2026-11-24", "eerder", "Kies een dag die nog moet komen."),
        ("gisteren", "eerder", "Kies een dag."),
    ],
)
def test_moving_a_day_wants_a_day_to_come_and_a_reason(world: World, to: str, reason: str, said: str) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")

    answer = client.post(f"/taken/{task.id}/verzetten", data={"to": to, "reason": reason})

    assert (answer.status_code, said in answer.text, f'value="{to}"' in answer.text) == (422, True, True)
    assert world.now(task).target_on == task.target_on


def test_nothing_moves_past_the_day_of_the_law_which_is_named(world: World) -> None:
    client, task = world.client("hanneke"), world.task("leerling:1081", "voorlopig-advies")

    answer = client.post(f"/taken/{task.id}/verzetten", data={"to": "2027-02-03", "reason": "druk"})

    assert answer.status_code == 422
    assert "Dit moet uiterlijk zondag 31 januari: tijdpad schooladvies en doorstroomtoets." in answer.text


def test_a_required_task_is_not_skipped_by_a_teacher(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    assert "/overslaan" not in client.get(f"/taken/{task.id}").text

    answer = client.post(f"/taken/{task.id}/overslaan", data={"reason": "geen tijd"})

    assert (answer.status_code, "kan niet worden overgeslagen" in answer.text) == (422, True)


def test_who_guards_the_school_skips_a_task_with_a_reason(world: World) -> None:
    client, task = world.client("ineke"), world.task("seo:g5", "voorbereiding")

    client.post(f"/taken/{task.id}/overslaan", data={"reason": "gesprek was al geweest"})

    assert world.now(task).state == TaskState.SKIPPED
    assert "“gesprek was al geweest”" in client.get(f"/taken/{task.id}").text


def test_the_ib_gives_a_task_to_a_colleague_who_works_here(world: World) -> None:
    client, task = world.client("ineke"), world.task("seo:g5", "voorbereiding")
    page = client.get(f"/taken/{task.id}").text
    assert ("Joris Kamphuis</option>" in page, "Fenna Overkant" in page) == (True, False)

    client.post(f"/taken/{task.id}/toewijzen", data={"person": str(world.wilgenhof.id("joris"))})

    assert world.now(task).owner_id == world.wilgenhof.id("joris")
    assert "aan Joris Kamphuis" in client.get(f"/taken/{task.id}").text


def test_a_teacher_gives_no_tasks_to_others(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")

    answer = client.post(f"/taken/{task.id}/toewijzen", data={"person": str(world.wilgenhof.id("joris"))})

    assert (answer.status_code, world.now(task).owner_id) == (422, world.wilgenhof.id("laila"))


def test_a_closed_task_opens_again_with_a_reason(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")
    client.post(f"/taken/{task.id}/afronden")

    refused = client.post(f"/taken/{task.id}/heropenen", data={"reason": ""})
    client.post(f"/taken/{task.id}/heropenen", data={"reason": "toch nog iets"})

    assert (refused.status_code, world.now(task).state) == (422, TaskState.RESERVED)


def test_a_form_leads_back_to_our_own_pages_only(world: World) -> None:
    client, task = world.client("laila"), world.task("seo:g5", "voorbereiding")

    answer = client.post(f"/taken/{task.id}/afronden", data={"next": "//evil.example"})

    assert answer.headers["location"] == f"/taken/{task.id}"
