-- Which pair of stores this is and how far it has come, so that a file copied back by hand is noticed (design 8).
CREATE TABLE mark (
    name TEXT PRIMARY KEY,
    pair TEXT NOT NULL,
    count BIGINT NOT NULL,
    ledger BIGINT NOT NULL
);
