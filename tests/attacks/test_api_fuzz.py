"""Whatever is thrown at the API, within its own description and beside it, no answer is a server error, and each is one that is described."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from api_caller import WIDE
from office import START, House
from sandyq import api, staff
from sandyq.api.routes import ENDPOINTS
from sandyq.clock import MovedClock
from sandyq.law.vocabulary import ActorKind
from sandyq.policy.facts import Edition, PackEdition
from sandyq.settings import Settings
from sandyq.staff import Power

EXAMPLES = 25
OPERATIONS = [(endpoint.method, endpoint.path.replace(":path", "")) for endpoint in ENDPOINTS]
CHECKS: list[Any] = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
_OF_SITE = ("/form", "/collect", "/codes", "/consents")


class Fuzzed:
    """The API of one office, the description that it gives of itself, and a token for each side."""

    def __init__(self, house: House) -> None:
        house.applicant()
        house.office.publisher.publish(house.office.stores)
        self.schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.create(house.office, WIDE))
        ends = house.clock.now() + timedelta(days=30)
        powers = {"site": frozenset({Power.COLLECT, Power.DECIDE}), "dpo": frozenset(_powers(house, "dpo"))}
        self.site = house.do(lambda work: staff.issue_token(work, ActorKind.SYSTEM, "site", powers["site"], ends)).secret
        self.dpo = house.do(lambda work: staff.issue_token(work, ActorKind.STAFF, house.dpo.id, powers["dpo"], ends)).secret

    def token(self, path: str) -> str:
        return self.site if path.startswith(_OF_SITE) else self.dpo


def _powers(house: House, role: str) -> list[Power]:
    return sorted(next(found.powers for found in house.look(staff.roles) if found.name == role))


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, sample_policy: tuple[Edition, PackEdition]) -> Iterator[Fuzzed]:
    house = House(Settings(tmp_path_factory.mktemp("fuzz") / "office", sample=True), MovedClock(START), *sample_policy)
    yield Fuzzed(house)
    house.close()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_input_makes_a_server_error(fuzzed: Fuzzed, method: str, path: str) -> None:
    operation = fuzzed.schema[path][method]
    within = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    beside = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if operation.body or "{" in path else within

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(within, beside))
    def throw(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {fuzzed.token(path)}"})

    throw()
