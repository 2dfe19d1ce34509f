"""The interface speaks French, and says so where a lesson does not."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

import training
from tests.factories_course import course_files
from tests.learning.conftest import Browse, Quiz
from tests.pages import Browser, Element, Page, words
from tests.people import World
from training.domain.authoring import read_course
from training.i18n import effort

PACKAGE = Path(training.__file__).parent
TEMPLATES = PACKAGE.parent / "templates"
FRENCH = PACKAGE / "translations/fr/LC_MESSAGES/messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
UNSPACED = re.compile(r"(?<!\u00a0)(%%|[;?!»]|:(?!//))|«(?!\u00a0)")
NOT_YET = "La leçon elle-même n’est pas encore en français."


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def interface() -> set[str | tuple[str, ...]]:
    """Every word of the interface, as the sources have it now."""
    sources = [
        extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS),
        extract_from_dir(
            TEMPLATES, [("**.html", "jinja2")], options_map={"**.html": {"trimmed": "true"}}, keywords=KEYWORDS
        ),
    ]
    return {message for found in sources for _file, _line, message, _comments, _context in found}


def both(message: Message) -> list[tuple[str, str]]:
    """The original and the translation; of a plural, each form."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=True))


def said(french: Catalog) -> list[Message]:
    return [message for message in french if message.id]


def test_every_word_of_the_interface_has_french(french: Catalog) -> None:
    in_french = {message.id for message in said(french) if all(translation for _, translation in both(message))}
    missing = interface() - in_french
    assert len(in_french) > 700
    assert not missing, "`python3 run.py words` brings these into the catalogue; translate them there"


def test_no_french_is_guessed_or_left_over(french: Catalog) -> None:
    assert not [message.id for message in said(french) if message.fuzzy]
    assert not french.obsolete
    assert not {message.id for message in said(french)} - interface()


def test_a_translation_has_the_placeholders_of_its_original(french: Catalog) -> None:
    for message in said(french):
        for original, translation in both(message):
            assert sorted(PLACEHOLDER.findall(translation)) == sorted(PLACEHOLDER.findall(original)), original


def test_french_is_written_as_french_is(french: Catalog) -> None:
    """No sign of two parts may begin a line, and nobody is shouted at."""
    for message in said(french):
        for _, translation in both(message):
            assert not UNSPACED.search(translation), translation
            assert "!" not in translation
            assert "'" not in translation


@pytest.fixture
def amina(world: World, browse: Browse) -> Browser:
    """Amina's browser, after she has chosen French on her account page."""
    browser = browse(world.amina)
    page = browser.submit(browser.open("/account"), "/account", language="fr")
    assert page.root.get("lang") == "fr"
    assert "Les changements sont enregistrés." in page.text
    return browser


def language_of(page: Page, text: str) -> set[str]:
    """The languages in which the page says the elements hold *text* that have it as their own."""
    found: set[str] = set()

    def look(element: Element, language: str) -> None:
        language = element.get("lang", language)
        own = (element.text or "") + "".join(child.tail or "" for child in element)
        if text in re.sub(r"\s+", " ", own):
            found.add(language)
        for child in element:
            look(child, language)

    body = page.root.find("body")
    assert body is not None
    look(body, page.root.get("lang", ""))
    return found


def buttons(page: Page) -> list[str]:
    return [words(button) for button in page.all("button")]


def test_amina_s_home_page_is_in_french(amina: Browser) -> None:
    page = amina.open("/")
    assert page.root.get("lang") == "fr"
    assert page.heading == "Ma formation"
    assert "Pas commencé" in page.text
    assert "Commencer cette leçon" in page.text
    assert "Se déconnecter" in buttons(page)


def test_the_titles_on_the_home_page_are_marked_as_english(amina: Browser) -> None:
    assert language_of(amina.open("/"), "Protection of civilians") == {"en"}


def test_a_lesson_s_buttons_are_french_and_its_text_says_it_is_english(
    app: Flask, world: World, amina: Browser
) -> None:
    page = amina.open(f"/modules/{world.assignment}/lessons/what-poc-is")
    assert page.root.get("lang") == "fr"
    assert "Vérifier ma réponse" in buttons(page)
    assert any(button.startswith("J’ai lu cette leçon. Suite :") for button in buttons(page))
    assert language_of(page, "J’ai lu cette leçon.") == {"fr"}
    [module] = read_course(course_files()).modules
    lesson = module.document.lessons[0]
    for text in (lesson.title, lesson.aim, *(screen.title for screen in lesson.screens)):
        assert language_of(page, text) == {"en"}, text
    for item in module.document.practice_of[lesson.slug]:
        assert language_of(page, item.stem) == {"en"}
        for option in item.options:
            assert language_of(page, option.text) == {"en"}
    assert language_of(page, module.document.lessons[1].title) == {"en"}, "in the middle of a French button"


