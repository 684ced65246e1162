#include "content/exchange/exchange.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/encoding.h"
#include "content/exchange/record.h"

void exchange_report_clear(struct exchange_report *report)
{
    arena_clear(&report->arena);
    report->terms_named = 0;
    buf_free(&report->columns_unused);
    problem_list_clear(&report->problems);
    problem_list_clear(&report->notes);
}

typedef enum err import_fn(struct landing *landing, const char *path, struct problem *p);

static bool has_suffix(const char *path, const char *suffix)
{
    size_t len = strlen(path), n = strlen(suffix);
    return len >= n && strcasecmp(path + len - n, suffix) == 0;
}

// Which reader a path needs; *ret_path is the path to give it.
static enum err choose(const char *path, struct arena *a, import_fn **ret, const char **ret_path,
                       struct problem *p)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return problem_errno(p, path, "cannot open %s", path);
    *ret_path = path;
    if (S_ISDIR(st.st_mode)) {
        *ret = landing_import_bundle;
    } else if (has_suffix(path, "bundle.json")) {
        const char *slash = strrchr(path, '/');
        *ret = landing_import_bundle;
        *ret_path = slash ? arena_strndup(a, path, (size_t)(slash - path) + 1) : ".";
    } else {
        *ret = has_suffix(path, ".geojson") || has_suffix(path, ".json") ? landing_import_geojson
                                                                         : landing_import_table;
    }
    return *ret_path ? ERR_NONE : problem_set(p, ERR_MEMORY, path, "out of memory");
}

enum err exchange_check_options(const struct exchange_options *options, struct problem *p)
{
    struct problem fault = PROBLEM_INIT;
    enum err e = encoding_check_name(options->encoding, &fault);
    return e ? problem_set(p, e, "encoding", "--encoding: %s", fault.text) : record_check_options(options, p);
}

enum err exchange_import(struct store *store, const char *path, const struct exchange_options *options,
                         struct exchange_report *report)
{
    struct landing landing = {
        .store = store, .options = options, .report = report, .actor = options->actor, .arena = ARENA_INIT};
    import_fn *import = landing_import_table;
    struct problem p = PROBLEM_INIT;
    enum err e = choose(path, &landing.arena, &import, &path, &p);
    if (!e)
        e = import(&landing, path, &p);
    if (e && e != ERR_INVALID)
        problem_list_add(&report->problems, &p);
    else if (e && report->problems.count + report->problems.dropped == 0)
        problem_list_add(&report->problems, &p);
    json_decref(landing.terms);
    arena_clear(&landing.arena);
    return e;
}
