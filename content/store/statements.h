// The statement catalogue: every SQL statement of the program, by name. Parameters and columns are told
// beside the SQL in statements.c. Adding one: a name here, a row there.
#pragma once

#include <stdbool.h>

enum statement {
    // transactions and state
    SQL_BEGIN_READ,
    SQL_END_READ,
    SQL_BEGIN_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_TOUCH_CONTENT,
    SQL_CONTENT_VERSION,
    SQL_INTEGRITY_CHECK,
    SQL_FOREIGN_KEY_CHECK,
    // settings, languages, terms
    SQL_SETTING,
    SQL_SET_SETTING,
    SQL_LANGUAGES,
    SQL_SET_LANGUAGE,
    SQL_TERMS,
    SQL_TERM_ID,
    SQL_SET_TERM,
    SQL_SET_TERM_PARENT,
    SQL_KIND_COUNTS,
    SQL_CATEGORY_COUNTS,
    SQL_RANK_COUNTS,
    SQL_AREA_COUNTS,
    // sites
    SQL_SITE_BY_ID,
    SQL_SITE_BY_SLUG,
    SQL_SITE_ID_BY_SLUG,
    SQL_SITE_ID_BY_OLD_SLUG,
    SQL_SITE_ID_BY_KEY,
    SQL_SITE_IDS,
    SQL_SITE_TEXTS,
    SQL_SITE_MEDIA,
    SQL_SITE_CARDS,
    SQL_SITE_CARD_COUNT,
    SQL_SITE_CARDS_NEAR,
    SQL_SITE_CARDS_OF_TOUR,
    SQL_SITE_LINKS,
    SQL_INSERT_SITE,
    SQL_UPDATE_SITE,
    SQL_INSERT_OLD_SLUG,
    SQL_DELETE_OLD_SLUG,
    SQL_SET_TEXT,
    SQL_DELETE_TEXT,
    SQL_DELETE_SITE_MEDIA,
    SQL_INSERT_SITE_MEDIA,
    SQL_DELETE_POSITION,
    SQL_INSERT_POSITION,
    // search
    SQL_DELETE_SEARCH,
    SQL_INSERT_SEARCH,
    SQL_SEARCH,
    SQL_SEARCH_COUNT,
    // media
    SQL_MEDIA,
    SQL_MEDIA_ALL,
    SQL_INSERT_MEDIA,
    // tours
    SQL_TOUR_BY_ID,
    SQL_TOUR_BY_SLUG,
    SQL_TOURS,
    SQL_TOURS_OF_SITE,
    SQL_TOUR_STOP_SLUGS,
    SQL_INSERT_TOUR,
    SQL_UPDATE_TOUR,
    SQL_DELETE_TOUR_STOPS,
    SQL_INSERT_TOUR_STOP,
    // plates and scans
    SQL_PLATE,
    SQL_PLATES,
    SQL_PLATES_OF_SITE,
    SQL_INSERT_PLATE,
    SQL_UPDATE_PLATE,
    SQL_INSERT_PLATE_EVENT,
    SQL_ADD_SCANS,
    SQL_SCANS_OF_PLATE,
    // history
    SQL_INSERT_REVISION,
    SQL_REVISION,
    SQL_INSERT_AUDIT,
    SQL_INSERT_IMPORT,
    SQL_FINISH_IMPORT,
    STATEMENT_COUNT,
};

struct statement_row {
    const char *sql;
    bool writes; // prepared on the writer's connection only
};

extern const struct statement_row statements[STATEMENT_COUNT];
