CREATE TABLE destruction (
    subject_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    items TEXT NOT NULL,
    remaining TEXT NOT NULL,
    clause TEXT NOT NULL,
    article TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    certified BIGINT NOT NULL,
    received_us BIGINT NOT NULL,
    planned_us BIGINT NOT NULL,
    deleted_us BIGINT,
    done_us BIGINT,
    generation BIGINT NOT NULL,
    leaf_id TEXT NOT NULL,
    certificate TEXT NOT NULL,
    PRIMARY KEY (subject_id, plan_id)
);
CREATE INDEX destruction_open ON destruction (plan_id) WHERE done_us IS NULL;
CREATE TABLE destruction_receipt (
    subject_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    step TEXT NOT NULL,
    category TEXT NOT NULL,
    things BIGINT NOT NULL,
    keys BIGINT NOT NULL,
    done_us BIGINT NOT NULL,
    PRIMARY KEY (subject_id, plan_id, step, category)
);
