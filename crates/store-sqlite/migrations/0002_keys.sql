-- Keys, sealed under the master key. A purpose may come to have several: the first is made by
-- whichever server starts first.
CREATE TABLE keys (
    -- In the order in which they were added.
    position INTEGER NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX keys_by_purpose ON keys (purpose);
