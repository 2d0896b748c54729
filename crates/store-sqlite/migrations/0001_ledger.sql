-- What happened to records. Ids are UUIDs as 16 bytes: UUIDv7 sorts by time there, and a key in
-- an index takes less than half of what its text would.
CREATE TABLE history (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    -- Microseconds since 1970, here and everywhere.
    at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX history_by_subject ON history (subject_kind, subject_id, id);

-- What was said about an entry, apart from it: this can be erased.
CREATE TABLE history_notes (
    entry_id BLOB NOT NULL PRIMARY KEY REFERENCES history (id) ON DELETE CASCADE,
    comment TEXT NOT NULL
) STRICT;

-- First replies to requests with an idempotency key; no status while the request runs.
CREATE TABLE receipts (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    lease INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX receipts_by_age ON receipts (claimed_at);
