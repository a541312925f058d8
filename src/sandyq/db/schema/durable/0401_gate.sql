CREATE TABLE fact_set (
    digest BLOB NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE decision (
    subject_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    permitted BIGINT NOT NULL,
    ask TEXT NOT NULL,
    facts BLOB NOT NULL,
    pack TEXT NOT NULL,
    policy TEXT NOT NULL,
    rules TEXT NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (subject_id, decision_id)
);
