"""A believable cohort, so that every page has something to show: the command `training demo`.

All names are invented. The same seed makes the same people, answers and results; only ids, link
secrets and passwords differ.
"""

import random
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from training.accounts.passwords import hashed
from training.closing import submit
from training.cohorts import by_hand, rules
from training.curriculum import bank_of, module_of, newest_versions, versions_of
from training.db import db
from training.domain import join_codes
from training.domain.calibration import Certainty
from training.domain.content import Answer, Assessment, Item, ItemKey, Module, Scenario
from training.domain.grading import mark
from training.domain.papers import option_order
from training.domain.rules import Allowance
from training.domain.scenarios import walk
from training.keys import key_of, key_with
from training.learning import answers, attempts, lessons, scenarios
from training.marking import result_of
from training.models import Assignment, Attempt, Cohort, Enrolment, ModuleVersion, User

FIRST_NAMES = (
    "Abena Adil Aisha Alma Amadou Anita Arjun Asha Bilal Carla Chen Daniel Deepa Diego Elena Emeka Farah Felix Grace "
    "Hana Ibrahim Ines Ivan Jamila Joao Kwame Laila Lucas Maya Mehdi Nadia Noor Omar Paulo Priya Rosa Samuel Sara "
    "Tomas Yusuf"
).split()
LAST_NAMES = (
    "Acheampong Alves Banda Bekele Castro Dahal Diallo Fofana Gurung Haidar Hossain Jensen Kamara Karki Khan Kone "
    "Lindqvist Mensah Mwangi Ndiaye Novak Okafor Osei Pereira Rahman Rai Rana Romero Sarr Shrestha Silva Singh Tamang "
    "Thapa Toure Traore Vargas Wanjiru Yeboah Zhang"
).split()


@dataclass(frozen=True)
class Account:
    role: str
    sign_in_name: str
    password: str


@dataclass
class Learner:
    """A trainee with a hidden ability, from −2 (weak) to 2 (strong), and a pace."""

    user: User
    ability: float
    begins: bool
    diligence: float  # share of the lessons read before the quiz
    gives_up: float = 0.12  # how often, before an assessment and after one that was not passed


def fill(*, at: datetime, seed: int = 2014) -> list[Account]:
    """Fill the empty database and say who can sign in. The caller commits."""
    dice = random.Random(seed)  # noqa: S311 - it makes people up; it keeps no secret
    shared = secrets.token_urlsafe(9)
    password = hashed(shared)
    accounts, staff = make_staff(at)
    versions = newest_versions()
    names = [f"{first} {last}" for first, last in zip(FIRST_NAMES, dice.sample(LAST_NAMES, 40), strict=True)]
    cohorts = [
        make_cohort("Battalion 3, second rotation", "Infantry battalion", "Velmara", staff["trainer 1"], at, 45),
        make_cohort("Police unit Bravo", "Formed police unit", "Kessara", staff["trainer 2"], at, 20),
    ]
    for cohort, trainer, count, first in (
        (cohorts[0], staff["trainer 1"], 26, 0),
        (cohorts[1], staff["trainer 2"], 14, 26),
    ):
        assigned = assign_all(cohort, versions, at)
        for number in range(first, first + count):
            user = add_user(names[number], f"SN-{1001 + number}", at, password)
            db.session.add(
                Enrolment(user_id=user.id, cohort_id=cohort.id, role="trainee", enrolled_at=at - timedelta(days=24))
            )
            learner = Learner(
                user,
                dice.gauss(0.6, 0.9),
                begins=dice.random() < 0.88,
                diligence=dice.choice((0.4, 1, 1, 1)),
                gives_up=dice.choice((0.01, 0.03, 0.12)),
            )
            if number == 0:  # the one to sign in as stands in the middle of the second module
                learner = Learner(user, 1.8, begins=True, diligence=1, gives_up=0)
                learn(learner, assigned[0], dice, at=at, starts=at - timedelta(days=12))
                for second in assigned[1:2]:
                    learn(learner, second, dice, at=at, starts=at - timedelta(days=7), lessons_read=3)
                continue
            exam = module_of(assigned[-1].module_version_id).assessment_by_id.get("exam")
            if number == 1 and exam:
                more_time = Allowance(extra_minutes=25, reason="Reads in a third language.")
                rules.allow_more(user.id, assigned[-1], exam, more_time, by=trainer.id, at=at - timedelta(days=6))
            for turn, assignment in enumerate(assigned):
                went_through = learn(learner, assignment, dice, at=at, starts=at - timedelta(days=22 - 4.8 * turn))
                if not went_through and dice.random() < 0.6:
                    break
        mark_by_hand(cohort, trainer, at=at)
    accounts.append(Account("trainee", "SN-1001", shared))
    return accounts


