CREATE TABLE policy_text (
    digest TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE policy_version (
    version_id TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    policy_digest TEXT NOT NULL,
    pack_digest TEXT NOT NULL,
    deadlines_digest TEXT NOT NULL,
    reading TEXT NOT NULL,
    from_us BIGINT NOT NULL,
    installed_us BIGINT NOT NULL,
    installed_by TEXT NOT NULL,
    acceptance TEXT NOT NULL
);
CREATE INDEX policy_version_from ON policy_version (from_us, number);
CREATE TABLE policy_acceptance (
    acceptance_id TEXT NOT NULL PRIMARY KEY,
    policy_digest TEXT NOT NULL,
    accepted_us BIGINT NOT NULL,
    accepted_by TEXT NOT NULL,
    document TEXT NOT NULL
);
