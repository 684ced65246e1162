#include "content/store/statements.h"

#include <stddef.h>

// clang-format off

#define SITE_COLUMNS                                                                                                  \
    "SELECT s.id, s.slug, s.key, s.state, s.version, s.original, s.lat, s.lon, s.accuracy_m, s.details,"              \
    " s.created_at, s.updated_at, s.published_at, s.publish_at,"                                                      \
    " k.key, k.labels, k.picture, c.key, c.labels, r.key, r.labels, a.key, a.labels,"                                 \
    " EXISTS (SELECT 1 FROM site_media l WHERE l.site_id = s.id), EXISTS (SELECT 1 FROM old_slug h WHERE h.site_id = s.id)"\
    " FROM site s JOIN term k ON k.id = s.kind_id"                                                                    \
    " LEFT JOIN term c ON c.id = s.category_id"                                                                       \
    " LEFT JOIN term r ON r.id = s.rank_id"                                                                           \
    " LEFT JOIN term a ON a.id = s.area_id"

// The thumbnail of a use (site_media) of a picture, as media_thumb_name (content/media.h) calls it.
#define THUMB_NAME(use)                                                                                               \
    "'thumb' || coalesce('-' || CAST(" use ".focus_x * 100 + 0.5 AS INTEGER)"                                         \
    " || '-' || CAST(" use ".focus_y * 100 + 0.5 AS INTEGER), '')"

// A site as a list shows it, in language ?1 where there is such a text, else in the site's original language.
// 0 id, 1 slug, 2 lang, 3 title, 4 summary, 5 kind key, 6 kind labels, 7 kind picture, 8 rank key, 9 rank labels,
// 10 area key, 11 area labels, 12 lat, 13 lon, 14 cover sha256, 15 cover alt, 16 the cover's thumbnail without suffix,
// or NULL. What most sites do not need is looked up where it is: coalesce and CASE ask no further than they must.
#define IN_ORIGINAL(column)                                                                                           \
    "(SELECT o." column " FROM text o WHERE o.site_id = s.id AND o.lang = s.original)"
#define HAS_VARIANT(name)                                                                                             \
    "EXISTS (SELECT 1 FROM media_variant v WHERE v.sha256 = m.sha256 AND v.variant = " name ")"
#define CARD_BEGINNING                                                                                                \
    "SELECT s.id, s.slug, coalesce(t.lang, " IN_ORIGINAL("lang") "), coalesce(t.title, " IN_ORIGINAL("title") "),"
#define CARD_END                                                                                                      \
    " s.lat, s.lon, m.sha256, m.alt, CASE WHEN m.sha256 IS NULL THEN NULL"                                            \
    " WHEN " HAS_VARIANT(THUMB_NAME("m") " || '.jpg'") " THEN " THUMB_NAME("m")                                       \
    " WHEN " HAS_VARIANT("'thumb.jpg'") " THEN 'thumb' END"
#define CARD_COLUMNS                                                                                                  \
    CARD_BEGINNING " coalesce(t.summary, " IN_ORIGINAL("summary") "), k.key, k.labels, k.picture, r.key, r.labels,"   \
    " a.key, a.labels," CARD_END
#define CARD_SMALL_JOINS                                                                                              \
    " JOIN term k ON k.id = s.kind_id"                                                                                \
    " LEFT JOIN text t ON t.site_id = s.id AND t.lang = ?1"                                                           \
    " LEFT JOIN site_media m ON m.site_id = s.id AND m.position = 0"
#define CARD_JOINS                                                                                                    \
    CARD_SMALL_JOINS " LEFT JOIN term r ON r.id = s.rank_id LEFT JOIN term a ON a.id = s.area_id"

// The area of the key `parameter` and all areas inside it
#define INSIDE_AREA(parameter)                                                                                        \
    "(WITH RECURSIVE inside (id) AS (SELECT id FROM term WHERE scheme = 'area' AND key = " parameter                  \
    " UNION SELECT term.id FROM term JOIN inside ON term.parent_id = inside.id) SELECT id FROM inside)"

// ?2 kind key, ?3 area key (with the areas inside it); NULL: all
#define CARD_FILTER                                                                                                   \
    " WHERE s.state = 'published'"                                                                                    \
    " AND (?2 IS NULL OR s.kind_id = (SELECT id FROM term WHERE scheme = 'kind' AND key = ?2))"                       \
    " AND (?3 IS NULL OR s.area_id IN " INSIDE_AREA("?3") ")"

// The terms of a scheme that published sites have; 0 key, 1 labels, 2 picture, 3 count. Counted term by term, because
// each count is then a walk along one index.
#define TERM_COUNTS(scheme)                                                                                           \
    "SELECT key, labels, picture, sites FROM (SELECT t.key AS key, t.labels AS labels, t.picture AS picture,"         \
    " t.position AS position, t.id AS id,"                                                                            \
    " (SELECT count(*) FROM site s WHERE s.state = 'published' AND s." scheme "_id = t.id) AS sites"                  \
    " FROM term t WHERE t.scheme = '" scheme "') c WHERE sites > 0 ORDER BY position, id"

#define IS_SOUND "class = 'video' AND ?2 IS NULL AND ?4 IS NOT NULL"

#define UPLOAD_COLUMNS "SELECT id, account_id, name, bytes, received, created_at FROM upload"

#define TOUR_COLUMNS                                                                                                  \
    "SELECT u.id, u.slug, u.state, u.titles, u.summaries, u.bodies, u.version, u.updated_at FROM tour u"

#define PLATE_COLUMNS                                                                                                 \
    "SELECT p.code, p.site_id, p.tour_id, p.state, p.place, p.reason, p.lat, p.lon, p.created_at, p.updated_at,"      \
    " s.slug, u.slug, s.state, u.state FROM plate p"                                                                  \
    " LEFT JOIN site s ON s.id = p.site_id LEFT JOIN tour u ON u.id = p.tour_id"

#define ACCOUNT_COLUMNS                                                                                               \
    "SELECT u.id, u.name, u.role, u.may_publish, u.language, u.password_hash IS NOT NULL, u.totp_secret IS NOT NULL,"  \
    " u.created_at, u.disabled_at, (SELECT max(x.last_seen_at) FROM session x WHERE x.account_id = u.id)"             \
    " FROM account u"

// ?1 now, ?2 the oldest `last seen` that is still good
#define SESSION_COLUMNS                                                                                               \
    "SELECT x.token_hash, x.account_id, x.csrf_token, x.created_at, x.last_seen_at, x.expires_at, x.device"           \
    " FROM session x JOIN account u ON u.id = x.account_id AND u.disabled_at IS NULL"                                 \
    " WHERE x.expires_at > ?1 AND x.last_seen_at > ?2"

// 0 subject, 1 account id, 2 account, 3 base_version, 4 document or NULL, 5 updated_at
#define DRAFT_COLUMNS(document)                                                                                       \
    "SELECT d.subject, d.account_id, u.name, d.base_version, " document ", d.updated_at"                              \
    " FROM draft d JOIN account u ON u.id = d.account_id"

// Sites that account ?N may work on: all, when it has no limit
#define REACHED_BY(parameter, area)                                                                                   \
    "(" parameter " IS NULL OR NOT EXISTS (SELECT 1 FROM account_area WHERE account_id = " parameter ")"              \
    " OR " area " IN (WITH RECURSIVE reached (id) AS (SELECT term_id FROM account_area"                               \
    " WHERE account_id = " parameter " UNION SELECT term.id FROM term JOIN reached ON term.parent_id = reached.id)"   \
    " SELECT id FROM reached))"

// The sites that an FTS5 expression finds
#define FOUND_SITES(parameter)                                                                                        \
    "(SELECT x.site_id FROM search JOIN text x ON x.id = search.rowid WHERE search MATCH " parameter ")"

// ?1 state, ?2 kind, ?3 area, ?4 missing language, ?5 FTS5 expression, ?6 account id; each NULL for all;
// ?9 not NULL: only those without a plate in use
#define DESK_SITE_FILTER                                                                                              \
    " WHERE (s.state = ?1 OR (?1 IS NULL AND s.state <> 'binned'))"                                                   \
    " AND (?2 IS NULL OR s.kind_id = (SELECT id FROM term WHERE scheme = 'kind' AND key = ?2))"                       \
    " AND (?3 IS NULL OR s.area_id IN " INSIDE_AREA("?3") ")"                                                         \
    " AND (?4 IS NULL OR s.id NOT IN (SELECT site_id FROM text WHERE lang = ?4))"                                     \
    " AND (?5 IS NULL OR s.id IN " FOUND_SITES("?5") ")"                                                              \
    " AND (?9 IS NULL OR s.id NOT IN (SELECT site_id FROM plate WHERE site_id IS NOT NULL AND state <> 'retired'))"       \
    " AND " REACHED_BY("?6", "s.area_id")

