#include "content/staff/totp.h"

#include <oath.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/url.h"
#include "content/history.h"
#include "content/store/query.h"

enum { DIGITS = 6, STEP_S = 30, WINDOW = 1, CODE_MAX = 32 };

void totp_make_secret(unsigned char ret_secret[TOTP_SECRET_SIZE])
{
    randombytes_buf(ret_secret, TOTP_SECRET_SIZE);
}

static enum err base32(const unsigned char *secret, struct buf *out, struct problem *p)
{
    char *text = NULL;
    size_t len = 0;
    if (oath_base32_encode((const char *)secret, TOTP_SECRET_SIZE, &text, &len) != OATH_OK)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    while (len && text[len - 1] == '=')
        len--;
    buf_append(out, text, len);
    free(text);
    return out->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}

enum err totp_uri(struct arena *a, const unsigned char secret[TOTP_SECRET_SIZE], const char *issuer,
                  const char *account, char **ret_uri, struct problem *p)
{
    cleanup_buf struct buf words = BUF_INIT, issuer_words = BUF_INIT, name = BUF_INIT;
    enum err e = base32(secret, &words, p);
    if (e)
        return e;
    url_encode(&issuer_words, issuer, strlen(issuer));
    url_encode(&name, account, strlen(account));
    char *uri = arena_printf(a, "otpauth://totp/%s:%s?secret=%s&issuer=%s", issuer_words.data, name.data,
                             words.data, issuer_words.data);
    if (!uri || issuer_words.failed || name.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret_uri = uri;
    return ERR_NONE;
}

char *totp_words(struct arena *a, const unsigned char secret[TOTP_SECRET_SIZE])
{
    cleanup_buf struct buf words = BUF_INIT, groups = BUF_INIT;
    if (base32(secret, &words, NULL))
        return NULL;
    for (size_t i = 0; i < words.len; i++) {
        if (i && i % 4 == 0)
            buf_append_char(&groups, ' ');
        buf_append_char(&groups, words.data[i]);
    }
    return groups.failed ? NULL : arena_strdup(a, groups.data);
}

// People copy codes from paper: with the hyphen or without, with blanks, dots or a dash of another length, in
// capitals. Only letters and digits count.
static bool symbols_of(const char *code, char out[CODE_MAX])
{
    size_t n = 0;
    for (; *code; code++) {
        bool capital = *code >= 'A' && *code <= 'Z';
        if (!capital && !(*code >= 'a' && *code <= 'z') && !(*code >= '0' && *code <= '9'))
            continue;
        if (n + 1 == CODE_MAX)
            return false;
        out[n++] = capital ? (char)(*code - 'A' + 'a') : *code;
    }
    out[n] = '\0';
    return n > 0;
}

bool totp_is_recovery(const char *code)
{
    char symbols[CODE_MAX];
    return symbols_of(code, symbols) &&
           (strlen(symbols) > DIGITS || strspn(symbols, "0123456789") != strlen(symbols));
}

static enum err does_not_fit(struct problem *p)
{
    return problem_set(p, ERR_DENIED, "code",
                       "the code does not fit: take the newest one, and look at the phone's clock");
}

enum err totp_try(const unsigned char secret[TOTP_SECRET_SIZE], const char *code, int64_t now,
                  int64_t *ret_step, struct problem *p)
{
    char digits[CODE_MAX];
    uint64_t step = 0;
    int position = 0;
    if (!symbols_of(code, digits) || strlen(digits) != DIGITS || strspn(digits, "0123456789") != DIGITS)
        return does_not_fit(p);
    int rc = oath_totp_validate3((const char *)secret, TOTP_SECRET_SIZE, (time_t)now, STEP_S, 0, WINDOW,
                                 &position, &step, digits);
    if (rc < 0)
        return does_not_fit(p);
    *ret_step = (int64_t)step;
    return ERR_NONE;
}

void totp_make_recovery(char ret_codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE])
{
    // No vowels and nothing that looks alike: no words by chance, no misreading.
    static const char symbols[] = "bcdfghjkmnpqrstvwxz23456789";
    for (int i = 0; i < TOTP_RECOVERY_COUNT; i++) {
        char *code = ret_codes[i];
        for (int j = 0; j < TOTP_RECOVERY_SIZE - 1; j++)
            code[j] = j == 5 ? '-' : symbols[randombytes_uniform(sizeof symbols - 1)];
        code[TOTP_RECOVERY_SIZE - 1] = '\0';
    }
}

// 48 bits of chance: a plain hash would do, the account's id keeps equal codes of two people apart.
static void hash_recovery(int64_t account_id, const char *code, char hex[65])
{
    char text[64];
    unsigned char digest[crypto_hash_sha256_BYTES];
    int n = snprintf(text, sizeof text, "%lld:%s", (long long)account_id, code);
    crypto_hash_sha256(digest, (const unsigned char *)text, (unsigned long long)n);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
}

