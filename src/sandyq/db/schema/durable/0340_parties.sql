CREATE TABLE recipient (
    recipient_id TEXT NOT NULL PRIMARY KEY,
    clause TEXT NOT NULL,
    legal_form TEXT NOT NULL,
    country TEXT NOT NULL,
    card BLOB NOT NULL,
    secrets BLOB NOT NULL,
    agreed TEXT NOT NULL,
    contract_until TEXT NOT NULL,
    undertaking_on TEXT NOT NULL,
    feed TEXT NOT NULL,
    feed_reason TEXT NOT NULL,
    active BIGINT NOT NULL,
    parent TEXT NOT NULL,
    added_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL
);
CREATE TABLE source (
    source_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    card BLOB NOT NULL,
    guarantee_on TEXT NOT NULL,
    guarantee_until TEXT NOT NULL,
    guarantee_document TEXT NOT NULL,
    active BIGINT NOT NULL,
    added_us BIGINT NOT NULL
);
CREATE TABLE representative (
    subject_id TEXT NOT NULL,
    representative_id TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    document TEXT NOT NULL,
    scope TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    added_us BIGINT NOT NULL,
    ended_us BIGINT,
    PRIMARY KEY (subject_id, representative_id)
);
CREATE INDEX representative_person ON representative (person);
