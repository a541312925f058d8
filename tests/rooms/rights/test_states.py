"""The moves of a case as a closed table: nothing is lost on any path, nothing ends by time alone (the Law art. 24, 25)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.rights.facts import Stage
from sandyq.rights.kinds import TABLE
from sandyq.rights.kinds.complaint import STAGES
from sandyq.rights.states import CLAUSE, CLOCKS, DEED, ENDED, MOVES, Kind, Limb, State, may_move

_S = State
CASES = [
    ("a request that came in waits for identity", _S.RECEIVED, _S.IDENTIFYING, True),
    ("a request of somebody who proved enough goes to the desk", _S.RECEIVED, _S.OPEN, True),
    ("a request is never answered before it was opened", _S.RECEIVED, _S.ANSWERED, False),
    ("nobody's request is carried out before identity", _S.IDENTIFYING, _S.CARRYING_OUT, False),
    ("want of proof is an answer", _S.IDENTIFYING, _S.NOT_IDENTIFIED, True),
    ("a proof opens what was answered for want of it", _S.NOT_IDENTIFIED, _S.OPEN, True),
    ("a decision may wait for a second person", _S.OPEN, _S.SECOND_PERSON, True),
    ("a second person may say no", _S.SECOND_PERSON, _S.OPEN, True),
    ("what waits for a second person is not answered", _S.SECOND_PERSON, _S.ANSWERED, False),
    ("nothing closes before it is answered", _S.CARRYING_OUT, _S.CLOSED, False),
    ("an answer may have been wrong", _S.ANSWERED, _S.OPEN, True),
    ("an appeal opens what was closed", _S.CLOSED, _S.OPEN, True),
    ("a duplicate can turn out not to be one", _S.DUPLICATE, _S.OPEN, True),
    ("who took a request back may ask again", _S.RETRACTED, _S.OPEN, True),
    ("what is being carried out is not taken back", _S.CARRYING_OUT, _S.RETRACTED, False),
]


@pytest.mark.parametrize(("sentence", "old", "new", "allowed"), CASES, ids=[case[0] for case in CASES])
def test_moves(sentence: str, old: State, new: State, allowed: bool) -> None:
    assert may_move(old, new) is allowed, sentence


def test_every_state_has_its_moves_and_none_leads_nowhere() -> None:
    assert set(MOVES) == set(State)
    assert all(MOVES.values())


@given(st.data())
def test_from_wherever_a_path_leads_a_case_can_still_be_answered_and_opened_again(data: st.DataObject) -> None:
    state = State.RECEIVED
    for _ in range(data.draw(st.integers(0, 12))):
        state = data.draw(st.sampled_from(sorted(MOVES[state])))
    assert _reaches(state, State.ANSWERED)
    assert _reaches(state, State.OPEN)


def _reaches(state: State, wanted: State) -> bool:
    seen, front = {state}, [state]
    while front:
        for after in MOVES[front.pop()] - seen:
            seen.add(after)
            front.append(after)
    return wanted in seen


def test_only_states_without_work_left_are_ends() -> None:
    assert {State.CLOSED, State.NOT_IDENTIFIED, State.DUPLICATE, State.RETRACTED} == ENDED


def test_every_kind_has_its_clause_its_proof_its_clock_and_its_handling() -> None:
    for table in (CLAUSE, DEED, CLOCKS, TABLE):
        assert set(table) == set(Kind)
    assert all(any(limb is Limb.RECEIPT for _, limb in clocks) for clocks in CLOCKS.values())


def test_every_reason_to_refuse_names_clause_and_article() -> None:
    for kind, handling in TABLE.items():
        for word, limb in handling.limbs().items():
            assert limb.clause[0].isdigit(), (kind, word)
            assert "art." in limb.article, (kind, word)


def test_a_complaint_may_go_to_court_from_every_stage_and_ends_closed() -> None:
    assert set(STAGES) == set(Stage)
    assert all(Stage.COURT in STAGES[stage] for stage in Stage if stage is not Stage.COURT)
    assert STAGES[Stage.CLOSED] == {Stage.COURT}
