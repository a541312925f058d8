CREATE TABLE transfer (
    subject_id TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    fields TEXT NOT NULL,
    state TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    queued_us BIGINT NOT NULL,
    sending_us BIGINT,
    sent_us BIGINT,
    acked_us BIGINT,
    chased BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    ack_digest BLOB,
    PRIMARY KEY (subject_id, transfer_id)
);
CREATE UNIQUE INDEX transfer_by_id ON transfer (transfer_id);
CREATE INDEX transfer_open ON transfer (state, sent_us) WHERE state IN ('sent', 'failed', 'escalated');
