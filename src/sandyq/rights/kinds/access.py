"""Access (4.1.1; the Law art. 24(1)(1), 25(2)(6)): the fact, purposes, sources, ways, the data, terms and recipients. Free of charge, and also under a block."""

from dataclasses import replace

from sandyq.db import Work
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import Occasion, Operation
from sandyq.register import items
from sandyq.rights.desk import Rights
from sandyq.rights.facts import Case, Part, PartState
from sandyq.rights.kinds.handling import Chosen, Handling, asking


class Access(Handling):
    """Nothing is changed; the answer itself is what is asked for. Where nothing is held, that is the answer."""

    def ask(self, work: Work, r: Rights, made: Case, part: Part) -> Ask | None:
        """Their own data, whatever stands over them."""
        purpose = r.gate.in_force(work).edition.form.purpose
        return asking(work, made, Operation.USE, occasion=Occasion.OWN_ACCESS, purpose=purpose)

    def carry(self, work: Work, r: Rights, made: Case, chosen: Chosen) -> list[Part]:
        """The part is done when the answer can be given."""
        held = any(item.klass == "data" for item in items.facts(work, made.about))
        state = PartState.DONE if held else PartState.NOT_HELD
        return [replace(part, state=state, reason="" if held else "nothing_held") for part, _ in chosen]
