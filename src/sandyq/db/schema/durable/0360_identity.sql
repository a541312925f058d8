-- By what a person proves who they are: verified contacts and authenticators. The contact itself is sealed in an item of its own.
CREATE TABLE factor (
    subject_id TEXT NOT NULL,
    factor_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    language TEXT NOT NULL,
    item_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    last_step BIGINT NOT NULL,
    added_us BIGINT NOT NULL,
    verified_us BIGINT,
    usable_us BIGINT,
    ended_us BIGINT,
    PRIMARY KEY (subject_id, factor_id)
);
CREATE TABLE portal_session (
    token BLOB NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    factors TEXT NOT NULL,
    for_subject TEXT NOT NULL,
    mandate TEXT NOT NULL,
    language TEXT NOT NULL,
    started_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    stepped_us BIGINT,
    ends_us BIGINT NOT NULL
);
CREATE INDEX portal_session_subject ON portal_session (subject_id);
-- A member of staff saw an identity document: which kind, when, who. No number and no copy (the Law art. 7(10)).
CREATE TABLE desk_check (
    subject_id TEXT NOT NULL,
    check_id TEXT NOT NULL,
    document_kind TEXT NOT NULL,
    member_id TEXT NOT NULL,
    checked_us BIGINT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, check_id)
);
-- Links of mails that ask somebody to prove who they are; each opens in one browser.
CREATE TABLE prove_link (
    token BLOB NOT NULL PRIMARY KEY,
    subject_id TEXT NOT NULL,
    ref TEXT NOT NULL,
    browser BLOB NOT NULL,
    made_us BIGINT NOT NULL,
    ends_us BIGINT NOT NULL,
    spent_us BIGINT
);
CREATE INDEX prove_link_subject ON prove_link (subject_id);
