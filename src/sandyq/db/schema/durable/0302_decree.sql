CREATE TABLE calendar_decree (
    decree_id TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    citation TEXT NOT NULL,
    added_us BIGINT NOT NULL,
    added_by TEXT NOT NULL
);
