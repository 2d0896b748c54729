-- Guesses at passwords, by a keyed hash of what was guessed at. Nothing in here names anybody.
CREATE TABLE guesses (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    count INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    waits INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX guesses_by_age ON guesses (began_at);
