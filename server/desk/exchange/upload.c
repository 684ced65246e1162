#include "server/desk/exchange/upload.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "content/exchange/unpack.h"
#include "content/store/store.h"

enum { TOKEN_LENGTH = 32, KEPT_SECONDS = 24 * 3600, ABOUT_MAX = 4096 };

static const char about_name[] = ".about"; // no uploaded file is called so: see multipart.h

static const char *folder_of(const struct http_request *req, const char *token)
{
    const struct app *app = req->app;
    return arena_printf(req->arena, "%s/uploads%s%s", store_folder(app->store), *token ? "/" : "", token);
}

static bool is_token(const char *text)
{
    return text && strlen(text) == TOKEN_LENGTH && strspn(text, "0123456789abcdef") == TOKEN_LENGTH;
}

// --- sweeping

static void sweep_one(const struct http_request *req, const char *token)
{
    struct stat st;
    const char *folder = folder_of(req, token);
    if (folder && is_token(token) && stat(folder, &st) == 0 && st.st_mtime < clock_now() - KEPT_SECONDS)
        (void)file_remove_tree(folder, NULL);
}

static void sweep(const struct http_request *req)
{
    const char *all = folder_of(req, "");
    DIR *dir = all ? opendir(all) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        sweep_one(req, entry->d_name);
    if (dir)
        closedir(dir);
}

// --- what it is

static bool has_suffix(const char *name, const char *suffix)
{
    size_t len = strlen(name), n = strlen(suffix);
    return len >= n && strcasecmp(name + len - n, suffix) == 0;
}

static enum upload_kind kind_of(const char *name)
{
    if (unpack_is_archive(name))
        return UPLOAD_BUNDLE;
    return has_suffix(name, ".csv") || has_suffix(name, ".txt") || has_suffix(name, ".tsv") ? UPLOAD_TABLE
                                                                                            : UPLOAD_GEOJSON;
}

static enum err check_name(const char *name, struct problem *p)
{
    static const char *const workbooks[] = {".xlsx", ".xls", ".ods", ".numbers"};
    for (size_t i = 0; i < sizeof workbooks / sizeof workbooks[0]; i++)
        if (has_suffix(name, workbooks[i]))
            return problem_set(p, ERR_UNSUPPORTED, "workbook", "this is a workbook: save it as CSV first");
    if (has_suffix(name, "bundle.json")) // the importer would take the folder for a bundle
        return problem_set(p, ERR_UNSUPPORTED, "file", "a bundle comes as one archive");
    if (kind_of(name) != UPLOAD_GEOJSON || has_suffix(name, ".geojson") || has_suffix(name, ".json"))
        return ERR_NONE;
    return problem_set(p, ERR_UNSUPPORTED, "file",
                       "the file must be CSV (.csv), GeoJSON (.geojson) or a bundle (.zip)");
}

// A workbook under the name of a table.
static bool is_workbook(const char *head, size_t len)
{
    return len > 3 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "\xD0\xCF\x11\xE0", 4) == 0);
}

enum err upload_check(const char *name, int64_t bytes, const void *head, size_t len, struct problem *p)
{
    if (bytes <= 0)
        return problem_set(p, ERR_INVALID, "file", "choose a file");
    enum err e = check_name(name, p);
    if (e || unpack_is_archive(name))
        return e;
    if (bytes > UPLOAD_MAX)
        return problem_set(p, ERR_TOO_LARGE, "table", "the table is larger than 32 MB");
    if (head && is_workbook(head, len))
        return problem_set(p, ERR_UNSUPPORTED, "workbook", "this is a workbook: save it as CSV first");
    return ERR_NONE;
}

static enum err check_file(const struct multipart_part *file, struct problem *p)
{
    if (!file || !file->file || file->len == 0)
        return problem_set(p, ERR_INVALID, "file", "choose a file");
    if (file->len > UPLOAD_MAX)
        return problem_set(p, ERR_TOO_LARGE, "file", "the file has more than 32 MB");
    return upload_check(file->file, (int64_t)file->len, file->data, file->len, p);
}

// --- keeping

