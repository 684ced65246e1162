// What statements of several topics are composed of
#pragma once

// clang-format off

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

// Sites that account ?N may work on: all, when it has no limit
#define REACHED_BY(parameter, area)                                                                                   \
    "(" parameter " IS NULL OR NOT EXISTS (SELECT 1 FROM account_area WHERE account_id = " parameter ")"              \
    " OR " area " IN (WITH RECURSIVE reached (id) AS (SELECT term_id FROM account_area"                               \
    " WHERE account_id = " parameter " UNION SELECT term.id FROM term JOIN reached ON term.parent_id = reached.id)"   \
    " SELECT id FROM reached))"

// The sites that an FTS5 expression finds
#define FOUND_SITES(parameter)                                                                                        \
    "(SELECT rowid AS site_id FROM search WHERE search MATCH " parameter ")"

// An open batch: it has hold of its plates (content/print/batch.h)
#define BATCH_IS_OPEN(table)                                                                                          \
    table ".state IN ('waiting', 'running', 'made', 'failed') AND " table ".printed_at IS NULL"
