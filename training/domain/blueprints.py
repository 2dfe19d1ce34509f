"""Whether the bank holds what the blueprints of a course draw, also across modules."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from training.domain.checking import ModuleDraft, Seen
from training.domain.content import Draw, Module
from training.domain.course_schema import AssessmentEntry, DrawEntry
from training.domain.papers import Drawable, fill, fits
from training.domain.yaml_lines import Place


@dataclass(frozen=True)
class Shelf:
    """What a test may draw from one module: of a file that is being checked, or of a published version."""

    objectives: Collection[str]
    items: Mapping[str, Drawable]  # by id
    assessments: Mapping[str, tuple[Draw, ...]]  # the blueprints, by id
    broken: bool = False  # not all of it could be read


def full_name(slug: str, name: str) -> str:
    """ "module/assessment", also where the author left the own module out."""
    return name if "/" in name else f"{slug}/{name}"


def normal_draw(slug: str, entry: DrawEntry) -> Draw:
    """A draw of the module *slug* as the document has it."""
    return Draw(
        objectives=tuple(entry.objectives),
        count=entry.count,
        module=None if entry.module == slug else entry.module,
        difficulty=tuple(sorted(set(entry.difficulty))),
        types=tuple(dict.fromkeys(entry.types)),
        situation=entry.situation,
        red_line=entry.red_line,
    )


def check_assessments(modules: Collection[ModuleDraft], elsewhere: Iterable[Module] = ()) -> None:
    """Check the assessments of all *modules* of the course. *elsewhere*: modules that are not being checked."""
    shelves = {module.slug: published(module) for module in elsewhere} | {m.slug: drafted(m) for m in modules}
    for module in modules:
        ids = Seen()
        for number, assessment in enumerate(module.entry.assessments):
            at: Place = ("assessments", number)
            line = module.sheet.line((*at, "id"))
            ids.note("assessment", assessment.id, module.remarks, line, "Give this assessment another id")
            _check_pass_mark(assessment, module, at)
            _check_parallel(assessment, module, at, shelves)
            _check_draws(assessment, module, at, shelves)


def drafted(module: ModuleDraft) -> Shelf:
    return Shelf(
        objectives={objective.id for objective in module.entry.objectives},
        items={item.id: item for _, _, item in module.items()},
        assessments={a.id: tuple(normal_draw(module.slug, d) for d in a.draw) for a in module.entry.assessments},
        broken=module.broken,
    )


def published(module: Module) -> Shelf:
    return Shelf(
        objectives={objective.id for objective in module.objectives},
        items=module.item_by_id,
        assessments={a.id: a.draw for a in module.assessments},
    )


def _check_pass_mark(assessment: AssessmentEntry, module: ModuleDraft, at: Place) -> None:
    given = assessment.pass_mark is not None or (*at, "pass_mark") in module.sheet.lines
    if assessment.kind in ("quiz", "exam") and not given and assessment.model_fields_set:
        hint = AssessmentEntry.model_fields["pass_mark"].description
        module.remarks.error(
            module.sheet.line(at),
            f"Add `pass_mark` to this assessment: {hint}. Only a pre-test or a post-test may go without.",
        )


def _check_parallel(assessment: AssessmentEntry, module: ModuleDraft, at: Place, shelves: Mapping[str, Shelf]) -> None:
    if not assessment.parallel_to:
        return
    line = module.sheet.line((*at, "parallel_to"))
    slug, _, name = full_name(module.slug, assessment.parallel_to).partition("/")
    if slug in shelves and shelves[slug].broken:
        return
    if slug not in shelves or name not in shelves[slug].assessments:
        module.remarks.error(line, f"There is no assessment {slug}/{name} in this course: correct it, or add it.")
    elif (slug, name) == (module.slug, assessment.id):
        module.remarks.error(line, "Name another assessment: nothing is parallel to itself.")
    else:
        own = {_placed(module.slug, normal_draw(module.slug, draw)) for draw in assessment.draw}
        if own != {_placed(slug, draw) for draw in shelves[slug].assessments[name]} and not module.broken:
            module.remarks.error(line, f"Draw here what {slug}/{name} draws: parallel forms have the same blueprint.")


def _placed(slug: str, draw: Draw) -> Draw:
    return draw.model_copy(update={"module": draw.module or slug, "objectives": tuple(sorted(draw.objectives))})


def _check_draws(assessment: AssessmentEntry, module: ModuleDraft, at: Place, shelves: Mapping[str, Shelf]) -> None:
    met: set[tuple[str, str, tuple[object, ...]]] = set()
    wanted: list[tuple[Collection[str], int]] = []
    again = assessment.attempts != 1 or assessment.parallel_to is not None
    sound, told = bool(assessment.draw), False
    for number, draw in enumerate(assessment.draw):
        here: Place = (*at, "draw", number)
        line = module.sheet.line(here)
        slug = draw.module or module.slug
        if slug not in shelves:
            module.remarks.error(line, f"There is no module {slug} in this course: correct it, or add it.")
            sound = False
            continue
        shelf = shelves[slug]
        for sentence in _objective_faults(draw, slug, shelf, module, met):
            module.remarks.error(line, sentence)
            sound = False
        if shelf.broken or not draw.count or not draw.objectives:
            sound = False
            continue
        pool = {name for name, item in shelf.items.items() if fits(item, draw)}
        wanted.append((pool, draw.count))
        group = ", ".join(draw.objectives) + _narrowed(draw)
        if len(pool) < draw.count:
            module.remarks.error(
                line,
                f"Write more graded questions for {group}, or draw fewer: {draw.count} are drawn from {len(pool)}.",
            )
            sound = False
        elif again and len(pool) < 2 * draw.count:
            module.remarks.warning(
                line,
                f"Write more graded questions for {group}: {draw.count} drawn from {len(pool)} means that "
                f"a second attempt meets the same ones. {2 * draw.count} would do.",
            )
            told = True
    if sound:
        _check_together(wanted, module, at, again=again and not told)


def _check_together(wanted: list[tuple[Collection[str], int]], module: ModuleDraft, at: Place, *, again: bool) -> None:
    """Groups that overlap may hold enough each, and too little together."""
    line, everything = module.sheet.line(at), sorted({name for pool, _ in wanted for name in pool})
    needed = sum(count for _, count in wanted)
    if (held := _drawable(wanted, everything)) < needed:
        module.remarks.error(
            line,
            f"Write more graded questions for this assessment, or draw fewer: its groups share questions, "
            f"and of {needed} only {held} can be drawn together.",
        )
    elif again and _drawable([(pool, 2 * count) for pool, count in wanted], everything) < 2 * needed:
        module.remarks.warning(
            line,
            "Write more graded questions for this assessment: its groups share questions, "
            "so that a second attempt meets some of the first again.",
        )


def _drawable(wanted: list[tuple[Collection[str], int]], order: list[str]) -> int:
    return sum(map(len, fill(wanted, order)))


def _objective_faults(
    draw: DrawEntry, slug: str, shelf: Shelf, module: ModuleDraft, met: set[tuple[str, str, tuple[object, ...]]]
) -> Iterator[str]:
    where = "this module" if slug == module.slug else f"the module {slug}"
    for name in filter(None, draw.objectives):
        if name not in shelf.objectives and (slug == module.slug or not shelf.broken):
            yield f"There is no objective {name} in {where}: correct it, or add it."
        kind = (tuple(sorted(draw.difficulty)), tuple(sorted(draw.types)), draw.situation, draw.red_line)
        if (slug, name, kind) in met:
            yield f"Take {name} out here: an objective stands in one group of a quiz."
        met.add((slug, name, kind))


def _narrowed(draw: DrawEntry) -> str:
    """What else the draw asks for, in words."""
    words = []
    if draw.difficulty:
        words.append(f"difficulty {' or '.join(map(str, draw.difficulty))}")
    if draw.types:
        words.append(" or ".join(draw.types))
    if draw.situation:
        words.append("a situation")
    if draw.red_line:
        words.append("a red line")
    return f" ({'; '.join(words)})" if words else ""
