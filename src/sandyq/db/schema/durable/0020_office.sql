CREATE TABLE office (
    name TEXT NOT NULL PRIMARY KEY,
    office_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    sample BIGINT NOT NULL,
    created_us BIGINT NOT NULL
);
