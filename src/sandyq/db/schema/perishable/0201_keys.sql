-- Generations of keys. The keys themselves are with the key provider, never here.
CREATE TABLE generation (
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    retired_us BIGINT,
    destroyed_us BIGINT,
    PRIMARY KEY (kind, number)
);
-- One row: the generations that rows may stand under, as JSON. Who wraps reads it shared, who rotates updates it.
CREATE TABLE key_state (
    id BIGINT NOT NULL PRIMARY KEY,
    kek TEXT NOT NULL,
    token TEXT NOT NULL
);
-- One data key per item version or upload; the key id is the id of what it opens. The key id `salt` is the subject's audit salt.
CREATE TABLE wrapped_key (
    subject_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (subject_id, key_id)
);
