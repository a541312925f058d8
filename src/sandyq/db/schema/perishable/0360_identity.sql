-- Keyed tokens of verified contacts: by which contact somebody signs in.
CREATE TABLE factor_token (
    subject_id TEXT NOT NULL,
    factor_id TEXT NOT NULL,
    token BLOB NOT NULL,
    PRIMARY KEY (subject_id, factor_id)
);
CREATE INDEX factor_token_find ON factor_token (token);
