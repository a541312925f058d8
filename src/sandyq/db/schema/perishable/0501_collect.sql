CREATE TABLE code_limit (
    token BLOB NOT NULL,
    day TEXT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (token, day)
);
