import pytest

from training.domain.course_schema import ScenarioEntry, read_entry
from training.domain.yaml_lines import Remarks, read_yaml


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ('""', "Fill in `questions`: what to think about at the end."),
        ("long " * 70, "Shorten `questions` to 300 characters: it has 349."),
        ("12", 'Write `questions` as text, in quotation marks: "12".'),
    ],
)
def test_a_bad_text_in_a_list_is_told_and_the_rest_is_read(first: str, told: str) -> None:
    remarks = Remarks("story.yaml")
    entry = read_entry(ScenarioEntry, read_yaml(f"questions: [{first}, What now]", remarks), (), remarks)
    assert told in [problem.message for problem in remarks]
    assert entry.questions[1] == "What now"