def make_staff(at: datetime) -> tuple[list[Account], dict[str, User]]:
    accounts, staff = [], {}
    people = {"admin": "Miriam Adler", "trainer 1": "Tariq Mansour", "trainer 2": "Lena Kowalski"}
    passwords = {role: secrets.token_urlsafe(15) for role in people}
    hashes = {role: hashed(password) for role, password in passwords.items()}
    for role, name in people.items():
        user = add_user(name, name.split()[0].upper(), at, hashes[role])
        user.is_admin = role == "admin"
        accounts.append(Account(role, user.sign_in_name, passwords[role]))
        staff[role] = user
    return accounts, staff


def add_user(name: str, service_number: str, at: datetime, password_hash: str) -> User:
    user = User(
        name=name, service_number=service_number, password_hash=password_hash, created_at=at - timedelta(days=24)
    )
    db.session.add(user)
    db.session.flush()
    return user


def make_cohort(name: str, unit: str, country: str, trainer: User, at: datetime, deploys_in: int) -> Cohort:
    cohort = Cohort(
        name=name,
        unit=unit,
        country=country,
        deploys_on=date.fromordinal(at.date().toordinal() + deploys_in),
        join_code=join_codes.make(secrets.token_bytes(16)),
        created_at=at - timedelta(days=25),
    )
    db.session.add(cohort)
    db.session.flush()
    db.session.add(Enrolment(user_id=trainer.id, cohort_id=cohort.id, role="trainer", enrolled_at=cohort.created_at))
    return cohort


def assign_all(cohort: Cohort, versions: list[ModuleVersion], at: datetime) -> list[Assignment]:
    """The first two modules were due already, the others are due later."""
    made = []
    for turn, version in enumerate(versions):
        assignment = Assignment(
            cohort_id=cohort.id,
            module_slug=version.module_slug,
            module_version_id=version.id,
            due_at=at + timedelta(days=-10 + 7 * turn),
            created_at=at - timedelta(days=24),
        )
        db.session.add(assignment)
        made.append(assignment)
    db.session.flush()
    return made


def learn(
    learner: Learner,
    assignment: Assignment,
    dice: random.Random,
    *,
    at: datetime,
    starts: datetime,
    lessons_read: int | None = None,
) -> bool:
    """Take the test before, read lessons, walk through a scenario, take each assessment until it is passed or
    courage is gone. With *lessons_read*, the learner has come no further than that.

    Says whether they went through the whole module, with whatever result.
    """
    if not learner.begins or (learner.diligence < 1 and dice.random() < 0.2):
        return False
    module = module_of(assignment.module_version_id)
    clock = starts + timedelta(hours=dice.uniform(0, 60))
    before = [one for one in module.assessments if one.kind == "pre-test"]
    for assessment in before:
        beginner = replace(learner, ability=learner.ability - 1.5)
        clock = take(beginner, assignment, assessment, dice, clock=clock, at=at)
    clock = read(learner, assignment, module, dice, clock=clock, at=at, most=lessons_read)
    if lessons_read is not None:
        return False
    if module.scenarios and dice.random() < 0.6:
        clock = walk_through(learner, assignment, dice.choice(module.scenarios), dice, clock=clock, at=at)
    for assessment in module.assessments:
        if clock > at or dice.random() < learner.gives_up:
            return False
        if assessment not in before:
            clock = take(learner, assignment, assessment, dice, clock=clock, at=at)
    return clock <= at


