CREATE TABLE partner_ref (
    subject_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    ref TEXT NOT NULL,
    PRIMARY KEY (subject_id, recipient)
);
