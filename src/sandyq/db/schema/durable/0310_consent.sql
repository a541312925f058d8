CREATE TABLE consent_grant (
    subject_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    country TEXT NOT NULL,
    fields TEXT NOT NULL,
    implied BIGINT NOT NULL,
    complete BIGINT NOT NULL,
    text_id TEXT NOT NULL,
    text_version TEXT NOT NULL,
    language TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    pressed TEXT NOT NULL,
    via TEXT NOT NULL,
    door TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    evidence TEXT NOT NULL,
    given_us BIGINT NOT NULL,
    expires_us BIGINT,
    kept_until TEXT NOT NULL,
    leaf TEXT NOT NULL,
    PRIMARY KEY (subject_id, grant_id)
);
CREATE INDEX consent_grant_kept ON consent_grant (kept_until);
CREATE TABLE consent_end (
    subject_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    reason TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    door TEXT NOT NULL,
    decision TEXT NOT NULL,
    due TEXT NOT NULL,
    calendar TEXT NOT NULL,
    kept_until TEXT NOT NULL,
    leaf TEXT NOT NULL,
    PRIMARY KEY (subject_id, grant_id)
);
CREATE TABLE consent_code (
    subject_id TEXT NOT NULL,
    request TEXT NOT NULL,
    grants TEXT NOT NULL,
    sent_us BIGINT NOT NULL,
    verified_us BIGINT NOT NULL,
    leaf TEXT NOT NULL,
    PRIMARY KEY (subject_id, request)
);
CREATE TABLE consent_stop (
    subject_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    since_us BIGINT NOT NULL,
    leaf TEXT NOT NULL,
    PRIMARY KEY (subject_id, channel)
);
CREATE TABLE suppression (
    token BLOB NOT NULL PRIMARY KEY,
    since_us BIGINT NOT NULL,
    kept_until TEXT NOT NULL
);
CREATE INDEX suppression_kept ON suppression (kept_until);