// The page is chosen first, along an index that holds all that the filter asks for; the rest is read for its rows.
// 0 id, 1 slug, 2 state, 3 title, 4 kind labels, 5 area labels, 6 version, 7 updated_at, 8 publish_at, 9 languages,
// 10 plates; ?7 limit, ?8 offset
#define DESK_SITES_FROM(chosen, order)                                                                                             \
    "SELECT s.id, s.slug, s.state, coalesce(o.title, s.slug), k.labels, a.labels, s.version, s.updated_at,"           \
    " s.publish_at, (SELECT group_concat(lang, ' ') FROM (SELECT lang FROM text WHERE site_id = s.id ORDER BY lang)),"\
    " (SELECT count(*) FROM plate p WHERE p.site_id = s.id)"                                                          \
    " FROM (SELECT s.id AS id FROM site s" DESK_SITE_FILTER " ORDER BY " chosen " LIMIT ?7 OFFSET ?8) f"             \
    " JOIN site s ON s.id = f.id JOIN term k ON k.id = s.kind_id LEFT JOIN term a ON a.id = s.area_id"                \
    " LEFT JOIN text o ON o.site_id = s.id AND o.lang = s.original ORDER BY " order
#define BY_NAME     "s.sort_key, s.id"
#define BY_NAME_END "s.sort_key DESC, s.id DESC"
#define NEWEST      "s.updated_at DESC, s.id DESC"
#define OLDEST      "s.updated_at, s.id"

// An open batch: it has hold of its plates (content/print/batch.h)
#define BATCH_IS_OPEN(table)                                                                                          \
    table ".state IN ('waiting', 'running', 'made', 'failed') AND " table ".printed_at IS NULL"

// ?1 state, ?2 area, ?3 part of a code, ?4 FTS5 expression (?3 or ?4 must fit), ?5 account id; each NULL for all.
// ?8 tour: plates of its stops and its own; ?9 not NULL: only those that a batch can take.
// `site` is the id of the plate's site, or NULL for a tour's, which lies in no area and is found by its code alone.
#define DESK_PLATE_FILTER(site)                                                                                       \
    " WHERE (?1 IS NULL OR p.state = ?1)"                                                                             \
    " AND (?2 IS NULL OR " site " IN (SELECT id FROM site WHERE area_id IN " INSIDE_AREA("?2") "))"                   \
    " AND (?4 IS NULL OR ?3 IS NOT NULL OR " site " IN " FOUND_SITES("?4") ")"                                        \
    " AND (?3 IS NULL OR p.code LIKE ?3 OR (?4 IS NOT NULL AND " site " IN " FOUND_SITES("?4") "))"                   \
    " AND (?8 IS NULL OR p.tour_id = ?8 OR " site " IN (SELECT site_id FROM tour_stop WHERE tour_id = ?8))"           \
    " AND (?9 IS NULL OR (p.state <> 'retired' AND NOT EXISTS (SELECT 1 FROM batch_plate y"                           \
    " JOIN batch b ON b.id = y.batch_id WHERE y.code = p.code AND " BATCH_IS_OPEN("b") ")))"                          \
    " AND (?5 IS NULL OR NOT EXISTS (SELECT 1 FROM account_area WHERE account_id = ?5)"                               \
    " OR " site " IN (SELECT id FROM site WHERE " REACHED_BY("?5", "area_id") "))"

// The page is chosen first, along the sites' index by name.
// 0 code, 1 state, 2 place, 3 target's slug, 4 title or titles, 5 is a tour, 6 updated_at, 7 scans; ?6 limit, ?7 offset
#define DESK_PLATES_FROM(chosen)                                                                                      \
    "SELECT p.code, p.state, p.place, coalesce(s.slug, u.slug), coalesce("                                            \
    "(SELECT x.title FROM text x WHERE x.site_id = s.id AND x.lang = s.original), u.titles, s.slug),"                 \
    " u.id IS NOT NULL, p.updated_at,"                                                                                \
    " (SELECT coalesce(sum(n.count), 0) FROM scan_count n WHERE n.code = p.code AND n.class = 'person')"              \
    " FROM (SELECT s.sort_key AS sort_key, s.id AS target, p.created_at AS created_at, p.code AS code"                \
    " FROM site s CROSS JOIN plate p" DESK_PLATE_FILTER("s.id") " AND p.site_id = s.id"                               \
    " UNION ALL SELECT u.sort_key, u.id, p.created_at, p.code"                                                        \
    " FROM tour u CROSS JOIN plate p" DESK_PLATE_FILTER("NULL") " AND p.tour_id = u.id"                               \
    " ORDER BY " chosen " LIMIT ?6 OFFSET ?7) f JOIN plate p ON p.code = f.code"                                      \
    " LEFT JOIN site s ON s.id = p.site_id LEFT JOIN tour u ON u.id = p.tour_id"                                      \
    " ORDER BY f.sort_key, f.target, f.created_at, f.code"

// ?1 part of the name, as LIKE pattern with the escape '\\', ?2 format, ?3 name of the account; each NULL for all
#define IMPORT_FILTER                                                                                                 \
    " WHERE (?1 IS NULL OR i.name LIKE ?1 ESCAPE '\\') AND (?2 IS NULL OR i.format = ?2)"                             \
    " AND (?3 IS NULL OR u.name = ?3)"

// 0 id, 1 name, 2 state, 3 account, 4 plates, 5 created_at, 6 started_at, 7 finished_at, 8 printed_at, 9 tries,
// 10 makings, 11 files, 12 bytes, 13 sha256, 14 first_sha256, 15 failure, 16 message, 17 reprint_of, 18 job
#define BATCH_COLUMNS                                                                                                 \
    "SELECT b.id, b.name, b.state, u.name, b.plates, b.created_at, b.started_at, b.finished_at, b.printed_at,"        \
    " b.tries, b.makings, b.files, b.bytes, b.sha256, b.first_sha256, b.failure, b.message, b.reprint_of, b.job"      \
    " FROM batch b LEFT JOIN account u ON u.id = b.account_id"

// ?1 state, ?2 part of a folded name, ?3 a code (?2 or ?3 must fit); each NULL for all
#define BATCH_FILTER                                                                                                  \
    " WHERE (?1 IS NULL OR b.state = ?1) AND ((?2 IS NULL AND ?3 IS NULL)"                                            \
    " OR (?2 IS NOT NULL AND b.name_folded LIKE '%' || ?2 || '%')"                                                    \
    " OR (?3 IS NOT NULL AND EXISTS (SELECT 1 FROM batch_plate x WHERE x.batch_id = b.id AND x.code = ?3)))"

// 0 token hash, 1 batch id, 2 password hash, 3 created_at, 4 expires_at, 5 revoked_at, 6 downloads, 7 last_at, 8 account,
// 9 note
#define PARCEL_LINK_COLUMNS                                                                                           \
    "SELECT l.token_hash, l.batch_id, l.password_hash, l.created_at, l.expires_at, l.revoked_at, l.downloads,"        \
    " l.last_at, u.name, l.note FROM parcel_link l LEFT JOIN account u ON u.id = l.account_id"

// ?1 actor, ?2 action as LIKE pattern, ?3 subject, ?4 since, ?5 until
#define DESK_EVENT_FILTER                                                                                             \
    " WHERE (?1 IS NULL OR actor = ?1) AND (?2 IS NULL OR action LIKE ?2) AND (?3 IS NULL OR subject = ?3)"           \
    " AND (?4 = 0 OR at >= ?4) AND (?5 = 0 OR at <= ?5)"

