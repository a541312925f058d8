CREATE TABLE sent_form (
    token BLOB NOT NULL PRIMARY KEY,
    sent_us BIGINT NOT NULL
);
