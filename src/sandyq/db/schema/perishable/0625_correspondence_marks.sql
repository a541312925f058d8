-- Keyed tokens by which a letter on paper is found: its own number, the number of its waybill. Several letters may bear the same one.
CREATE TABLE mail_mark (
    token BLOB NOT NULL,
    subject_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    PRIMARY KEY (token, entry_id)
);
CREATE INDEX mail_mark_subject ON mail_mark (subject_id);
