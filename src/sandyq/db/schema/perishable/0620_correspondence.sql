-- Keyed tokens of e-mail: messages taken in, messages and numbers of ours that may be answered, each with the token of the address it is bound to.
CREATE TABLE mail_token (
    token BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    address BLOB NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX mail_token_subject ON mail_token (subject_id);
CREATE INDEX mail_token_address ON mail_token (address);
-- How many answers an address got by itself on a day (RFC 3834).
CREATE TABLE mail_limit (
    token BLOB NOT NULL,
    day TEXT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (token, day)
);
