CREATE TABLE block_state (
    subject_id TEXT NOT NULL,
    state_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    categories TEXT NOT NULL,
    items TEXT NOT NULL,
    purposes TEXT NOT NULL,
    recipients TEXT NOT NULL,
    document TEXT NOT NULL,
    since_us BIGINT NOT NULL,
    until TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    decision TEXT NOT NULL,
    ended_us BIGINT,
    outcome TEXT NOT NULL,
    leaf TEXT NOT NULL,
    PRIMARY KEY (subject_id, state_id)
);
CREATE INDEX block_state_until ON block_state (until) WHERE ended_us IS NULL;
CREATE TABLE release_proposal (
    subject_id TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    state_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    document TEXT NOT NULL,
    proposed_us BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    decision TEXT NOT NULL,
    settled_us BIGINT,
    settled_by TEXT NOT NULL,
    settled_as TEXT NOT NULL,
    settled_decision TEXT NOT NULL,
    PRIMARY KEY (subject_id, proposal_id)
);
CREATE INDEX release_proposal_open ON release_proposal (proposed_us) WHERE settled_us IS NULL;
