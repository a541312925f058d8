-- The standing row of each subject: read shared by the gate, updated by every act that narrows.
CREATE TABLE subject (
    subject_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    wall TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    iin_verified_us BIGINT,
    phone_verified_us BIGINT,
    matches_known BIGINT NOT NULL,
    destroyed_us BIGINT
);
-- One row is one version of one category (or one piece of retained evidence). All but superseded_us is bound by the seal.
CREATE TABLE item (
    subject_id TEXT NOT NULL,
    klass TEXT NOT NULL,
    category TEXT NOT NULL,
    version BIGINT NOT NULL,
    item_id TEXT NOT NULL,
    fields TEXT NOT NULL,
    purposes TEXT NOT NULL,
    source TEXT NOT NULL,
    ground TEXT NOT NULL,
    citation TEXT NOT NULL,
    consent TEXT NOT NULL,
    decision TEXT NOT NULL,
    guaranteed BIGINT NOT NULL,
    source_cited BIGINT NOT NULL,
    term_rule TEXT NOT NULL,
    term_end TEXT,
    collected_us BIGINT NOT NULL,
    superseded_us BIGINT,
    sealed BLOB NOT NULL,
    PRIMARY KEY (subject_id, klass, category, version)
);
CREATE INDEX item_term ON item (term_end) WHERE term_end IS NOT NULL;
-- Uploads. The bytes lie sealed in a file named by the media id.
CREATE TABLE media (
    subject_id TEXT NOT NULL,
    media_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    PRIMARY KEY (subject_id, media_id)
);
CREATE UNIQUE INDEX media_file ON media (media_id);
