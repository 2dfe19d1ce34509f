"""What all modules share: the sources and the words of a course, and how they are read."""

from collections.abc import Iterable, Mapping

from training.domain.content import Source, Term
from training.domain.course_schema import SourceEntry, TermEntry, read_list
from training.domain.prose import Glossary, make_glossary
from training.domain.yaml_lines import Remarks, read_yaml

PANEL_TITLE = "The Role of Human Rights, Development Assistance, and Peacekeeping, event summary, 4 September 2014"


def source_of(entry: SourceEntry) -> Source:
    """A source as trainees see it; the panel's have one title for all."""
    assert entry.kind
    return Source(
        id=entry.id,
        kind=entry.kind,
        title=entry.title or PANEL_TITLE,
        speaker=entry.speaker or None,
        quote=entry.quote or None,
        locator=entry.locator or None,
        says=entry.says or None,
        confidence=entry.confidence or "checked",
        recommends=entry.recommends,
    )


def glossary_of(entries: Iterable[TermEntry]) -> Glossary:
    """The words that have an id and a spelling."""
    return make_glossary(
        (Term(id=entry.id, term=entry.term, definition=entry.definition), entry.also)
        for entry in entries
        if entry.id and entry.term
    )


# Read leniently, for a preview: what cannot be read is left out.


def read_sources(files: Mapping[str, str]) -> dict[str, Source]:
    """The sources that can be read, by id."""
    unheard = Remarks("")
    found: dict[str, Source] = {}
    for _, entry in read_list(SourceEntry, read_yaml(files.get("sources.yaml", ""), unheard), unheard):
        if entry.id and entry.kind:
            found.setdefault(entry.id, source_of(entry))
    return found


def read_glossary(files: Mapping[str, str]) -> Glossary:
    unheard = Remarks("")
    return glossary_of(
        entry for _, entry in read_list(TermEntry, read_yaml(files.get("glossary.yaml", ""), unheard), unheard)
    )
