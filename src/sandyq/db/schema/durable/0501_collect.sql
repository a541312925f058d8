CREATE TABLE submission (
    subject_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    state TEXT NOT NULL,
    door TEXT NOT NULL,
    language TEXT NOT NULL,
    purpose TEXT NOT NULL,
    relation_id TEXT NOT NULL,
    policy TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    decided_us BIGINT,
    decided_by TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, submission_id)
);
CREATE INDEX submission_asserted ON submission (submission_id) WHERE state IN ('asserted', 'quarantined');
CREATE TABLE challenge (
    subject_id TEXT NOT NULL,
    challenge_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    bound BLOB NOT NULL,
    sends BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    sent_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    verified_us BIGINT,
    PRIMARY KEY (subject_id, challenge_id)
);
CREATE INDEX challenge_bound ON challenge (bound);
CREATE TABLE claim (
    token BLOB NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    submission_id TEXT NOT NULL
);
CREATE INDEX claim_subject ON claim (subject_id);
CREATE TABLE claim_session (
    token BLOB NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX claim_session_subject ON claim_session (subject_id);