def read(
    learner: Learner,
    assignment: Assignment,
    module: Module,
    dice: random.Random,
    *,
    clock: datetime,
    at: datetime,
    most: int | None,
) -> datetime:
    key = key_of(assignment.module_version_id)
    for lesson in module.lessons[:most]:
        if dice.random() > learner.diligence or clock > at:
            continue
        event(learner, assignment, lesson.slug, "opened", clock)
        for item in module.practice_of[lesson.slug]:
            clock += timedelta(minutes=dice.uniform(1, 4))
            answer = answer_of(learner, item, key[item.id], dice)
            if clock < at and answer is not None:
                is_right = mark(item, key[item.id], answer) == 1
                sure = certainty_of(is_right, dice) if item.type != "short-answer" else None
                lessons.practise(learner.user.id, assignment, item, answer, page=uuid.uuid4(), at=clock, certainty=sure)
        clock += timedelta(minutes=lesson.minutes * dice.uniform(0.5, 1.2))
        if clock < at:
            event(learner, assignment, lesson.slug, "finished", clock)
        clock += timedelta(hours=dice.uniform(2, 24))
    return clock


def event(learner: Learner, assignment: Assignment, lesson: str, kind: str, at: datetime) -> None:
    lessons.add_event(learner.user.id, assignment, lesson, kind, event=uuid.uuid4(), at=at)


def walk_through(
    learner: Learner, assignment: Assignment, scenario: Scenario, dice: random.Random, *, clock: datetime, at: datetime
) -> datetime:
    """Some stop on the way."""
    run, decisions = uuid.uuid4(), list[str]()
    while now := walk(scenario, decisions).now:
        clock += timedelta(minutes=dice.uniform(0.5, 3))
        if clock > at or dice.random() < 0.04:
            break
        by_worth = sorted(now.choices, key=lambda choice: -choice.worth)
        knows = dice.random() < 0.55 + 0.15 * learner.ability
        choice = by_worth[0] if knows else dice.choice(by_worth)
        decisions.append(choice.id)
        scenarios.decide(
            learner.user.id, assignment, scenario, run=run, number=len(decisions), choice=choice.id, at=clock
        )
    return clock


def take(
    learner: Learner,
    assignment: Assignment,
    assessment: Assessment,
    dice: random.Random,
    *,
    clock: datetime,
    at: datetime,
) -> datetime:
    """Attempts until it is passed, waits for a trainer, or courage is gone."""
    for _turn in range(min(3, assessment.attempts or 3)):
        attempt = attempts.start(
            learner.user.id, assignment, assessment, device="demo", seed=dice.getrandbits(64), at=clock
        )
        clock = answer_paper(learner, attempt, assessment, dice, clock=clock, at=at)
        db.session.flush()
        result = result_of(attempt)
        if result is None or result.passed or result.waiting or clock > at or dice.random() < learner.gives_up:
            break
        learner.ability += 0.5  # they read again
        clock += timedelta(hours=assessment.wait_hours + dice.uniform(8, 40))
        if clock > at:
            break
    return clock


def answer_paper(
    learner: Learner,
    attempt: Attempt,
    assessment: Assessment,
    dice: random.Random,
    *,
    clock: datetime,
    at: datetime,
) -> datetime:
    """Answer and submit. Some stop half-way, and whoever began only now is not through yet."""
    items, key = bank_of(attempt).item_by_id, key_with(versions_of(attempt), ())
    stops_after = len(attempt.paper) // 2 if dice.random() < learner.gives_up / 2 else len(attempt.paper)
    given = []
    for sequence, item_id in enumerate(attempt.paper[:stops_after], start=1):
        clock += timedelta(seconds=dice.uniform(20, 80))
        if clock > at:
            break
        answer = answer_of(learner, items[item_id], key[item_id], dice)
        sure = None
        if assessment.certainty and answer is not None:
            sure = certainty_of(mark(items[item_id], key[item_id], answer) == 1, dice)
        given.append(answers.Given(uuid.uuid4(), item_id, answer, sequence, answered_at=clock, certainty=sure))
    answers.record(attempt, given, at=min(clock, at))
    if len(given) == len(attempt.paper):
        submit(attempt, at=clock)
    return clock


