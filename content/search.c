#include "content/search.h"

#include <string.h>

#include "common/buf.h"
#include "common/fold.h"
#include "content/site_list.h"
#include "content/store/query.h"

enum { QUERY_LIMIT = 200, WORDS_LIMIT = 16 };

static void fold_into(struct buf *out, const char *text)
{
    if (!text || !text[0])
        return;
    if (out->len)
        buf_append_char(out, ' ');
    fold_search(text, strlen(text), out, NULL);
}

// All strings below a JSON value, folded.
static void fold_strings(struct buf *out, const json_t *value)
{
    size_t i;
    const char *name;
    json_t *entry;
    fold_into(out, json_string_value(value));
    if (json_is_array(value))
        json_array_foreach((json_t *)value, i, entry) fold_strings(out, entry);
    if (json_is_object(value))
        json_object_foreach((json_t *)value, name, entry) fold_strings(out, entry);
}

static void fold_addresses(struct buf *out, const json_t *details)
{
    size_t i;
    json_t *address;
    json_array_foreach(json_object_get(details, "addresses"), i, address)
        fold_strings(out, json_object_get(address, "words"));
}

static enum err forget(struct connection *writer, int64_t site_id, struct problem *p)
{
    struct query *q = query_start(writer, SQL_DELETE_SEARCH);
    query_bind_int(q, 1, site_id);
    return query_run(q, p);
}

enum err search_index(struct connection *writer, const struct site *site, struct problem *p)
{
    cleanup_buf struct buf title = BUF_INIT, names = BUF_INIT, place = BUF_INIT, body = BUF_INIT;
    for (size_t i = 0; i < site->text_count; i++) {
        fold_into(&title, site->texts[i].title);
        fold_into(&body, site->texts[i].summary);
        fold_into(&body, site->texts[i].body);
    }
    fold_strings(&names, json_object_get(site->details, "names"));
    fold_addresses(&place, site->details);
    if (title.failed || names.failed || place.failed || body.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = forget(writer, site->id, p);
    if (e)
        return e;
    struct query *q = query_start(writer, SQL_INSERT_SEARCH);
    query_bind_int(q, 1, site->id);
    query_bind_text(q, 2, title.data);
    query_bind_text(q, 3, names.data);
    query_bind_text(q, 4, place.data);
    query_bind_text(q, 5, body.data);
    return query_run(q, p);
}

static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

// "Bình Thuỷ" -> "binh" "thuy"*: every word quoted, so that nothing people type is FTS5 syntax.
int search_expression(const char *query, struct buf *out)
{
    cleanup_buf struct buf folded = BUF_INIT;
    size_t len = fold_utf8_cut(query, strlen(query), QUERY_LIMIT);
    if (fold_search(query, len, &folded, NULL))
        return 0;
    int words = 0;
    for (const char *at = folded.data; *at && words < WORDS_LIMIT;) {
        size_t n = 0;
        while (is_word_byte((unsigned char)at[n]))
            n++;
        if (n) {
            buf_printf(out, "%s\"%.*s\"", words ? " " : "", (int)n, at);
            words++;
        }
        at += n ? n : 1;
    }
    if (words)
        buf_append_char(out, '*');
    return out->failed ? 0 : words;
}

static enum err count_hits(struct connection *c, const char *expression, int64_t *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SEARCH_COUNT);
    query_bind_text(q, 1, expression);
    return query_number(q, 0, ret, p);
}

enum err search_sites(struct connection *c, struct arena *a, const char *lang, const char *query, int limit,
                      int64_t offset, struct site_cards *ret, int64_t *ret_total, struct problem *p)
{
    cleanup_buf struct buf expression = BUF_INIT;
    if (search_expression(query, &expression) == 0) {
        *ret = (struct site_cards){.count = 0};
        *ret_total = 0;
        return ERR_NONE;
    }
    int64_t total;
    enum err e = count_hits(c, expression.data, &total, p);
    if (e)
        return e;
    struct query *q = query_start(c, SQL_SEARCH);
    query_bind_text(q, 1, lang);
    query_bind_text(q, 2, expression.data);
    query_bind_int(q, 3, limit);
    query_bind_int(q, 4, offset);
    e = site_cards_collect(q, a, ret, p);
    if (!e)
        *ret_total = total;
    return e;
}
