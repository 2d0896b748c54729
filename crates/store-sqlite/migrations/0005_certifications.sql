CREATE TABLE applications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number TEXT NOT NULL UNIQUE,
    owner_id BLOB NOT NULL CHECK (length(owner_id) = 16),
    -- Its farm exists: an application is only added together with the farm's next revision.
    farm_id BLOB NOT NULL CHECK (length(farm_id) = 16),
    standard_id TEXT NOT NULL,
    status TEXT NOT NULL,
    -- 1 while something can still happen to it.
    live INTEGER NOT NULL CHECK (live IN (0, 1)),
    assignee_id BLOB,
    deadline INTEGER,
    -- The deadline, where it ends the application.
    expires_at INTEGER,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX applications_live ON applications (farm_id, standard_id) WHERE live = 1;

CREATE INDEX applications_of_owner ON applications (owner_id, id);
CREATE INDEX applications_of_owner_changed ON applications (owner_id, updated_at, id);
CREATE INDEX applications_for_farm ON applications (farm_id, id);
CREATE INDEX applications_for_farm_changed ON applications (farm_id, updated_at, id);
CREATE INDEX applications_assigned ON applications (assignee_id, id)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX applications_assigned_changed ON applications (assignee_id, updated_at, id)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX applications_in_status ON applications (status, id);
CREATE INDEX applications_in_status_changed ON applications (status, updated_at, id);
CREATE INDEX applications_changed ON applications (updated_at, id);
CREATE INDEX applications_expiring ON applications (expires_at, id) WHERE expires_at IS NOT NULL;

-- Half hours of inspectors: each belongs to one application at most.
CREATE TABLE bookings (
    inspector_id BLOB NOT NULL CHECK (length(inspector_id) = 16),
    starts_at INTEGER NOT NULL,
    application_id BLOB NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    PRIMARY KEY (inspector_id, starts_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX bookings_of_application ON bookings (application_id);

CREATE TABLE payments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    gateway_ref TEXT NOT NULL UNIQUE,
    application_id BLOB NOT NULL REFERENCES applications (id),
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX payments_for_application ON payments (application_id);

CREATE TABLE certificates (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number TEXT NOT NULL UNIQUE,
    holder_id BLOB NOT NULL CHECK (length(holder_id) = 16),
    farm_id BLOB NOT NULL CHECK (length(farm_id) = 16),
    -- The last day (Asia/Bangkok), `YYYY-MM-DD`: texts sort as days do.
    valid_until TEXT NOT NULL,
    revoked_at INTEGER,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;

CREATE INDEX certificates_of_holder ON certificates (holder_id, id);
CREATE INDEX certificates_of_holder_changed ON certificates (holder_id, updated_at, id);
CREATE INDEX certificates_for_farm ON certificates (farm_id, id);
CREATE INDEX certificates_for_farm_changed ON certificates (farm_id, updated_at, id);
CREATE INDEX certificates_changed ON certificates (updated_at, id);

-- The last number given of each series and year.
CREATE TABLE counters (
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;