def certainty_of(is_right: bool, dice: random.Random) -> Certainty:
    """Who is right is more often sure, but not always."""
    return dice.choices(list(Certainty), weights=(6, 3, 1) if is_right else (2, 4, 4))[0]


def mark_by_hand(cohort: Cohort, trainer: User, *, at: datetime) -> None:
    """The trainer has marked what was written until yesterday; the rest waits."""
    for one in by_hand.waiting_answers(cohort):
        marked_at = one.since + timedelta(hours=20)
        if marked_at < at:
            key = key_with(versions_of(one.attempt), ())[one.item.id]
            ideas = [idea for idea, option in key.options.items() if (option.text or "").rstrip(".") in one.text]
            by_hand.give_mark(one.attempt, one.item.id, ideas=ideas, comment="", seen=0, by=trainer.id, at=marked_at)


def answer_of(learner: Learner, item: Item, key: ItemKey, dice: random.Random) -> Answer | None:
    """Right with a chance that grows with ability and shrinks with difficulty; wrong answers have a favourite."""
    chance = 0.5 + 0.17 * learner.ability + 0.09 * (3 - item.difficulty) + 0.12
    knows = dice.random() < max(0.08, min(0.97, chance))
    if not knows and dice.random() < 0.03:
        return None
    match item.type:
        case "matching":
            return matched(item, key, knows, dice)
        case "ordering" | "ranking":
            return in_places(key.order, knows, dice)
        case "numeric":
            expected = [option.text for option in key.options.values() if option.text]
            return key.value if knows else tempting_one(expected, dice)
        case "short-answer":
            return in_own_words(item, key, knows, dice)
    wrong = [option.id for option in option_order(item.id, item) if option.id not in key.correct]
    tempting = tempting_one(wrong, dice)
    right = sorted(key.correct)
    if item.type == "single-choice":
        return right[0] if knows else tempting
    if item.type == "multiple-choice":
        return right if knows else sorted({*right[:-1], tempting} if dice.random() < 0.5 else right[:-1])
    claim = key.claim if knows or dice.random() < 0.4 else not key.claim
    return {"claim": "true" if claim else "false", "reason": right[0] if knows else tempting}


def tempting_one(wrong: Sequence[str], dice: random.Random) -> str:
    return wrong[0] if dice.random() < 0.6 else dice.choice(wrong)


def matched(item: Item, key: ItemKey, knows: bool, dice: random.Random) -> Answer:
    """Who does not know takes two for each other, or falls for what fits nothing."""
    answer = dict(key.matches)
    if not knows:
        first, second = dice.sample(sorted(answer), 2)
        unfit = [match.id for match in item.matches if match.id not in key.matches.values()]
        if unfit and dice.random() < 0.5:
            answer[first] = dice.choice(unfit)
        else:
            answer[first], answer[second] = answer[second], answer[first]
    return {**answer}


def in_places(order: Sequence[str], knows: bool, dice: random.Random) -> Answer:
    """Who does not know changes neighbours, once or twice."""
    told = list(order)
    for _change in range(0 if knows else dice.choice((1, 1, 2))):
        place = dice.randrange(len(told) - 1)
        told[place], told[place + 1] = told[place + 1], told[place]
    return {option: str(place) for place, option in enumerate(told, start=1)}


def in_own_words(item: Item, key: ItemKey, knows: bool, dice: random.Random) -> Answer:
    ideas = sorted(key.options)
    found = ideas if knows else dice.sample(ideas, len(ideas) // 2)
    text = " ".join((key.options[idea].text or "").rstrip(".") + "." for idea in found)
    text = text or "I am not sure. I would ask my commander."
    return {"text": text, "ideas": found} if item.use == "practice" else {"text": text}
