CREATE TABLE outbox (
    outbox_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (next_us) WHERE state = 'waiting';
CREATE INDEX outbox_ref ON outbox (ref);
