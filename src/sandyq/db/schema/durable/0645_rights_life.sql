-- How the last letter of a request stands with the person; which kinds a letter may ask for until a member says which; sealed evidence of what staff
-- read in it, and of former values.
ALTER TABLE rights_case ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE rights_case ADD COLUMN plausible TEXT NOT NULL DEFAULT '';
ALTER TABLE rights_case ADD COLUMN told_item TEXT NOT NULL DEFAULT '';
ALTER TABLE rights_case ADD COLUMN former_item TEXT NOT NULL DEFAULT '';
DROP INDEX rights_case_due;
CREATE INDEX rights_case_due ON rights_case (due, case_id, number, kind, state, about, channel, received_us, assignee, outcome, delivery, plausible)
    WHERE closed_us IS NULL;
CREATE INDEX rights_case_undelivered ON rights_case (delivery, due, case_id)
    WHERE closed_us IS NULL AND delivery IN ('to_post', 'late', 'failed');
