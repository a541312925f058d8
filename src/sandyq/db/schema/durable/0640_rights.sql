CREATE TABLE rights_case (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    about TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    level BIGINT NOT NULL,
    representative TEXT NOT NULL,
    stage TEXT NOT NULL,
    assignee TEXT NOT NULL,
    outcome TEXT NOT NULL,
    due TEXT NOT NULL,
    item_id TEXT NOT NULL,
    entry TEXT NOT NULL,
    answer TEXT NOT NULL,
    duplicate_of TEXT NOT NULL,
    received_us BIGINT NOT NULL,
    opened_us BIGINT NOT NULL,
    closed_us BIGINT,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, case_id)
);
CREATE UNIQUE INDEX rights_case_id ON rights_case (case_id);
CREATE UNIQUE INDEX rights_case_number ON rights_case (number);
CREATE INDEX rights_case_about ON rights_case (about);
CREATE INDEX rights_case_due ON rights_case (due, case_id) WHERE closed_us IS NULL;
CREATE INDEX rights_case_received ON rights_case (received_us);
CREATE TABLE rights_clock (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    duty TEXT NOT NULL,
    rule TEXT NOT NULL,
    started TEXT NOT NULL,
    since TEXT NOT NULL,
    term TEXT NOT NULL,
    due TEXT NOT NULL,
    calendar TEXT NOT NULL,
    state TEXT NOT NULL,
    paused_for TEXT NOT NULL,
    met_us BIGINT,
    reminded TEXT NOT NULL,
    remind_on TEXT NOT NULL,
    PRIMARY KEY (subject_id, case_id, no)
);
CREATE INDEX rights_clock_remind ON rights_clock (remind_on) WHERE met_us IS NULL AND state <> 'paused';
CREATE TABLE rights_part (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    what TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    choice TEXT NOT NULL,
    reason TEXT NOT NULL,
    clause TEXT NOT NULL,
    article TEXT NOT NULL,
    cited TEXT NOT NULL,
    document TEXT NOT NULL,
    order_id TEXT NOT NULL,
    result TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    by_id TEXT NOT NULL,
    PRIMARY KEY (subject_id, case_id, no)
);
CREATE TABLE rights_document (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (subject_id, case_id, document_id)
);
CREATE TABLE rights_event (
    subject_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    act TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    by_id TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (subject_id, case_id, no)
);
CREATE TABLE rights_deputy (
    member TEXT NOT NULL,
    deputy TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    leaf_id TEXT NOT NULL,
    PRIMARY KEY (member, since)
);
