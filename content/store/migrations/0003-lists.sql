-- Lists of the desk, so that they stay quick with 100,000 sites: each order has an index that holds all that the
-- filters ask for, and a page of the list is found without reading the sites before it.
CREATE INDEX site_by_name ON site (sort_key, id, state, kind_id, area_id);
DROP INDEX site_updated;
CREATE INDEX site_by_change ON site (updated_at, id, state, kind_id, area_id);

-- Plates in the order of their sites, and the sites that have one in use.
DROP INDEX plate_site;
CREATE INDEX plate_site ON plate (site_id, created_at, code, state);

-- Who did what: all that its list asks for, without the details.
CREATE INDEX audit_list ON audit (id, at, actor, action, subject);
CREATE INDEX text_lang ON text (lang, site_id);
