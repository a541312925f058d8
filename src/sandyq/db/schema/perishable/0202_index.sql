-- Keyed tokens by which a person is found. Only a verified IIN is unique, and only inside one wall (the wall is in the token).
CREATE TABLE token (
    subject_id TEXT NOT NULL,
    token BLOB NOT NULL,
    kind TEXT NOT NULL,
    generation BIGINT NOT NULL,
    asserted BIGINT NOT NULL,
    PRIMARY KEY (subject_id, token)
);
CREATE INDEX token_find ON token (token, asserted, subject_id);
CREATE UNIQUE INDEX token_verified ON token (token) WHERE kind = 'iin' AND asserted = 0;
