"""What all modules share: the sources and the words of a course. Read leniently: what cannot be read is left out."""

from collections.abc import Mapping

from training.domain.content import Source, Term
from training.domain.course_schema import SourceEntry, TermEntry, read_list
from training.domain.documents import source_of
from training.domain.prose import Glossary, make_glossary
from training.domain.yaml_lines import Remarks, read_yaml


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
    entries = [entry for _, entry in read_list(TermEntry, read_yaml(files.get("glossary.yaml", ""), unheard), unheard)]
    return make_glossary(
        (Term(id=entry.id, term=entry.term, definition=entry.definition), entry.also)
        for entry in entries
        if entry.id and entry.term
    )
