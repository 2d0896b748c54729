-- Where farms lie, for those who look for them by place: longitude and latitude in degrees, to the
-- last bit as in their documents.
CREATE TABLE farm_places (
    place INTEGER NOT NULL PRIMARY KEY,
    farm_id BLOB NOT NULL UNIQUE REFERENCES farms (id) ON DELETE CASCADE,
    lon REAL NOT NULL,
    lat REAL NOT NULL
) STRICT;

-- The same places (R*Tree), under the same number. Degrees are kept in 32 bits, rounded outwards:
-- what is found must be tested again.
CREATE VIRTUAL TABLE farm_points USING rtree (place, west, east, south, north);

INSERT INTO farm_places (farm_id, lon, lat)
SELECT id, doc ->> '$.location.coordinates[0]', doc ->> '$.location.coordinates[1]' FROM farms;

INSERT INTO farm_points (place, west, east, south, north)
SELECT place, lon, lon, lat, lat FROM farm_places;
