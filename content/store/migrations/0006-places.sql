-- Sites by where they lie, in every state: for the desk's maps. site_position has only what visitors see.
CREATE INDEX site_by_place ON site (lat, lon, id, state, area_id) WHERE lat IS NOT NULL;
