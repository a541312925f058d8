CREATE TABLE idempotency (
    mark BLOB NOT NULL PRIMARY KEY,
    request BLOB NOT NULL,
    answer TEXT NOT NULL,
    created_us BIGINT NOT NULL
);
CREATE INDEX idempotency_created ON idempotency (created_us);
