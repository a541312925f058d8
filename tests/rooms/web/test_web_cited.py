"""Articles as staff type them in three languages, and as pages say them."""

import pytest

from sandyq import speech
from sandyq.web.personnel import cited


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("414-V art. 28", "414-V art. 28"),
        ("414-V ст. 28", "414-V art. 28"),
        ("414-V ст.28(1), 30", "414-V art. 28(1), 30"),
        ("ст. 28 ТК РК", "Labour Code art. 28"),
        ("Статья 28 Трудового кодекса", "Labour Code art. 28"),
        ("414-V 28-бап", "414-V art. 28"),
        ("Еңбек кодексінің 28-бабы", "Labour Code art. 28"),
        ("Labour Code art. 28", "Labour Code art. 28"),
        ("потому что надо", "потому что надо"),
        ("", ""),
    ],
)
def test_an_article_typed_in_any_of_the_languages_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert cited(typed) == kept


def test_the_labour_code_is_called_by_its_name_in_every_language() -> None:
    said = [speech.article(language, "Labour Code art. 85") for language in speech.LANGUAGES]
    assert said == ["Еңбек кодексі, 85-бап", "Трудовой кодекс, ст. 85", "Labour Code, art. 85"]
    assert speech.article("ru", "414-V art. 28") == "Трудовой кодекс, ст. 28"