static enum err replace_recovery(struct connection *writer, int64_t account_id,
                                 char (*codes)[TOTP_RECOVERY_SIZE], struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_RECOVERY_CODES);
    query_bind_int(q, 1, account_id);
    enum err e = query_run(q, p);
    for (int i = 0; !e && codes && i < TOTP_RECOVERY_COUNT; i++) {
        char hex[65];
        hash_recovery(account_id, codes[i], hex);
        q = query_start(writer, SQL_INSERT_RECOVERY_CODE);
        query_bind_int(q, 1, account_id);
        query_bind_text(q, 2, hex);
        e = query_run(q, p);
    }
    return e;
}

static enum err set_secret(struct connection *writer, int64_t account_id, const unsigned char *secret,
                           int64_t step, const char *action, const struct actor *actor, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_ACCOUNT_TOTP);
    query_bind_int(q, 1, account_id);
    if (secret)
        query_bind_blob(q, 2, secret, TOTP_SECRET_SIZE);
    query_bind_int(q, 3, step);
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, secret ? ERR_EXISTS : ERR_NOT_FOUND, "totp",
                        secret ? "the account has a second factor: turn it off first"
                               : "the account has no second factor");
    char subject[40];
    snprintf(subject, sizeof subject, "account:%lld", (long long)account_id);
    return e ? e : history_audit(writer, actor, action, subject, NULL, p);
}

enum err totp_turn_on(struct connection *writer, int64_t account_id,
                      const unsigned char secret[TOTP_SECRET_SIZE], int64_t step,
                      char codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE], const struct actor *actor,
                      struct problem *p)
{
    enum err e = set_secret(writer, account_id, secret, step, "account.totp-on", actor, p);
    return e ? e : replace_recovery(writer, account_id, codes, p);
}

enum err totp_turn_off(struct connection *writer, int64_t account_id, const struct actor *actor,
                       struct problem *p)
{
    enum err e = set_secret(writer, account_id, NULL, 0, "account.totp-off", actor, p);
    return e ? e : replace_recovery(writer, account_id, NULL, p);
}

static enum err load_secret(struct connection *c, int64_t account_id, unsigned char secret[TOTP_SECRET_SIZE],
                            struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_ACCOUNT_TOTP);
    query_bind_int(q, 1, account_id);
    bool row;
    size_t len = 0;
    enum err e = query_step(q, &row, p);
    const void *stored = !e && row ? query_blob(q, 0, &len) : NULL;
    if (!e && len != TOTP_SECRET_SIZE)
        e = problem_set(p, ERR_NOT_FOUND, NULL, "the account has no second factor");
    if (!e)
        memcpy(secret, stored, TOTP_SECRET_SIZE);
    return e;
}

static enum err use_step(struct connection *writer, int64_t account_id, int64_t step, struct problem *p)
{
    struct query *q = query_start(writer, SQL_SET_TOTP_USED);
    query_bind_int(q, 1, account_id);
    query_bind_int(q, 2, step);
    enum err e = query_run(q, p);
    return e || query_changes(writer) ? e : does_not_fit(p);
}

static enum err use_recovery(struct connection *writer, int64_t account_id, const char *code, int64_t now,
                             struct problem *p)
{
    char symbols[CODE_MAX], plain[CODE_MAX + 1], hex[65];
    if (!symbols_of(code, symbols))
        return does_not_fit(p);
    snprintf(plain, sizeof plain, "%.5s-%s", symbols, strlen(symbols) > 5 ? symbols + 5 : "");
    hash_recovery(account_id, plain, hex);
    struct query *q = query_start(writer, SQL_USE_RECOVERY_CODE);
    query_bind_int(q, 1, account_id);
    query_bind_text(q, 2, hex);
    query_bind_int(q, 3, now);
    enum err e = query_run(q, p);
    return e || query_changes(writer) ? e : does_not_fit(p);
}

enum err totp_sign_in(struct connection *writer, int64_t account_id, const char *code, int64_t now,
                      struct problem *p)
{
    unsigned char secret[TOTP_SECRET_SIZE];
    int64_t step;
    enum err e = load_secret(writer, account_id, secret, p);
    if (e)
        return e;
    e = totp_try(secret, code, now, &step, p);
    sodium_memzero(secret, sizeof secret);
    return e ? use_recovery(writer, account_id, code, now, p) : use_step(writer, account_id, step, p);
}

enum err totp_taken_off_by(struct connection *c, struct arena *a, int64_t account_id, const char **ret,
                           int64_t *ret_account_id, struct problem *p)
{
    char subject[40];
    bool row;
    snprintf(subject, sizeof subject, "account:%lld", (long long)account_id);
    cleanup_query struct query *q = query_start(c, SQL_TOTP_TAKEN_OFF);
    query_bind_text(q, 1, subject);
    query_bind_int(q, 2, account_id);
    enum err e = query_step(q, &row, p);
    const char *name = !e && row ? query_dup(q, 0, a) : NULL;
    if (e || (row && !name))
        return e ? e : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = name;
    *ret_account_id = row ? query_int(q, 1) : 0;
    return ERR_NONE;
}
