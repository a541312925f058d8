CREATE TABLE restrictive_event (
    event_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    body TEXT NOT NULL,
    shipped BIGINT NOT NULL
);
CREATE INDEX restrictive_event_waiting ON restrictive_event (event_id) WHERE shipped = 0;
