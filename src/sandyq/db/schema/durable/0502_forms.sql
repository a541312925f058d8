CREATE TABLE sent_form (
    token BLOB NOT NULL PRIMARY KEY,
    sent_us BIGINT NOT NULL
);
CREATE INDEX claim_submission ON claim (submission_id);
