#include "qrgen/symbol/payload.h"

#include <string.h>

enum err payload_url(const char *base_url, const char *code, char ret[PAYLOAD_SIZE], struct problem *p)
{
    if (!code_is_valid(code))
        return problem_set(p, ERR_INVALID, "code",
                           "\"%.40s\" is not a plate's code: 8 symbols, the last of which checks the others",
                           code);
    cleanup_buf struct buf url = BUF_INIT;
    enum err e = url_base(base_url, &url, p);
    if (e) {
        if (p)
            strcpy(p->field, "--base-url");
        return e;
    }
    buf_append_char(&url, '/');
    buf_append_str(&url, code);
    if (url.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (url.len >= PAYLOAD_SIZE)
        return problem_set(p, ERR_TOO_LARGE, "--base-url", "the base URL is longer than %d bytes",
                           URL_BASE_MAX);
    memcpy(ret, url.data, url.len + 1);
    return ERR_NONE;
}
