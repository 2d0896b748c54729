-- What came of proofs of who somebody is. It refers to accounts by their ids alone: an event
-- outlives the account that it was about.
CREATE TABLE security_events (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BLOB CHECK (length(account_id) = 16),
    -- 1 for what came of a login.
    login INTEGER NOT NULL CHECK (login IN (0, 1)),
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX security_events_of_account ON security_events (account_id, id)
    WHERE account_id IS NOT NULL;

-- Who did it, for whoever reads what somebody did.
ALTER TABLE history ADD COLUMN actor_id BLOB CHECK (length(actor_id) = 16);

UPDATE history SET actor_id = unhex(replace(json_extract(doc, '$.by.id'), '-', ''))
    WHERE json_valid(doc) AND json_extract(doc, '$.by.id') IS NOT NULL;

CREATE INDEX history_by_actor ON history (actor_id, id) WHERE actor_id IS NOT NULL;
