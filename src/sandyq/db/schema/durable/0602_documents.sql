CREATE TABLE request_document (
    subject_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    filed_us BIGINT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, document_id)
);
