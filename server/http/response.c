#include "server/http/response.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "server/http/syntax.h"

// What the server writes itself, or what would break the framing.
static const char *const reserved[] = {
    "content-length", "connection",    "date",          "transfer-encoding", "content-encoding", "vary",
    "etag",           "last-modified", "accept-ranges", "content-range",     "keep-alive",       "upgrade",
    "trailer",        "content-type",  "cache-control", "content-location",  "content-language",
};

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

enum err response_header(struct http_response *res, const char *name, const char *value, struct problem *p)
{
    if (!syntax_is_token(name, strlen(name)))
        return problem_set(p, ERR_INVALID, NULL, "A header field cannot have this name.");
    if (is_reserved(name))
        return problem_set(p, ERR_INVALID, name, "The server writes the header field %s itself.", name);
    if (syntax_has_control(value, strlen(value), "\t"))
        return problem_set(p, ERR_INVALID, name, "The value for the header field %s has a control character.",
                           name);
    if (res->header_count == RESPONSE_MAX_HEADERS)
        return problem_set(p, ERR_TOO_LARGE, name, "There is no room for the header field %s.", name);
    struct response_pair pair = {.name = arena_strdup(res->arena, name),
                                 .value = arena_strdup(res->arena, value)};
    if (!pair.name || !pair.value)
        return problem_set(p, ERR_MEMORY, name, "There is no memory for the header field %s.", name);
    if (strcasecmp(name, "set-cookie") == 0)
        res->uncached = true;
    res->headers[res->header_count++] = pair;
    return ERR_NONE;
}

// A host with its port in characters that end neither a source nor a directive of the policy.
static bool is_origin(const char *origin)
{
    static const char scheme[] = "https://";
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";
    const char *host = origin + sizeof scheme - 1;
    return strncmp(origin, scheme, sizeof scheme - 1) == 0 && *host && strspn(host, allowed) == strlen(host);
}

enum err response_allow_images(struct http_response *res, const char *origin, struct problem *p)
{
    if (!is_origin(origin))
        return problem_set(p, ERR_INVALID, NULL, "\"%s\" is no origin of images.", origin);
    const char *policy = arena_printf(res->arena, RESPONSE_POLICY(" %s"), origin);
    return policy ? response_header(res, "Content-Security-Policy", policy, p)
                  : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

enum err response_redirect(struct http_response *res, int status, const char *location, struct problem *p)
{
    if (status != 301 && status != 303 && status != 307 && status != 308)
        return problem_set(p, ERR_INVALID, NULL, "%d is no status for sending a visitor elsewhere.", status);
    enum err e = response_header(res, "Location", location, p);
    if (e == ERR_NONE)
        res->status = status;
    return e;
}

void response_static(struct http_response *res, const void *data, size_t len)
{
    res->fixed = data;
    res->fixed_len = len;
}

enum err response_file(struct http_response *res, int dirfd, const char *name, struct problem *p)
{
    // Not following, not leaving, and not waiting for a pipe's other end.
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    struct stat st;
    cleanup_close int fd = (int)syscall(SYS_openat2, dirfd, name, &how, sizeof how);
    if (fd < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR || errno == EXDEV || errno == ELOOP ||
                       errno == ENAMETOOLONG || errno == EACCES;
        return missing ? problem_set(p, ERR_NOT_FOUND, NULL, "There is no file \"%s\".", name)
                       : problem_errno(p, NULL, "The file \"%s\" cannot be opened", name);
    }
    if (fstat(fd, &st) != 0)
        return problem_errno(p, NULL, "The file \"%s\" cannot be read", name);
    if (!S_ISREG(st.st_mode))
        return problem_set(p, ERR_NOT_FOUND, NULL, "\"%s\" is no file.", name);
    if (res->fd >= 0)
        close(res->fd);
    res->fd = steal_fd(&fd);
    res->fd_size = (uint64_t)st.st_size;
    if (!res->last_modified)
        res->last_modified = st.st_mtime;
    return ERR_NONE;
}

enum err response_file_in(struct http_response *res, const char *folder, const char *name, struct problem *p)
{
    if (!folder || !name)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    cleanup_close int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return problem_set(p, ERR_NOT_FOUND, NULL, "There is no file \"%s\".", name);
    return response_file(res, dir, name, p);
}

enum err response_attachment(struct http_response *res, const char *filename, struct problem *p)
{
    const char *value = filename ? arena_printf(res->arena, "attachment; filename=\"%s\"", filename) : NULL;
    return response_header(res, "Content-Disposition", value ? value : "attachment", p);
}

enum err response_tag(struct http_response *res, const void *tag, size_t len)
{
    if (len > sizeof res->tag)
        return ERR_TOO_LARGE;
    memcpy(res->tag, tag, len);
    res->tag_len = len;
    return ERR_NONE;
}

enum err response_error(struct http_response *res, int status, const struct problem *problem)
{
    res->status = status;
    buf_reset(&res->body);
    res->fixed = NULL;
    if (res->fd >= 0)
        close(steal_fd(&res->fd));
    res->etag = NULL;
    res->last_modified = 0;
    res->content_location = NULL;
    res->content_language = NULL;
    res->content_type = RESPONSE_HTML;
    res->error_page = true;
    res->problem = NULL;
    if (problem) {
        res->problem = arena_alloc(res->arena, sizeof *res->problem);
        if (res->problem)
            *res->problem = *problem;
    }
    return ERR_NONE;
}

int response_status_of(enum err code)
{
    static const short statuses[ERR_COUNT] = {
        [ERR_NONE] = 200,   [ERR_NOT_FOUND] = 404,   [ERR_INVALID] = 400, [ERR_TOO_LARGE] = 413,
        [ERR_EXISTS] = 409, [ERR_CONFLICT] = 409,    [ERR_DENIED] = 403,  [ERR_BUSY] = 503,
        [ERR_FULL] = 503,   [ERR_UNSUPPORTED] = 415,
    };
    int status = (unsigned)code < ERR_COUNT ? statuses[code] : 0;
    return status ? status : 500;
}

const char *response_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "";
}
