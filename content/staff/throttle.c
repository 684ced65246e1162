#include "content/staff/throttle.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/fold.h"
#include "content/setting.h"
#include "content/store/query.h"

enum { WAIT_MAX_S = 15 * 60, SUBJECT_SIZE = 80, SECRET_HEX = 65 };

#define SETTING_SECRET "throttle-secret"

// The key that hides addresses, of 32 random bytes; made at the first try. "" when there is none yet.
static enum err read_secret(struct connection *c, char hex[SECRET_HEX], struct problem *p)
{
    json_t *value;
    enum err e = setting_get(c, SETTING_SECRET, &value, p);
    if (e)
        return e;
    snprintf(hex, SECRET_HEX, "%s", json_is_string(value) ? json_string_value(value) : "");
    json_decref(value);
    return ERR_NONE;
}

static enum err make_secret(struct connection *writer, char hex[SECRET_HEX], struct problem *p)
{
    unsigned char bytes[(SECRET_HEX - 1) / 2];
    enum err e = read_secret(writer, hex, p);
    if (e || hex[0])
        return e;
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, SECRET_HEX, bytes, sizeof bytes);
    json_t *value = json_string(hex);
    e = setting_set(writer, SETTING_SECRET, value, p);
    json_decref(value);
    return e;
}

static void hide(const char *kind, const char *text, const char *secret, char subject[SUBJECT_SIZE])
{
    unsigned char digest[16];
    char hex[33];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)text, strlen(text),
                       (const unsigned char *)secret, strlen(secret));
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    snprintf(subject, SUBJECT_SIZE, "%s:%s", kind, hex);
}

static void name_subject(const char *name, const char *secret, char subject[SUBJECT_SIZE])
{
    cleanup_buf struct buf folded = BUF_INIT;
    if (fold_search(name, strlen(name), &folded, NULL))
        buf_reset(&folded);
    hide("name", folded.data, secret, subject);
}

// With n failures beyond the free ones the wait after the last is 2^n seconds.
static enum err wait_of(struct connection *c, const char *subject, int64_t now, int64_t *ret,
                        struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_FAILURES);
    query_bind_text(q, 1, subject);
    query_bind_int(q, 2, now - THROTTLE_WINDOW_S);
    bool row;
    enum err e = query_step(q, &row, p);
    if (e)
        return e;
    int64_t beyond = query_int(q, 0) - THROTTLE_FREE, last = query_int(q, 1);
    int64_t wait = beyond < 0 ? 0 : beyond >= 10 ? WAIT_MAX_S : (int64_t)1 << beyond;
    *ret = last + wait > now && beyond >= 0 ? last + wait - now : 0;
    return ERR_NONE;
}

// What failures are counted by.
struct subjects {
    char name[SUBJECT_SIZE], address[SUBJECT_SIZE];
};

static struct subjects subjects_of(const char *name, const char *address, const char *secret)
{
    struct subjects s;
    name_subject(name, secret, s.name);
    hide("address", address, secret, s.address);
    return s;
}

static enum err wait_of_both(struct connection *c, const struct subjects *s, int64_t now, int64_t *ret,
                             struct problem *p)
{
    int64_t by_name = 0, by_address = 0;
    enum err e = wait_of(c, s->name, now, &by_name, p);
    if (!e)
        e = wait_of(c, s->address, now, &by_address, p);
    if (!e)
        *ret = by_name > by_address ? by_name : by_address;
    return e;
}

static enum err change(struct connection *writer, enum statement id, const char *subject, int64_t now,
                       struct problem *p)
{
    struct query *q = query_start(writer, id);
    query_bind_text(q, 1, subject);
    query_bind_int(q, 2, now);
    return query_run(q, p);
}

static enum err change_both(struct connection *writer, enum statement id, const struct subjects *s,
                            int64_t now, struct problem *p)
{
    enum err e = change(writer, id, s->name, now, p);
    return e ? e : change(writer, id, s->address, now, p);
}

enum err throttle_begin(struct connection *writer, const char *name, const char *address, int64_t now,
                        int64_t *ret_seconds, struct problem *p)
{
    char secret[SECRET_HEX];
    int64_t wait = 0;
    enum err e = make_secret(writer, secret, p);
    if (e)
        return e;
    struct subjects s = subjects_of(name, address, secret);
    struct query *q = query_start(writer, SQL_SWEEP_FAILURES);
    query_bind_int(q, 1, now - THROTTLE_WINDOW_S);
    e = query_run(q, p);
    if (!e)
        e = wait_of_both(writer, &s, now, &wait, p);
    if (!e && wait == 0)
        e = change_both(writer, SQL_INSERT_FAILURE, &s, now, p);
    if (!e)
        *ret_seconds = wait;
    return e;
}

enum err throttle_take_back(struct connection *writer, const char *name, const char *address, int64_t now,
                            struct problem *p)
{
    char secret[SECRET_HEX];
    enum err e = read_secret(writer, secret, p);
    if (e || !secret[0])
        return e;
    struct subjects s = subjects_of(name, address, secret);
    return change_both(writer, SQL_TAKE_BACK_FAILURE, &s, now, p);
}

enum err throttle_passed(struct connection *writer, const char *name, struct problem *p)
{
    char secret[SECRET_HEX], subject[SUBJECT_SIZE];
    enum err e = read_secret(writer, secret, p);
    if (e || !secret[0])
        return e;
    name_subject(name, secret, subject);
    struct query *q = query_start(writer, SQL_FORGET_FAILURES);
    query_bind_text(q, 1, subject);
    return query_run(q, p);
}
