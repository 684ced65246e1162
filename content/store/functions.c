#include "content/store/functions.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "common/fold.h"

static bool holds(const char *folded, const char *words)
{
    size_t len = strlen(words);
    for (const char *at = folded; len && (at = strstr(at, words)); at++)
        if (at == folded || at[-1] == ' ')
            return true;
    return false;
}

static void folded_holds(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    const char *words = (const char *)sqlite3_value_text(values[1]);
    cleanup_buf struct buf folded = BUF_INIT;
    enum err e = text && words ? fold_search(text, strlen(text), &folded, NULL) : ERR_INVALID;
    if (e == ERR_MEMORY)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_int(context, !e && holds(folded.data, words));
}

int functions_register(struct sqlite3 *db)
{
    return sqlite3_create_function(db, "folded_holds", 2,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, folded_holds,
                                   NULL, NULL);
}
