CREATE TABLE staff_role (
    role TEXT NOT NULL PRIMARY KEY,
    grants TEXT NOT NULL,
    powers TEXT NOT NULL,
    changed_us BIGINT NOT NULL
);
CREATE TABLE staff_member (
    member_id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    grants TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp BLOB NOT NULL,
    totp_step BIGINT NOT NULL,
    undertaking_on TEXT NOT NULL,
    active BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until_us BIGINT NOT NULL,
    added_us BIGINT NOT NULL
);
CREATE TABLE staff_session (
    token BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    door TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    factor_us BIGINT NOT NULL,
    ends_us BIGINT NOT NULL
);
CREATE INDEX staff_session_member ON staff_session (member_id);
CREATE TABLE api_token (
    token BLOB NOT NULL PRIMARY KEY,
    token_id TEXT NOT NULL UNIQUE,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    issued_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT
);
CREATE INDEX api_token_owner ON api_token (owner_kind, owner_id);