const struct statement_row statements[STATEMENT_COUNT] = {
    [SQL_BEGIN_READ] = {"BEGIN"},
    [SQL_END_READ] = {"COMMIT"},
    [SQL_BEGIN_WRITE] = {"BEGIN IMMEDIATE", .writes = true},
    [SQL_COMMIT] = {"COMMIT", .writes = true},
    [SQL_ROLLBACK] = {"ROLLBACK", .writes = true},
    [SQL_TOUCH_CONTENT] = {"UPDATE content_state SET version = version + 1 WHERE id = 1", .writes = true},
    [SQL_CONTENT_VERSION] = {"SELECT version FROM content_state WHERE id = 1"},
    [SQL_INTEGRITY_CHECK] = {"PRAGMA integrity_check(100)"},
    [SQL_FOREIGN_KEY_CHECK] = {"PRAGMA foreign_key_check"},

    [SQL_SETTING] = {"SELECT value FROM setting WHERE name = ?1"},
    [SQL_SET_SETTING] = {
        "INSERT INTO setting (name, value, updated_at) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at", .writes = true},
    // 0 tag, 1 enabled
    [SQL_LANGUAGES] = {"SELECT tag, enabled FROM language ORDER BY position, tag"},
    [SQL_SET_LANGUAGE] = {
        "INSERT INTO language (tag, position, enabled) VALUES (?1, ?2, 1)"
        " ON CONFLICT (tag) DO UPDATE SET position = excluded.position, enabled = 1", .writes = true},
    [SQL_DISABLE_LANGUAGES] = {"UPDATE language SET enabled = 0", .writes = true},
    // ?1 scheme; 0 id, 1 key, 2 labels, 3 picture, 4 parent's key
    [SQL_TERMS] = {
        "SELECT t.id, t.key, t.labels, t.picture, w.key FROM term t LEFT JOIN term w ON w.id = t.parent_id"
        " WHERE t.scheme = ?1 ORDER BY t.position, t.id"},
    [SQL_TERM_ID] = {"SELECT id FROM term WHERE scheme = ?1 AND key = ?2"},
    // ?1 scheme, ?2 key, ?3 labels, ?4 picture, ?5 position
    [SQL_SET_TERM] = {
        "INSERT INTO term (scheme, key, labels, picture, position) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (scheme, key) DO UPDATE SET labels = excluded.labels, picture = excluded.picture,"
        " position = excluded.position RETURNING id", .writes = true},
    // ?1 scheme, ?2 key, ?3 parent's key or NULL
    [SQL_SET_TERM_PARENT] = {
        "UPDATE term SET parent_id = (SELECT id FROM term WHERE scheme = ?1 AND key = ?3)"
        " WHERE scheme = ?1 AND key = ?2", .writes = true},
    // ?1 term id; 0 sites in every state, 1 terms inside it, 2 accounts limited to it
    [SQL_TERM_USES] = {
        "SELECT (SELECT count(*) FROM site WHERE kind_id = ?1) + (SELECT count(*) FROM site WHERE category_id = ?1)"
        " + (SELECT count(*) FROM site WHERE rank_id = ?1) + (SELECT count(*) FROM site WHERE area_id = ?1),"
        " (SELECT count(*) FROM term WHERE parent_id = ?1), (SELECT count(*) FROM account_area WHERE term_id = ?1)"},
    [SQL_TERM_SITES] = {
        "SELECT id FROM site WHERE kind_id = ?1 OR category_id = ?1 OR rank_id = ?1 OR area_id = ?1 ORDER BY id"},
    // ?1 term id, ?2 id of the term that takes its place
    [SQL_MOVE_TERM_CHILDREN] = {"UPDATE term SET parent_id = ?2 WHERE parent_id = ?1", .writes = true},
    [SQL_MOVE_TERM_ACCOUNTS] = {
        "INSERT INTO account_area (account_id, term_id) SELECT account_id, ?2 FROM account_area WHERE term_id = ?1"
        " ON CONFLICT (account_id, term_id) DO NOTHING", .writes = true},
    [SQL_DELETE_TERM_ACCOUNTS] = {"DELETE FROM account_area WHERE term_id = ?1", .writes = true},
    [SQL_DELETE_TERM] = {"DELETE FROM term WHERE id = ?1", .writes = true},
    [SQL_KIND_COUNTS] = {TERM_COUNTS("kind")},
    [SQL_CATEGORY_COUNTS] = {TERM_COUNTS("category")},
    [SQL_RANK_COUNTS] = {TERM_COUNTS("rank")},
    [SQL_AREA_COUNTS] = {TERM_COUNTS("area")},

    [SQL_SITE_BY_ID] = {SITE_COLUMNS " WHERE s.id = ?1"},
    [SQL_SITE_BY_SLUG] = {SITE_COLUMNS " WHERE s.slug = ?1"},
    [SQL_SITE_ID_BY_SLUG] = {"SELECT id FROM site WHERE slug = ?1"},
    [SQL_SITE_ID_BY_OLD_SLUG] = {"SELECT site_id FROM old_slug WHERE slug = ?1"},
    [SQL_SITE_ID_BY_KEY] = {"SELECT id FROM site WHERE key = ?1"},
    [SQL_SITE_IDS] = {"SELECT id FROM site WHERE state <> 'binned' ORDER BY slug"},
    // 0 lang, 1 title, 2 summary, 3 body, 4 origin, 5 translated_from, 6 stale, 7 updated_at, 8 id, 9 source_version
    [SQL_SITE_TEXTS] = {
        "SELECT lang, title, summary, body, origin, translated_from, stale, updated_at, id, source_version"
        " FROM text WHERE site_id = ?1 ORDER BY lang"},
    // 0 sha256, 1 file, 2 alt, 3 caption, 4 transcript, 5 credit, 6 licence, 7 taken, 8 focus_x, 9 focus_y,
    // 10 class, 11 mime, 12 bytes, 13 width, 14 height, 15 duration_ms, 16 captions
    [SQL_SITE_MEDIA] = {
        "SELECT l.sha256, l.file, l.alt, l.caption, l.transcript, l.credit, l.licence, l.taken, l.focus_x, l.focus_y,"
        " m.class, m.mime, m.bytes, m.width, m.height, m.duration_ms, l.captions"
        " FROM site_media l JOIN media m ON m.sha256 = l.sha256 WHERE l.site_id = ?1 ORDER BY l.position"},
    [SQL_SITE_OLD_SLUGS] = {"SELECT slug FROM old_slug WHERE site_id = ?1 ORDER BY slug"},
    // ?4 limit, ?5 offset. The page is cut out along the index before anything is joined.
    [SQL_SITE_CARDS] = {
        CARD_COLUMNS " FROM (SELECT s.id AS site_id FROM site s" CARD_FILTER
        " ORDER BY s.sort_key, s.id LIMIT ?4 OFFSET ?5) f JOIN site s ON s.id = f.site_id" CARD_JOINS
        " ORDER BY s.sort_key, s.id"},
    [SQL_SITE_CARD_COUNT] = {"SELECT count(*) FROM site s" CARD_FILTER},
    // ?1 min_lat, ?2 max_lat, ?3 min_lon, ?4 max_lon, ?5 id to leave out; 0 id, 1 lat, 2 lon (32-bit in the R*Tree: right
    // to a metre), in no order
    [SQL_POSITIONS_WITHIN] = {
        "SELECT id, min_lat, min_lon FROM site_position"
        " WHERE min_lat <= ?2 AND max_lat >= ?1 AND min_lon <= ?4 AND max_lon >= ?3 AND id <> ?5"},
    // ?2 site id; without summary, rank and area
    [SQL_SITE_SMALL_CARD] = {
        CARD_BEGINNING " NULL, k.key, k.labels, k.picture, NULL, NULL, NULL, NULL," CARD_END
        " FROM site s" CARD_SMALL_JOINS " WHERE s.id = ?2"},
    // ?1 tour id
    [SQL_SITE_IDS_OF_TOUR] = {
        "SELECT s.id FROM tour_stop x JOIN site s ON s.id = x.site_id WHERE x.tour_id = ?1 AND s.state = 'published'"
        " ORDER BY x.position"},
    // ?2 tour id
    [SQL_SITE_CARDS_OF_TOUR] = {
        CARD_COLUMNS " FROM tour_stop x JOIN site s ON s.id = x.site_id" CARD_JOINS
        " WHERE x.tour_id = ?2 AND s.state = 'published' ORDER BY x.position"},
    // ?1 last id seen, ?2 limit; published sites for the sitemap: 0 id, 1 slug, 2 updated_at, 3 languages
    [SQL_SITE_LINKS] = {
        "SELECT s.id, s.slug, s.updated_at, (SELECT group_concat(lang, ' ') FROM text WHERE site_id = s.id)"
        " FROM site s WHERE s.state = 'published' AND s.id > ?1 ORDER BY s.id LIMIT ?2"},
    // ?1 slug, ?2 key, ?3 kind id, ?4 category id, ?5 rank id, ?6 area id, ?7 state, ?8 original, ?9 lat, ?10 lon,
    // ?11 accuracy_m, ?12 details, ?13 sort_key, ?14 now, ?15 publish_at
    [SQL_INSERT_SITE] = {
        "INSERT INTO site (slug, key, kind_id, category_id, rank_id, area_id, state, original, lat, lon, accuracy_m,"
        " details, sort_key, version, created_at, updated_at, published_at, publish_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
        " ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?14, CASE ?7 WHEN 'published' THEN ?14 END, ?15)", .writes = true},
    // as INSERT_SITE, ?16 id, ?17 the version it was
    [SQL_UPDATE_SITE] = {
        "UPDATE site SET slug = ?1, key = ?2, kind_id = ?3, category_id = ?4, rank_id = ?5, area_id = ?6, state = ?7,"
        " original = ?8, lat = ?9, lon = ?10, accuracy_m = ?11, details = ?12, sort_key = ?13, version = version + 1,"
        " updated_at = ?14, published_at = CASE ?7 WHEN 'published' THEN coalesce(published_at, ?14)"
        " ELSE published_at END, publish_at = ?15 WHERE id = ?16 AND version = ?17", .writes = true},
    [SQL_INSERT_OLD_SLUG] = {
        "INSERT INTO old_slug (slug, site_id, retired_at) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (slug) DO UPDATE SET site_id = excluded.site_id", .writes = true},
    [SQL_DELETE_OLD_SLUG] = {"DELETE FROM old_slug WHERE slug = ?1", .writes = true},
    // ?1 site id, ?2 lang, ?3 title, ?4 summary, ?5 body, ?6 origin, ?7 translated_from, ?8 stale, ?9 now,
    // ?10 source_version
    [SQL_SET_TEXT] = {
        "INSERT INTO text (site_id, lang, title, summary, body, origin, translated_from, stale, updated_at,"
        " source_version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT (site_id, lang) DO UPDATE SET title = excluded.title, summary = excluded.summary,"
        " body = excluded.body, origin = excluded.origin, translated_from = excluded.translated_from,"
        " stale = excluded.stale, updated_at = excluded.updated_at, source_version = excluded.source_version"
        " RETURNING id", .writes = true},
    [SQL_DELETE_TEXT] = {"DELETE FROM text WHERE id = ?1", .writes = true},
    [SQL_DELETE_SITE_MEDIA] = {"DELETE FROM site_media WHERE site_id = ?1", .writes = true},
    // ?1 site id, ?2 position, ?3 sha256, ?4 file, ?5 alt, ?6 caption, ?7 transcript, ?8 credit, ?9 licence,
    // ?10 taken, ?11 focus_x, ?12 focus_y, ?13 captions
    [SQL_INSERT_SITE_MEDIA] = {
        "INSERT INTO site_media (site_id, position, sha256, file, alt, caption, transcript, credit, licence, taken,"
        " focus_x, focus_y, captions) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)", .writes = true},
    [SQL_DELETE_POSITION] = {"DELETE FROM site_position WHERE id = ?1", .writes = true},
    [SQL_INSERT_POSITION] = {
        "INSERT INTO site_position (id, min_lat, max_lat, min_lon, max_lon) VALUES (?1, ?2, ?2, ?3, ?3)",
        .writes = true},

    [SQL_DELETE_SEARCH] = {"DELETE FROM search WHERE rowid = ?1", .writes = true},
    // ?1 text id, ?2 title, ?3 names, ?4 place, ?5 body
    [SQL_INSERT_SEARCH] = {
        "INSERT INTO search (rowid, title, names, place, body) VALUES (?1, ?2, ?3, ?4, ?5)", .writes = true},
    // ?2 FTS5 expression, ?3 limit, ?4 offset. One row a site: the best of its texts. bm25 is smaller for better; it can
    // only be asked where FTS5 itself is being read, hence MATERIALIZED.
    [SQL_SEARCH] = {
        "WITH hit AS MATERIALIZED (SELECT x.site_id AS site_id, bm25(search, 10.0, 8.0, 4.0, 1.0) AS score"
        " FROM search JOIN text x ON x.id = search.rowid WHERE search MATCH ?2) "
        CARD_COLUMNS " FROM (SELECT h.site_id AS site_id, min(h.score) AS score FROM hit h"
        " JOIN site s ON s.id = h.site_id AND s.state = 'published' GROUP BY h.site_id"
        " ORDER BY min(h.score), h.site_id LIMIT ?3 OFFSET ?4) f"
        " JOIN site s ON s.id = f.site_id" CARD_JOINS " ORDER BY f.score, s.id"},
    [SQL_SEARCH_COUNT] = {
        "SELECT count(DISTINCT s.id) FROM search JOIN text x ON x.id = search.rowid"
        " JOIN site s ON s.id = x.site_id AND s.state = 'published' WHERE search MATCH ?1"},

    // 0 class, 1 mime, 2 bytes, 3 width, 4 height, 5 duration_ms, 6 original_name, 7 created_at, 8 shown: of a
    // published site
    [SQL_MEDIA] = {
        "SELECT m.class, m.mime, m.bytes, m.width, m.height, m.duration_ms, m.original_name, m.created_at,"
        " EXISTS (SELECT 1 FROM site_media l JOIN site s ON s.id = l.site_id"
        " WHERE l.sha256 = m.sha256 AND s.state = 'published')"
        " OR EXISTS (SELECT 1 FROM setting WHERE name = 'logo' AND value = '\"' || m.sha256 || '\"'),"
        " m.looked_at IS NOT NULL"
        " FROM media m WHERE m.sha256 = ?1"},
    // 0 sha256, 1 bytes
    [SQL_MEDIA_ALL] = {
        "SELECT sha256, bytes FROM media UNION SELECT file, bytes FROM media_variant ORDER BY 1"},
    // ?1 sha256, ?2 class, ?3 mime, ?4 bytes, ?5 width, ?6 height, ?7 duration_ms, ?8 original_name, ?9 now
    [SQL_INSERT_MEDIA] = {
        "INSERT INTO media (sha256, class, mime, bytes, width, height, duration_ms, original_name, created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (sha256) DO NOTHING", .writes = true},
    // ?1 sha256, ?2 width, ?3 height, ?4 duration_ms, ?5 now; NULL leaves what is there, but a film that has only
    // ?4 is a sound
    [SQL_SET_MEDIA_FACTS] = {
        "UPDATE media SET width = coalesce(?2, width), height = coalesce(?3, height),"
        " duration_ms = coalesce(?4, duration_ms), class = CASE WHEN " IS_SOUND " THEN 'audio' ELSE class END,"
        " mime = CASE WHEN " IS_SOUND " THEN 'audio/' || substr(mime, 7) ELSE mime END, looked_at = ?5"
        " WHERE sha256 = ?1",
        .writes = true},
    // ?1 sha256, ?2 variant, ?3 file, ?4 mime, ?5 bytes, ?6 width, ?7 height
    [SQL_SET_MEDIA_VARIANT] = {
        "INSERT INTO media_variant (sha256, variant, file, mime, bytes, width, height)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (sha256, variant) DO NOTHING", .writes = true},
    // 0 sha256, 1 variant, 2 file, 3 mime, 4 bytes, 5 width, 6 height
    [SQL_MEDIA_VARIANTS] = {
        "SELECT sha256, variant, file, mime, bytes, width, height FROM media_variant WHERE sha256 = ?1"
        " ORDER BY mime, width, variant"},
    [SQL_MEDIA_VARIANT] = {
        "SELECT sha256, variant, file, mime, bytes, width, height FROM media_variant WHERE sha256 = ?1 AND variant = ?2"},
    [SQL_SITE_VARIANTS] = {
        "SELECT sha256, variant, file, mime, bytes, width, height FROM media_variant"
        " WHERE sha256 IN (SELECT sha256 FROM site_media WHERE site_id = ?1) ORDER BY sha256, mime, width, variant"},
    // ?1 sha256, ?2 1: of published sites alone; 0 captions
    [SQL_MEDIA_CAPTIONS] = {
        "SELECT l.captions FROM site_media l JOIN site s ON s.id = l.site_id"
        " WHERE l.sha256 = ?1 AND (?2 = 0 OR s.state = 'published') AND l.captions <> '{}'"
        " ORDER BY s.id, l.position"},
    // 0 sha256, 1 original_name, 2 focus_x, 3 focus_y, 4 is a recording: pictures, and uses of them, whose thumbnail is
    // not made; recordings that nobody has looked at
    [SQL_MEDIA_UNMADE] = {
        "SELECT m.sha256, m.original_name, l.focus_x, l.focus_y, 0"
        " FROM media m LEFT JOIN site_media l ON l.sha256 = m.sha256"
        " WHERE m.class = 'image' AND NOT EXISTS (SELECT 1 FROM media_variant v"
        " WHERE v.sha256 = m.sha256 AND v.variant = " THUMB_NAME("l") " || '.jpg')"
        " UNION SELECT sha256, original_name, NULL, NULL, 1 FROM media WHERE class <> 'image' AND looked_at IS NULL"
        " ORDER BY 1, 3, 4"},
    // ?1 id, ?2 account id, ?3 name, ?4 bytes, ?5 now
    [SQL_INSERT_UPLOAD] = {
        "INSERT INTO upload (id, account_id, name, bytes, received, created_at) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        .writes = true},
    // 0 id, 1 account id, 2 name, 3 bytes, 4 received, 5 created_at
    [SQL_UPLOAD] = {UPLOAD_COLUMNS " WHERE id = ?1"},
    // ?1 where the site's ids begin, ?2 where they end, ?3 account id
    [SQL_UPLOADS_OF_SITE] = {
        UPLOAD_COLUMNS " WHERE id >= ?1 AND id < ?2 AND account_id = ?3 ORDER BY created_at, name, id"},
    [SQL_UPLOADS_OLD] = {UPLOAD_COLUMNS " WHERE created_at < ?1 ORDER BY id"},
    // Files of imports have ids that begin with "0-", those of sites with the site's.
    [SQL_UPLOADS_WHOLE] = {
        UPLOAD_COLUMNS " WHERE received = bytes AND id NOT LIKE '0-%' ORDER BY created_at, name, id"},
    // ?1 account id, ?2 1: of imports, 0: of sites, ?3 how often a file of a site lies on the disk, ?4 one of an
    // import; 0 bytes that all will need yet, 1 how many of the kind are the account's, 2 their bytes
    [SQL_UPLOAD_LOAD] = {
        "SELECT coalesce(sum(bytes * CASE WHEN id LIKE '0-%' THEN ?4 ELSE ?3 END - received), 0),"
        " coalesce(sum(CASE WHEN account_id = ?1 AND (id LIKE '0-%') = ?2 THEN 1 END), 0),"
        " coalesce(sum(CASE WHEN account_id = ?1 AND (id LIKE '0-%') = ?2 THEN bytes END), 0) FROM upload"},
    [SQL_UPLOAD_RECEIVED_NOW] = {"SELECT received FROM upload WHERE id = ?1"},
    // ?1 id, ?2 what was there, ?3 what is there
    [SQL_UPLOAD_RECEIVED] = {"UPDATE upload SET received = ?3 WHERE id = ?1 AND received = ?2", .writes = true},
    [SQL_DELETE_UPLOAD] = {"DELETE FROM upload WHERE id = ?1", .writes = true},

    [SQL_TOUR_BY_ID] = {TOUR_COLUMNS " WHERE u.id = ?1"},
    [SQL_TOUR_BY_SLUG] = {TOUR_COLUMNS " WHERE u.slug = ?1"},
    // ?1 state, or NULL for all but the binned
    [SQL_TOURS] = {
        TOUR_COLUMNS " WHERE (u.state = ?1 OR (?1 IS NULL AND u.state <> 'binned')) ORDER BY u.sort_key, u.id"},
    [SQL_TOURS_OF_SITE] = {
        TOUR_COLUMNS " JOIN tour_stop x ON x.tour_id = u.id"
        " WHERE x.site_id = ?1 AND u.state = 'published' ORDER BY u.sort_key, u.id"},
    [SQL_TOUR_STOP_SLUGS] = {
        "SELECT s.slug FROM tour_stop x JOIN site s ON s.id = x.site_id WHERE x.tour_id = ?1 ORDER BY x.position"},
    // ?1 slug, ?2 state, ?3 titles, ?4 summaries, ?5 bodies, ?6 sort_key, ?7 now
    [SQL_INSERT_TOUR] = {
        "INSERT INTO tour (slug, state, titles, summaries, bodies, sort_key, version, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)", .writes = true},
    // as INSERT_TOUR, ?8 id, ?9 the version it was
    [SQL_UPDATE_TOUR] = {
        "UPDATE tour SET slug = ?1, state = ?2, titles = ?3, summaries = ?4, bodies = ?5, sort_key = ?6,"
        " version = version + 1, updated_at = ?7 WHERE id = ?8 AND version = ?9", .writes = true},
    [SQL_DELETE_TOUR_STOPS] = {"DELETE FROM tour_stop WHERE tour_id = ?1", .writes = true},
    [SQL_INSERT_TOUR_STOP] = {
        "INSERT INTO tour_stop (tour_id, position, site_id) VALUES (?1, ?2, ?3)", .writes = true},

    // 0 code, 1 site id, 2 tour id, 3 state, 4 place, 5 reason, 6 lat, 7 lon, 8 created_at, 9 updated_at,
    // 10 site slug, 11 tour slug, 12 site state, 13 tour state
    [SQL_PLATE] = {PLATE_COLUMNS " WHERE p.code = ?1"},
    [SQL_PLATES] = {PLATE_COLUMNS " ORDER BY coalesce(s.slug, u.slug), p.created_at, p.code"},
    [SQL_PLATES_OF_SITE] = {PLATE_COLUMNS " WHERE p.site_id = ?1 ORDER BY p.created_at, p.code"},
    // ?1 code, ?2 site id, ?3 tour id, ?4 state, ?5 place, ?6 reason, ?7 lat, ?8 lon, ?9 now
    [SQL_INSERT_PLATE] = {
        "INSERT INTO plate (code, site_id, tour_id, state, place, reason, lat, lon, created_at, updated_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)", .writes = true},
    [SQL_UPDATE_PLATE] = {
        "UPDATE plate SET site_id = ?2, tour_id = ?3, state = ?4, place = ?5, reason = ?6, lat = ?7, lon = ?8,"
        " updated_at = ?9 WHERE code = ?1", .writes = true},
    [SQL_INSERT_PLATE_EVENT] = {
        "INSERT INTO plate_event (code, at, account_id, event, detail) VALUES (?1, ?2, ?3, ?4, ?5)", .writes = true},
    // 0 at, 1 account or NULL, 2 event, 3 detail
    [SQL_PLATE_EVENTS] = {
        "SELECT e.at, u.name, e.event, e.detail FROM plate_event e LEFT JOIN account u ON u.id = e.account_id"
        " WHERE e.code = ?1 ORDER BY e.id DESC"},
    // ?1 site id, ?2 tour id, one of them 0; 0 slug, 1 state, 2 title or titles, 3 area key
    [SQL_PLATE_TARGET] = {
        "SELECT s.slug, s.state, coalesce(x.title, s.slug), a.key FROM site s"
        " LEFT JOIN text x ON x.site_id = s.id AND x.lang = s.original LEFT JOIN term a ON a.id = s.area_id"
        " WHERE s.id = ?1 UNION ALL SELECT u.slug, u.state, u.titles, NULL FROM tour u WHERE u.id = ?2"},
    // ?1 code, ?2 hour, ?3 lang, ?4 class, ?5 count; no row when there is no such plate
    [SQL_ADD_SCANS] = {
        "INSERT INTO scan_count (code, hour, lang, class, count)"
        " SELECT p.code, ?2, ?3, ?4, ?5 FROM plate p WHERE p.code = ?1"
        " ON CONFLICT (code, hour, lang, class) DO UPDATE SET count = scan_count.count + excluded.count",
        .writes = true},
    [SQL_SCANS_OF_PLATE] = {"SELECT coalesce(sum(count), 0) FROM scan_count WHERE code = ?1 AND class = ?2"},
    // ?1 code, ?2 hours that the zone is ahead of UTC; by people: 0 day since 1970, 1 lang, 2 count
    [SQL_SCAN_DAYS] = {
        "SELECT (hour + ?2) / 24, lang, sum(count) FROM scan_count WHERE code = ?1 AND class = 'person'"
        " GROUP BY 1, 2 ORDER BY 1, 2"},

    // 0 id, 1 name, 2 role, 3 may_publish, 4 language, 5 has a password, 6 has a second factor, 7 created_at,
    // 8 disabled_at, 9 last seen
    [SQL_ACCOUNT] = {ACCOUNT_COLUMNS " WHERE u.id = ?1"},
    [SQL_ACCOUNT_BY_NAME] = {ACCOUNT_COLUMNS " WHERE u.name_folded = ?1"},
    [SQL_ACCOUNTS] = {ACCOUNT_COLUMNS " ORDER BY u.name_folded"},
    [SQL_ACCOUNT_COUNT_ADMINS] = {
        "SELECT count(*) FROM account WHERE role = 'admin' AND disabled_at IS NULL AND password_hash IS NOT NULL"},
    // ?1 name, ?2 folded, ?3 role, ?4 may_publish, ?5 language, ?6 now
    [SQL_INSERT_ACCOUNT] = {
        "INSERT INTO account (name, name_folded, role, may_publish, language, created_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)", .writes = true},
    // as INSERT_ACCOUNT, ?6 disabled_at or NULL, ?7 id
    [SQL_UPDATE_ACCOUNT] = {
        "UPDATE account SET name = ?1, name_folded = ?2, role = ?3, may_publish = ?4, language = ?5, disabled_at = ?6"
        " WHERE id = ?7", .writes = true},
    [SQL_ACCOUNT_PASSWORD] = {"SELECT password_hash FROM account WHERE id = ?1"},
    [SQL_SET_ACCOUNT_PASSWORD] = {"UPDATE account SET password_hash = ?2 WHERE id = ?1", .writes = true},
    // 0 secret, 1 the last time step that was used
    [SQL_ACCOUNT_TOTP] = {"SELECT totp_secret, totp_used FROM account WHERE id = ?1"},
    [SQL_SET_ACCOUNT_TOTP] = {
        "UPDATE account SET totp_secret = ?2, totp_used = ?3 WHERE id = ?1", .writes = true},
    // ?2 step: only forwards, so that a code is good once
    [SQL_SET_TOTP_USED] = {
        "UPDATE account SET totp_used = ?2 WHERE id = ?1 AND totp_used < ?2", .writes = true},
    [SQL_ACCOUNT_AREAS] = {
        "SELECT t.key FROM account_area x JOIN term t ON t.id = x.term_id WHERE x.account_id = ?1"
        " ORDER BY t.position, t.id"},
    [SQL_DELETE_ACCOUNT_AREAS] = {"DELETE FROM account_area WHERE account_id = ?1", .writes = true},
    [SQL_INSERT_ACCOUNT_AREA] = {
        "INSERT INTO account_area (account_id, term_id) SELECT ?1, id FROM term WHERE scheme = 'area' AND key = ?2",
        .writes = true},
    // ?2 area's key, or NULL: 1 when the account has no limit or one of its areas is ?2 or lies around it
    [SQL_ACCOUNT_REACHES_AREA] = {
        "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM account_area WHERE account_id = ?1) THEN 1 ELSE EXISTS ("
        "WITH RECURSIVE around (id, parent_id) AS (SELECT id, parent_id FROM term WHERE scheme = 'area' AND key = ?2"
        " UNION SELECT t.id, t.parent_id FROM term t JOIN around ON t.id = around.parent_id)"
        " SELECT 1 FROM around JOIN account_area x ON x.term_id = around.id WHERE x.account_id = ?1) END"},
    [SQL_DELETE_RECOVERY_CODES] = {"DELETE FROM recovery_code WHERE account_id = ?1", .writes = true},
    [SQL_INSERT_RECOVERY_CODE] = {
        "INSERT INTO recovery_code (account_id, hash) VALUES (?1, ?2)", .writes = true},
    [SQL_USE_RECOVERY_CODE] = {
        "UPDATE recovery_code SET used_at = ?3 WHERE account_id = ?1 AND hash = ?2 AND used_at IS NULL",
        .writes = true},
    // ?1 token hash, ?2 account id, ?3 csrf, ?4 now, ?5 expires_at, ?6 device
    [SQL_INSERT_SESSION] = {
        "INSERT INTO session (token_hash, account_id, csrf_token, created_at, last_seen_at, expires_at, device)"
        " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)", .writes = true},
    [SQL_SESSION] = {SESSION_COLUMNS " AND x.token_hash = ?3"},
    [SQL_SESSIONS] = {SESSION_COLUMNS " AND x.account_id = ?3 ORDER BY x.last_seen_at DESC, x.token_hash"},
    [SQL_TOUCH_SESSION] = {"UPDATE session SET last_seen_at = ?2 WHERE token_hash = ?1", .writes = true},
    [SQL_DELETE_SESSION] = {"DELETE FROM session WHERE token_hash = ?1", .writes = true},
    // ?2 the one that stays, or NULL
    [SQL_DELETE_SESSIONS_OF] = {
        "DELETE FROM session WHERE account_id = ?1 AND (?2 IS NULL OR token_hash <> ?2)", .writes = true},
    // ?1 now, ?2 the oldest `last seen` that is still good
    [SQL_SWEEP_SESSIONS] = {
        "DELETE FROM session WHERE expires_at <= ?1 OR last_seen_at <= ?2", .writes = true},
    // ?1 token hash, ?2 purpose, ?3 account id or NULL, ?4 now, ?5 expires_at
    [SQL_INSERT_LINK] = {
        "INSERT INTO one_time_link (token_hash, purpose, account_id, created_at, expires_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5)", .writes = true},
    // ?2 now; 0 purpose, 1 account id
    [SQL_LINK] = {
        "SELECT purpose, coalesce(account_id, 0) FROM one_time_link"
        " WHERE token_hash = ?1 AND used_at IS NULL AND expires_at > ?2"},
    [SQL_USE_LINK] = {
        "UPDATE one_time_link SET used_at = ?2 WHERE token_hash = ?1 AND used_at IS NULL AND expires_at > ?2",
        .writes = true},
    // ?1 purpose, ?2 account id or NULL
    [SQL_DELETE_LINKS] = {
        "DELETE FROM one_time_link WHERE purpose = ?1 AND coalesce(account_id, 0) = coalesce(?2, 0)"
        " AND used_at IS NULL", .writes = true},
    [SQL_INSERT_FAILURE] = {"INSERT INTO login_failure (subject, at) VALUES (?1, ?2)", .writes = true},
    // ?1 subject, ?2 since; 0 how many, 1 the last
    [SQL_FAILURES] = {"SELECT count(*), coalesce(max(at), 0) FROM login_failure WHERE subject = ?1 AND at > ?2"},
    [SQL_FORGET_FAILURES] = {"DELETE FROM login_failure WHERE subject = ?1", .writes = true},
    [SQL_SWEEP_FAILURES] = {"DELETE FROM login_failure WHERE at <= ?1", .writes = true},

    // ?1 subject, ?2 subject id, ?3 version, ?4 now, ?5 account id, ?6 import id, ?7 document
    [SQL_INSERT_REVISION] = {
        "INSERT INTO revision (subject, subject_id, version, at, account_id, import_id, document)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", .writes = true},
    // ?1 subject, ?2 subject id, ?3 version; 0 document, 1 at
    [SQL_REVISION] = {
        "SELECT document, at FROM revision WHERE subject = ?1 AND subject_id = ?2 AND version = ?3"},
    // ?1 now, ?2 account id, ?3 actor, ?4 action, ?5 subject, ?6 detail
    [SQL_INSERT_AUDIT] = {
        "INSERT INTO audit (at, account_id, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        .writes = true},
    // ?1 now, ?2 account id, ?3 name, ?4 format
    [SQL_INSERT_IMPORT] = {
        "INSERT INTO import (at, account_id, name, format) VALUES (?1, ?2, ?3, ?4)", .writes = true},
    // ?1 id, ?2 added, ?3 changed
    [SQL_FINISH_IMPORT] = {"UPDATE import SET added = ?2, changed = ?3 WHERE id = ?1", .writes = true},

    // ?1 account id, ?2 subject, ?3 base_version, ?4 document, ?5 now
    [SQL_SET_DRAFT] = {
        "INSERT INTO draft (account_id, subject, base_version, document, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (account_id, subject) DO UPDATE SET base_version = excluded.base_version,"
        " document = excluded.document, updated_at = excluded.updated_at", .writes = true},
    [SQL_DRAFT] = {DRAFT_COLUMNS("d.document") " WHERE d.account_id = ?1 AND d.subject = ?2"},
    [SQL_DELETE_DRAFT] = {"DELETE FROM draft WHERE account_id = ?1 AND subject = ?2", .writes = true},
    [SQL_DRAFTS_OF_ACCOUNT] = {DRAFT_COLUMNS("NULL") " WHERE d.account_id = ?1 ORDER BY d.updated_at DESC, d.subject"},
    // ?1 account id that is left out, ?2 subject, ?3 since
    [SQL_DRAFTS_OF_OTHERS] = {
        DRAFT_COLUMNS("NULL") " WHERE d.account_id <> ?1 AND d.subject = ?2 AND d.updated_at >= ?3"
        " ORDER BY d.updated_at DESC, d.account_id"},
    // ?1 subject, ?2 subject id, ?3 before version, ?4 limit; 0 version, 1 at, 2 account, 3 import id
    [SQL_REVISIONS] = {
        "SELECT r.version, r.at, u.name, r.import_id FROM revision r LEFT JOIN account u ON u.id = r.account_id"
        " WHERE r.subject = ?1 AND r.subject_id = ?2 AND (?3 = 0 OR r.version < ?3) ORDER BY r.version DESC LIMIT ?4"},
    // 0 id, 1 at, 2 account, 3 name, 4 format, 5 added, 6 changed, 7 undone_at; ?1 to ?3 as IMPORT_FILTER has them,
    // ?4 limit, ?5 offset
    [SQL_IMPORTS] = {
        "SELECT i.id, i.at, u.name, i.name, i.format, i.added, i.changed, i.undone_at"
        " FROM import i LEFT JOIN account u ON u.id = i.account_id" IMPORT_FILTER " ORDER BY i.id DESC LIMIT ?4 OFFSET ?5"},
    [SQL_IMPORT] = {"SELECT coalesce(undone_at, 0) FROM import WHERE id = ?1"},
    [SQL_IMPORT_ROW] = {"SELECT i.id, i.at, u.name, i.name, i.format, i.added, i.changed, i.undone_at"
                        " FROM import i LEFT JOIN account u ON u.id = i.account_id WHERE i.id = ?1"},
    [SQL_NEWEST_IMPORT] = {"SELECT coalesce(max(id), 0) FROM import"},
    [SQL_IMPORT_SINCE] = {
        "SELECT coalesce(min(id), 0) FROM import WHERE id > ?1 AND account_id = ?2 AND name = ?3"},
    [SQL_COUNT_IMPORTS] = {
        "SELECT count(*) FROM import i LEFT JOIN account u ON u.id = i.account_id" IMPORT_FILTER},
    // As SQL_REVISIONS_OF_IMPORT, with 4 the title in the original language
    [SQL_SITES_OF_IMPORT] = {
        "SELECT r.subject_id, min(r.version), max(r.version), s.version, coalesce(t.title, s.slug)"
        " FROM revision r JOIN site s ON s.id = r.subject_id"
        " LEFT JOIN text t ON t.site_id = s.id AND t.lang = s.original"
        " WHERE r.import_id = ?1 AND r.subject = 'site'"
        " GROUP BY r.subject_id, s.version, t.title, s.slug ORDER BY r.subject_id LIMIT ?2 OFFSET ?3"},
    // 0 site id, 1 the first version that the import made, 2 the last, 3 the site's version now, 4 slug
    [SQL_REVISIONS_OF_IMPORT] = {
        "SELECT r.subject_id, min(r.version), max(r.version), s.version, s.slug"
        " FROM revision r JOIN site s ON s.id = r.subject_id WHERE r.import_id = ?1 AND r.subject = 'site'"
        " GROUP BY r.subject_id, s.version, s.slug ORDER BY r.subject_id"},
    // The same of tours
    [SQL_TOURS_OF_IMPORT] = {
        "SELECT r.subject_id, min(r.version), max(r.version), u.version, u.slug"
        " FROM revision r JOIN tour u ON u.id = r.subject_id WHERE r.import_id = ?1 AND r.subject = 'tour'"
        " GROUP BY r.subject_id, u.version, u.slug ORDER BY r.subject_id"},
    [SQL_MARK_UNDONE] = {"UPDATE import SET undone_at = ?2 WHERE id = ?1 AND undone_at IS NULL", .writes = true},
    [SQL_DESK_SITES_BY_NAME] = {DESK_SITES_FROM(BY_NAME, BY_NAME)},
    [SQL_DESK_SITES_BY_NAME_END] = {DESK_SITES_FROM(BY_NAME_END, BY_NAME)},
    [SQL_DESK_SITES_BY_CHANGE] = {DESK_SITES_FROM(NEWEST, NEWEST)},
    [SQL_DESK_SITES_BY_CHANGE_END] = {DESK_SITES_FROM(OLDEST, NEWEST)},
    [SQL_DESK_SITE_COUNT] = {"SELECT count(*) FROM site s" DESK_SITE_FILTER},
    [SQL_DESK_SITE_STATES] = {"SELECT state, count(*) FROM site GROUP BY state"},
    [SQL_DESK_PLATES] = {DESK_PLATES_FROM("1, 2, 3, 4")},
    [SQL_DESK_PLATES_END] = {DESK_PLATES_FROM("1 DESC, 2 DESC, 3 DESC, 4 DESC")},
    [SQL_DESK_PLATE_COUNT] = {"SELECT count(*) FROM plate p" DESK_PLATE_FILTER("p.site_id")},
    // ?6 before id, ?7 limit, ?8 offset
    [SQL_DESK_EVENTS] = {
        "SELECT id, at, actor, action, subject, detail FROM audit" DESK_EVENT_FILTER
        " AND (?6 = 0 OR id < ?6) ORDER BY id DESC LIMIT ?7 OFFSET ?8"},
    [SQL_DESK_EVENT_COUNT] = {"SELECT count(*) FROM audit" DESK_EVENT_FILTER},
    [SQL_NEXT_PUBLISHING] = {
        "SELECT min(publish_at) FROM site WHERE publish_at IS NOT NULL AND state IN ('draft', 'in-review')"},
    [SQL_DUE_SITES] = {
        "SELECT id FROM site WHERE publish_at <= ?1 AND state IN ('draft', 'in-review') ORDER BY publish_at, id"},
    [SQL_FORGET_PUBLISHING] = {"UPDATE site SET publish_at = NULL WHERE id = ?1", .writes = true},

    // ?1 id
    [SQL_BATCH] = {BATCH_COLUMNS " WHERE b.id = ?1"},
    // ?4 limit, ?5 offset
    [SQL_BATCHES] = {BATCH_COLUMNS BATCH_FILTER " ORDER BY b.id DESC LIMIT ?4 OFFSET ?5"},
    [SQL_BATCH_COUNT] = {"SELECT count(*) FROM batch b" BATCH_FILTER},
    [SQL_BATCH_NEXT_ID] = {"SELECT coalesce(max(id), 0) + 1 FROM batch"},
    // ?1 batch id, ?2 limit, ?3 offset; 0 sequence, 1 code, 2 copies, 3 state now, 4 document
    [SQL_BATCH_PLATES] = {
        "SELECT x.sequence, x.code, x.copies, p.state, x.document FROM batch_plate x JOIN plate p ON p.code = x.code"
        " WHERE x.batch_id = ?1 ORDER BY x.sequence LIMIT ?2 OFFSET ?3"},
    // ?2 sequence, or NULL for all; 0 document
    [SQL_BATCH_DOCUMENTS] = {
        "SELECT document FROM batch_plate WHERE batch_id = ?1 AND (?2 IS NULL OR sequence = ?2) ORDER BY sequence"},
    // 0 id, 1 name, 2 state
    [SQL_BATCHES_OF_PLATE] = {
        "SELECT b.id, b.name, b.state FROM batch_plate x JOIN batch b ON b.id = x.batch_id WHERE x.code = ?1"
        " ORDER BY b.id DESC LIMIT 20"},
    // ?1 code; 0 state, 1 place, 2 the open batch that holds it
    [SQL_BATCH_FACTS] = {
        "SELECT p.state, p.place, (SELECT max(b.id) FROM batch_plate y JOIN batch b ON b.id = y.batch_id"
        " WHERE y.code = p.code AND " BATCH_IS_OPEN("b") ") FROM plate p WHERE p.code = ?1"},
    // ?1 code; 0 slug, 1 site id, 2 original, 3 titles of a tour, 4 labels of the rank, 5 details
    [SQL_PLATE_WORDS] = {
        "SELECT coalesce(s.slug, u.slug), p.site_id, s.original, u.titles, r.labels, s.details FROM plate p"
        " LEFT JOIN site s ON s.id = p.site_id LEFT JOIN tour u ON u.id = p.tour_id"
        " LEFT JOIN term r ON r.id = s.rank_id WHERE p.code = ?1"},
    // ?1 site id; 0 lang, 1 title
    [SQL_PLATE_TITLES] = {"SELECT lang, title FROM text WHERE site_id = ?1 ORDER BY lang"},
    // ?1 batch id; a plate of it that has been retired or that another open batch holds: 0 code, 1 state
    [SQL_BATCH_HELD_ELSEWHERE] = {
        "SELECT p.code, p.state FROM batch_plate x JOIN plate p ON p.code = x.code WHERE x.batch_id = ?1"
        " AND (p.state = 'retired' OR EXISTS (SELECT 1 FROM batch_plate y JOIN batch b ON b.id = y.batch_id"
        " WHERE y.code = x.code AND y.batch_id <> ?1 AND " BATCH_IS_OPEN("b") ")) ORDER BY x.sequence LIMIT 1"},
    // 0 id, 1 sha256, 2 bytes: all that have a parcel. One that waits to be made again, or failed at that, keeps
    // what was made before: SQL_STOP_BATCH goes back to it.
    [SQL_BATCH_PARCELS] = {
        "SELECT id, sha256, bytes FROM batch WHERE state <> 'stopped' AND sha256 IS NOT NULL ORDER BY id"},
    // ?1 name, ?2 folded, ?3 job, ?4 account id, ?5 now, ?6 plates, ?7 reprint_of
    [SQL_INSERT_BATCH] = {
        "INSERT INTO batch (name, name_folded, state, job, account_id, created_at, queued_at, plates, reprint_of)"
        " VALUES (?1, ?2, 'waiting', ?3, ?4, ?5, ?5, ?6, ?7)", .writes = true},
    // ?1 batch id, ?2 sequence, ?3 code, ?4 copies, ?5 state before, ?6 document
    [SQL_INSERT_BATCH_PLATE] = {
        "INSERT INTO batch_plate (batch_id, sequence, code, copies, state_before, document)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)", .writes = true},
    [SQL_SET_BATCH_PLATES_BEFORE] = {
        "UPDATE batch_plate SET state_before = (SELECT p.state FROM plate p WHERE p.code = batch_plate.code)"
        " WHERE batch_id = ?1", .writes = true},
    // ?1 batch id, ?2 now, ?3 account id, ?4 the new state or NULL for the one before, ?5 only those in this state or NULL
    [SQL_INSERT_BATCH_EVENTS] = {
        "INSERT INTO plate_event (code, at, account_id, event, detail) SELECT p.code, ?2, ?3, 'state',"
        " '{\"batch\":' || ?1 || ',\"from\":\"' || p.state || '\",\"reason\":\"\",\"to\":\"' ||"
        " coalesce(?4, x.state_before) || '\"}' FROM batch_plate x JOIN plate p ON p.code = x.code"
        " WHERE x.batch_id = ?1 AND (?5 IS NULL OR p.state = ?5) AND p.state <> coalesce(?4, x.state_before)"
        " ORDER BY x.sequence", .writes = true},
    // as INSERT_BATCH_EVENTS, without ?3
    [SQL_MOVE_BATCH_PLATES] = {
        "UPDATE plate SET updated_at = ?2, state = coalesce(?4,"
        " (SELECT x.state_before FROM batch_plate x WHERE x.batch_id = ?1 AND x.code = plate.code))"
        " WHERE code IN (SELECT code FROM batch_plate WHERE batch_id = ?1) AND (?5 IS NULL OR state = ?5)"
        " AND state <> 'retired'", .writes = true},
    [SQL_BATCH_WAITING] = {"SELECT id FROM batch WHERE state = 'waiting' ORDER BY queued_at, id LIMIT 1"},
    // ?1 id, ?2 now
    [SQL_BEGIN_BATCH] = {
        "UPDATE batch SET state = 'running', started_at = ?2, finished_at = NULL, tries = tries + 1"
        " WHERE id = ?1 AND state = 'waiting'", .writes = true},
    [SQL_PUT_BACK_BATCH] = {
        "UPDATE batch SET state = 'waiting', started_at = NULL, tries = tries - 1 WHERE id = ?1 AND state = 'running'",
        .writes = true},
    // ?1 tries, ?2 now, ?3 message
    [SQL_FAIL_WORN_BATCHES] = {
        "UPDATE batch SET state = 'failed', finished_at = ?2, failure = 'tries', message = ?3"
        " WHERE state = 'running' AND tries >= ?1", .writes = true},
    [SQL_RECOVER_BATCHES] = {
        "UPDATE batch SET state = 'waiting', started_at = NULL WHERE state = 'running'", .writes = true},
    // ?1 id, ?2 now, ?3 files, ?4 bytes, ?5 sha256
    [SQL_FINISH_BATCH] = {
        "UPDATE batch SET state = CASE WHEN printed_at IS NULL THEN 'made' ELSE 'printed' END, finished_at = ?2,"
        " files = ?3, bytes = ?4, sha256 = ?5, first_sha256 = coalesce(first_sha256, ?5), makings = makings + 1,"
        " tries = 0, failure = '', message = '' WHERE id = ?1 AND state = 'running'", .writes = true},
    // ?1 id, ?2 now, ?3 failure, ?4 message
    [SQL_FAIL_BATCH] = {
        "UPDATE batch SET state = 'failed', finished_at = ?2, failure = ?3, message = ?4"
        " WHERE id = ?1 AND state = 'running'", .writes = true},
    // ?1 id, ?2 now. What was made before is still there, so a making that is stopped goes back to that.
    [SQL_STOP_BATCH] = {
        "UPDATE batch SET state = CASE WHEN printed_at IS NOT NULL THEN 'printed'"
        " WHEN state IN ('waiting', 'running') AND sha256 IS NOT NULL THEN 'made' ELSE 'stopped' END,"
        " sha256 = CASE WHEN printed_at IS NULL AND state IN ('made', 'failed') THEN NULL ELSE sha256 END,"
        " finished_at = ?2, tries = 0, failure = '', message = ''"
        " WHERE id = ?1 AND state IN ('waiting', 'running', 'failed', 'made')", .writes = true},
    [SQL_QUEUE_BATCH] = {
        "UPDATE batch SET state = 'waiting', queued_at = ?2, started_at = NULL, tries = 0, failure = '', message = ''"
        " WHERE id = ?1 AND state IN ('made', 'failed', 'stopped', 'printed')", .writes = true},
    [SQL_PRINT_BATCH] = {
        "UPDATE batch SET state = 'printed', printed_at = ?2 WHERE id = ?1 AND state = 'made'", .writes = true},
    // ?1 token hash, ?2 batch id, ?3 password hash or NULL, ?4 now, ?5 expires_at, ?6 account id, ?7 note
    [SQL_INSERT_PARCEL_LINK] = {
        "INSERT INTO parcel_link (token_hash, batch_id, password_hash, created_at, expires_at, account_id, note)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", .writes = true},
    [SQL_PARCEL_LINK] = {PARCEL_LINK_COLUMNS " WHERE l.token_hash = ?1"},
    [SQL_PARCEL_LINKS] = {PARCEL_LINK_COLUMNS " WHERE l.batch_id = ?1 ORDER BY l.created_at DESC, l.token_hash LIMIT ?2"},
    // ?1 token hash, ?2 batch id, ?3 now
    [SQL_REVOKE_PARCEL_LINK] = {
        "UPDATE parcel_link SET revoked_at = ?3 WHERE token_hash = ?1 AND batch_id = ?2 AND revoked_at IS NULL",
        .writes = true},
    // ?1 token hash, ?2 now
    [SQL_INSERT_PARCEL_DOWNLOAD] = {"INSERT INTO parcel_download (token_hash, at) VALUES (?1, ?2)", .writes = true},
    [SQL_COUNT_PARCEL_DOWNLOAD] = {
        "UPDATE parcel_link SET downloads = downloads + 1, last_at = ?2 WHERE token_hash = ?1", .writes = true},
    // ?1 batch id, ?2 limit; 0 at, 1 note
    [SQL_PARCEL_DOWNLOADS] = {
        "SELECT d.at, l.note FROM parcel_download d JOIN parcel_link l ON l.token_hash = d.token_hash"
        " WHERE l.batch_id = ?1 ORDER BY d.id DESC LIMIT ?2"},
};