static enum err write_about(const struct http_request *req, const struct upload *u, const char *folder,
                            struct problem *p)
{
    json_t *about = json_pack("{s:I, s:s, s:s, s:s}", "account", (json_int_t)desk_user(req)->account.id,
                              "name", u->name, "lang", u->lang, "encoding", u->encoding ? u->encoding : "");
    cleanup_free char *text = about ? json_dumps(about, JSON_COMPACT) : NULL;
    json_decref(about);
    const char *path = arena_printf(req->arena, "%s/%s", folder, about_name);
    if (!text || !path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return file_write_atomic(path, text, strlen(text), p);
}

static enum err make_named(const struct http_request *req, struct upload *u, const char *token,
                           struct problem *p)
{
    sweep(req);
    const char *folder = folder_of(req, token);
    u->token = arena_strdup(req->arena, token);
    u->path = folder ? arena_printf(req->arena, "%s/%s", folder, u->name) : NULL;
    u->kind = kind_of(u->name);
    if (!u->token || !u->path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_make_folder(folder, p);
    if (!e)
        e = write_about(req, u, folder, p);
    if (e)
        (void)file_remove_tree(folder, NULL);
    return e;
}

static enum err make(const struct http_request *req, struct upload *u, struct problem *p)
{
    unsigned char bytes[TOKEN_LENGTH / 2];
    char token[TOKEN_LENGTH + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(token, sizeof token, bytes, sizeof bytes);
    return make_named(req, u, token, p);
}

enum err upload_keep(const struct http_request *req, const struct multipart_part *file, const char *lang,
                     const char *encoding, struct upload *ret, struct problem *p)
{
    enum err e = check_file(file, p);
    if (e)
        return e;
    struct upload u = {.name = file->file, .lang = lang, .encoding = *encoding ? encoding : NULL};
    e = make(req, &u, p);
    if (e)
        return e;
    e = file_write_atomic(u.path, file->data, file->len, p);
    if (e)
        upload_drop(&u);
    else
        *ret = u;
    return e;
}

enum err upload_reserve(const struct http_request *req, const char *name, struct upload *ret,
                        struct problem *p)
{
    struct upload u = {.name = name, .lang = desk_language(req)};
    enum err e = make(req, &u, p);
    if (!e)
        *ret = u;
    return e;
}

void upload_drop(const struct upload *upload)
{
    char folder[4096];
    size_t len = (size_t)(strrchr(upload->path, '/') - upload->path);
    if (len < sizeof folder) {
        memcpy(folder, upload->path, len);
        folder[len] = '\0';
        (void)file_remove_tree(folder, NULL);
    }
}

// --- finding

static const char *member(const struct http_request *req, const json_t *about, const char *name)
{
    const char *text = json_string_value(json_object_get(about, name));
    return text && *text ? arena_strdup(req->arena, text) : NULL;
}

enum err upload_of(const struct http_request *req, const char *token, struct upload *ret, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    const char *folder = is_token(token) ? folder_of(req, token) : NULL;
    const char *path = folder ? arena_printf(req->arena, "%s/%s", folder, about_name) : NULL;
    enum err gone = problem_set(p, ERR_NOT_FOUND, "file", "this file is no longer kept: upload it once more");
    if (!path || file_read(path, ABOUT_MAX, &text, NULL))
        return gone;
    json_t *about = json_loadb(text.data, text.len, 0, NULL);
    struct upload u = {.token = token,
                       .name = member(req, about, "name"),
                       .lang = member(req, about, "lang"),
                       .encoding = member(req, about, "encoding")};
    bool own = json_integer_value(json_object_get(about, "account")) == desk_user(req)->account.id;
    json_decref(about);
    if (!own || !u.name || !u.lang)
        return gone;
    u.path = arena_printf(req->arena, "%s/%s", folder, u.name);
    u.kind = kind_of(u.name);
    if (!u.path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = u;
    return ERR_NONE;
}

enum err upload_find(const struct http_request *req, struct upload *ret, struct problem *p)
{
    return upload_of(req, request_value(req, "file"), ret, p);
}

// --- what came in pieces

// An arrival's name is plain text: here it becomes the last part of a path, as a form's file has it.
enum err upload_expect(const struct http_request *req, const struct arrival *arrival, const char *lang,
                       const char *encoding, struct problem *p)
{
    struct upload u = {.name = multipart_file_name(req->arena, arrival->name),
                       .lang = lang,
                       .encoding = *encoding ? encoding : NULL};
    return u.name ? make_named(req, &u, arrival->token, p)
                  : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// The file first, then the row: whatever happens between them, the next try ends it.
static enum err move(const struct http_request *req, const struct arrival *arrival, const struct upload *u,
                     bool *ret_moved, struct problem *p)
{
    const struct app *app = req->app;
    const char *from = arrival_path(app->store, req->arena, arrival), *folder = folder_of(req, u->token);
    if (!from || !folder)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    bool moved = rename(from, u->path) == 0;
    if (!moved && errno != ENOENT)
        return problem_errno(p, NULL, "%s cannot be moved", from);
    if (!moved && access(u->path, F_OK) < 0)
        return problem_set(p, ERR_NOT_FOUND, "upload", "this file is no longer kept: upload it once more");
    *ret_moved = moved;
    return file_sync_folder(folder, p);
}

enum err upload_arrived(const struct http_request *req, const struct arrival *arrival, struct upload *ret,
                        bool *ret_first, struct problem *p)
{
    const struct app *app = req->app;
    struct upload u;
    bool moved = false;
    enum err e = upload_of(req, arrival->token, &u, p);
    if (!e)
        e = move(req, arrival, &u, &moved, p);
    if (!e || e == ERR_NOT_FOUND) {
        enum err dropped = arrival_drop(app->store, arrival, e ? NULL : p);
        e = e ? e : dropped;
    }
    if (e)
        return e;
    *ret = u;
    *ret_first = moved;
    return ERR_NONE;
}
