"""Whatever the desk can answer has a sentence that the person reads: every limb of a refusal, in every language, in the wording of letters and pages."""

import pytest

from sandyq.letters import paper
from sandyq.rights import Kind, kinds


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_limb_on_which_a_request_can_be_refused_has_a_sentence(kind: Kind, language: str) -> None:
    said = paper.wording("reasons-1", language)["reason"]
    assert [code for code in kinds.TABLE[kind].refusals if not said.get(code)] == []
