CREATE TABLE farms (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL CHECK (length(owner_id) = 16),
    name_key TEXT NOT NULL,
    province_key TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    doc TEXT NOT NULL
) STRICT;

-- An archived farm gives its name back.
CREATE UNIQUE INDEX farms_name ON farms (owner_id, name_key) WHERE status <> 'archived';

-- Lists: newest first by id, and changes by updated_at, each within the filter that cuts most.
CREATE INDEX farms_of_owner ON farms (owner_id, id);
CREATE INDEX farms_of_owner_changed ON farms (owner_id, updated_at, id);
CREATE INDEX farms_in_status ON farms (status, id);
CREATE INDEX farms_in_status_changed ON farms (status, updated_at, id);
CREATE INDEX farms_in_province ON farms (province_key, id);
CREATE INDEX farms_in_province_changed ON farms (province_key, updated_at, id);
CREATE INDEX farms_changed ON farms (updated_at, id);

-- What a farm's document says of its plots, for those who look for crops and for places.
CREATE TABLE plots (
    box INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    farm_id BLOB NOT NULL REFERENCES farms (id) ON DELETE CASCADE,
    crop TEXT NOT NULL,
    boundary TEXT NOT NULL
) STRICT;

CREATE INDEX plots_of_farm ON plots (farm_id, crop);

-- Boxes around plots (R*Tree), under the same number; not around those of archived farms.
-- Corners are kept in 32 bits, rounded outwards: what is found must be tested again.
CREATE VIRTUAL TABLE plot_bounds USING rtree (box, west, east, south, north);
