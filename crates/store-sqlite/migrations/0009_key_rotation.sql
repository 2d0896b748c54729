-- Keys follow one another: from when each is used, and which one it follows.
CREATE TABLE chained_keys (
    -- In the order in which they were added.
    position INTEGER NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    -- The kid of the one before, also when that is gone; nothing for the first of a purpose.
    follows TEXT
) STRICT;

INSERT INTO chained_keys (position, kid, purpose, sealed, created_at, active_from)
SELECT position, kid, purpose, sealed, created_at, created_at FROM keys;

DROP TABLE keys;
ALTER TABLE chained_keys RENAME TO keys;

CREATE INDEX keys_by_purpose ON keys (purpose);
-- None is followed by two.
CREATE UNIQUE INDEX keys_followed ON keys (follows);
