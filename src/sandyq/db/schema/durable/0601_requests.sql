CREATE TABLE request (
    subject_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    target TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    due TEXT NOT NULL,
    calendar TEXT NOT NULL,
    decided_us BIGINT,
    decision_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, request_id)
);
CREATE INDEX request_due ON request (due) WHERE state = 'open';
