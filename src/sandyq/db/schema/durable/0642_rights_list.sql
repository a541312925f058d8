-- Open requests by their last day are read from the index alone: the desk looks at the whole list many times a day.
DROP INDEX rights_case_due;
CREATE INDEX rights_case_due ON rights_case (due, case_id, number, kind, state, about, channel, received_us, assignee, outcome)
    WHERE closed_us IS NULL;
