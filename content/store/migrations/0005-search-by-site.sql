-- The search index has a row for each site and no longer one for each of its texts: what is found is a site, and asking
-- every text found which site it belongs to took longer than finding it. The rowid is the site's id.
CREATE VIRTUAL TABLE search_by_site USING fts5 (title, names, place, body, tokenize = 'unicode61 remove_diacritics 0');
INSERT INTO search_by_site (rowid, title, names, place, body)
    SELECT x.site_id, group_concat(s.title, ' '), max(s.names), max(s.place), group_concat(s.body, ' ')
    FROM search s JOIN text x ON x.id = s.rowid GROUP BY x.site_id;
DROP TABLE search;
ALTER TABLE search_by_site RENAME TO search;

-- Translations that are older than their original, counted on the desk's first page.
CREATE INDEX text_stale ON text (site_id) WHERE stale = 1;
