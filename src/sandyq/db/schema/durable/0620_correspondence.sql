-- The journal of 3.10. Who wrote, to where, and what is in sealed evidence (item_id); here stand numbers, ways, days and states.
CREATE TABLE correspondence (
    subject_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    number TEXT NOT NULL,
    direction TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    answers TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    item_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    attached BIGINT NOT NULL,
    omitted TEXT NOT NULL,
    on_us BIGINT NOT NULL,
    made_us BIGINT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, entry_id)
);
CREATE UNIQUE INDEX correspondence_entry ON correspondence (entry_id);
CREATE INDEX correspondence_number ON correspondence (number);
CREATE INDEX correspondence_case ON correspondence (case_id) WHERE case_id <> '';
CREATE INDEX correspondence_digest ON correspondence (digest) WHERE digest <> '';
CREATE INDEX correspondence_open ON correspondence (state, entry_id) WHERE state IN ('received', 'queued', 'bounced', 'returned', 'failed');
-- What became of an entry: posted, delivered, returned, bounced ... Waybills and proofs of delivery are sealed evidence (item_id).
CREATE TABLE correspondence_event (
    subject_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    item_id TEXT NOT NULL,
    on_day TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, event_id)
);
CREATE INDEX correspondence_event_entry ON correspondence_event (entry_id);
