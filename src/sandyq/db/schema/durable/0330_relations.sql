CREATE TABLE relation (
    subject_id TEXT NOT NULL,
    relation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT NOT NULL,
    fulfilled BIGINT NOT NULL,
    purposes TEXT NOT NULL,
    party TEXT NOT NULL,
    document TEXT NOT NULL,
    opened_us BIGINT NOT NULL,
    closed_us BIGINT,
    PRIMARY KEY (subject_id, relation_id)
);
CREATE INDEX relation_closed ON relation (closed_us) WHERE closed_us IS NOT NULL;
