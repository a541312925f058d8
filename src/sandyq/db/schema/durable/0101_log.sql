-- The log: one row per entry, in its order; body holds the very bytes that are hashed.
CREATE TABLE leaf (
    seq BIGINT NOT NULL PRIMARY KEY,
    leaf_id TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX leaf_by_id ON leaf (leaf_id);
-- Entries of committed works that have no number yet; one row per work, bodies each behind its length (PostgreSQL only).
CREATE TABLE pending_leaf (
    first_id TEXT NOT NULL PRIMARY KEY,
    bodies BLOB NOT NULL
);
-- One row: how many entries have a number, and the tree's right edge over them.
CREATE TABLE tree_head (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    edge BLOB NOT NULL
);
-- Which entries are about whom, as long as the subject is there; erased with it, and then nothing ties an entry to a subject.
CREATE TABLE subject_leaf (
    subject_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, leaf_id)
) /* clustered */;
