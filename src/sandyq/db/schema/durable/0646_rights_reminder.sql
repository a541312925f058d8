-- The last reminder of each open request for each member whom it falls to, and how the mail of it went. The log and the request's events keep every one.
CREATE TABLE rights_reminder (
    member_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    reminder_id TEXT NOT NULL,
    word TEXT NOT NULL,
    duty TEXT NOT NULL,
    due TEXT NOT NULL,
    mail TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (member_id, case_id)
);
CREATE INDEX rights_reminder_case ON rights_reminder (case_id);