def test_every_screen_of_a_lesson_is_marked_as_english(world: World, amina: Browser) -> None:
    page = amina.open(f"/modules/{world.assignment}/lessons/what-poc-is")
    screens = [section for section in page.all("section") if section.get("data-screen") is not None]
    assert screens
    assert {screen.get("lang") for screen in screens} == {"en"}
    badges = [p for screen in screens for p in screen.iter("p") if p.get("class") == "badges"]
    assert {badge.get("lang") for badge in badges} <= {"fr"}


def test_one_sentence_says_that_the_lesson_is_not_yet_in_french(world: World, amina: Browser, browse: Browse) -> None:
    path = f"/modules/{world.assignment}/lessons/what-poc-is"
    assert amina.open(path).text.count(NOT_YET) == 1
    english = browse(world.bruno).open(path)
    assert "not yet in your language" not in english.text
    assert not [element for element in english.root.find("body").iter() if element.get("lang")]  # type: ignore[union-attr]


def test_the_feedback_to_an_answer_is_in_both_languages(app: Flask, world: World, amina: Browser) -> None:
    path = f"/modules/{world.assignment}/lessons/what-poc-is"
    [module] = read_course(course_files()).modules
    item = next(one for one in module.document.practice_of["what-poc-is"] if one.type == "single-choice")
    key = module.key[item.id]
    right = min(key.correct)
    page = amina.submit(amina.open(path), "check", question=item.id, **{f"answer-{item.id}": right})
    assert language_of(page, "Votre choix est juste.") == {"fr"}
    assert language_of(page, key.options[right].feedback) == {"en"}
    assert language_of(page, "Montrer la source") == {"fr"}


def test_the_quiz_is_in_french_and_its_questions_say_they_are_english(app: Flask, world: World, amina: Browser) -> None:
    quiz = Quiz(app, world, amina)
    assert "Commencer le questionnaire" in buttons(amina.open(quiz.intro))
    path = quiz.start()
    page = amina.open(path)
    assert page.root.get("lang") == "fr"
    assert "Vérifier avant l’envoi" in buttons(page)
    assert "Les questions ne sont pas encore en français." in page.text
    assert page.root.find(".//*[@data-words]").get("data-words") == "Réponses\u00a0: {done} sur {all}"  # type: ignore[union-attr]
    stems = asked(page)
    assert stems
    for stem in stems:
        assert language_of(page, stem) == {"en"}
    result = amina.submit(amina.open(f"{path}/check"), "submit")
    assert "Vous n’avez pas réussi cette fois." in result.text
    for stem in stems:
        assert language_of(result, stem) == {"en"}


def asked(page: Page) -> list[str]:
    [module] = read_course(course_files()).modules
    return [item.stem for item in module.document.items if item.stem in page.text]


@pytest.mark.parametrize("asks", ["fr", "fr-CM,en;q=0.9", "sw, fr;q=0.8"])
def test_a_browser_that_asks_for_french_gets_it_before_anybody_signs_in(browse: Browse, asks: str) -> None:
    page = browse().get("/sign-in", headers={"Accept-Language": asks})
    assert page.root.get("lang") == "fr"
    assert "Se connecter" in buttons(page)


@pytest.mark.parametrize("asks", ["en", "sw", "en-GB,fr;q=0.5", "fr;q=0, *", ""])
def test_any_other_browser_gets_english(browse: Browse, asks: str) -> None:
    page = browse().get("/sign-in", headers={"Accept-Language": asks})
    assert page.root.get("lang") == "en"


def test_what_amina_chose_counts_more_than_what_her_browser_asks_for(amina: Browser) -> None:
    assert amina.get("/", headers={"Accept-Language": "en"}).root.get("lang") == "fr"


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [(1, "1 minute", "1 minute"), (85, "85 minutes", "85 minutes"), (305, "5 hours", "5 heures")],
)
def test_how_long_a_module_takes_is_said_in_hours_where_it_is_long(
    app: Flask, minutes: int, english: str, french: str
) -> None:
    for language, said in (("en", english), ("fr", french)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert effort(minutes).replace("\u00a0", " ") == said


def test_tariq_reads_about_his_cohort_in_french(world: World, browse: Browse) -> None:
    tariq = browse(world.tariq)
    tariq.submit(tariq.open("/account"), "/account", language="fr")
    page = tariq.open(f"/cohorts/{world.tariqs_cohort}")
    assert "Qui en est où" in page.text
    assert language_of(page, "Protection of civilians") == {"en"}


def test_english_stays_out_of_a_document_so_that_its_digest_is_what_it_was() -> None:
    [module] = read_course(course_files()).modules
    assert module.document.language == "en"
    assert "language" not in module.document.model_dump(mode="json")
    french = module.document.model_copy(update={"language": "fr"})
    assert french.model_dump(mode="json")["language"] == "fr"
