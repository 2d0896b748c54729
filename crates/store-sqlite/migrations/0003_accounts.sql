CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    phone TEXT UNIQUE,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Outside of the document: a login is no new state of an account.
    last_login_at INTEGER,
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX accounts_with_role ON accounts (role, id);
CREATE INDEX accounts_with_role_changed ON accounts (role, updated_at, id);
CREATE INDEX accounts_in_status ON accounts (status, id);
CREATE INDEX accounts_in_status_changed ON accounts (status, updated_at, id);
CREATE INDEX accounts_changed ON accounts (updated_at, id);

-- Blind indexes of national IDs; an account has one per key while keys are being changed.
CREATE TABLE national_ids (
    value TEXT NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX national_ids_of_account ON national_ids (account_id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    current_hash BLOB NOT NULL CHECK (length(current_hash) = 32),
    -- When it ends by itself, used or not.
    ends_at INTEGER NOT NULL,
    revoked_at INTEGER,
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX sessions_of_account ON sessions (account_id, id) WHERE revoked_at IS NULL;
