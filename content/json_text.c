#include "content/json_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32 // deeper documents take the slow way
#define KEY_MAX   64 // with the NUL; longer keys take the slow way
#define DIGITS    15 // that an integer may have so as to fit a double and an int64_t

struct reader {
    const char *at;
    int depth;
};

static json_t *read_value(struct reader *r);

static void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\n' || **at == '\t' || **at == '\r')
        (*at)++;
}

// The end of the string that begins at `from` (behind its quote); NULL when it holds an escape or does not
// end.
static const char *string_end(const char *from)
{
    static const bool stops[256] = {[0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true};
    while (!stops[(unsigned char)*from])
        from++;
    return *from == '"' ? from : NULL;
}

static json_t *read_string(struct reader *r)
{
    const char *from = r->at + 1, *end = string_end(from);
    if (!end)
        return NULL;
    r->at = end + 1;
    return json_stringn_nocheck(from, (size_t)(end - from));
}

static json_t *read_number(struct reader *r)
{
    size_t digits = strspn(r->at + (*r->at == '-'), "0123456789");
    const char *end = r->at + (*r->at == '-') + digits;
    char *real_end = NULL;
    if (digits < 1 || digits > DIGITS || (digits > 1 && end[-(ptrdiff_t)digits] == '0') || *end == 'e' ||
        *end == 'E')
        return NULL;
    if (*end != '.') {
        long long number = strtoll(r->at, NULL, 10);
        r->at = end;
        return json_integer(number);
    }
    size_t decimals = strspn(end + 1, "0123456789");
    end += 1 + decimals;
    if (decimals < 1 || *end == 'e' || *end == 'E')
        return NULL;
    double number = strtod(r->at, &real_end);
    if (real_end != end)
        return NULL; // a locale with another decimal point
    r->at = end;
    return json_real(number);
}

static json_t *read_word(struct reader *r)
{
    static const struct {
        const char *text;
        size_t len;
        json_t *(*make)(void);
    } words[] = {{"true", 4, json_true}, {"false", 5, json_false}, {"null", 4, json_null}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(r->at, words[i].text, words[i].len) == 0) {
            r->at += words[i].len;
            return words[i].make();
        }
    return NULL;
}

// Behind a value: true when another one follows; *ret_end when `close` came.
static bool goes_on(struct reader *r, char close, bool *ret_end)
{
    skip_blanks(&r->at);
    *ret_end = *r->at == close;
    bool more = *r->at == ',';
    if (more || *ret_end)
        r->at++;
    if (more)
        skip_blanks(&r->at);
    return more;
}

static bool opens_empty(struct reader *r, char close)
{
    r->at++;
    skip_blanks(&r->at);
    bool empty = *r->at == close;
    r->at += empty;
    return empty;
}

static bool read_member(struct reader *r, json_t *object)
{
    char key[KEY_MAX];
    const char *from = r->at + 1, *end = *r->at == '"' ? string_end(from) : NULL;
    size_t len = end ? (size_t)(end - from) : 0;
    if (!end || len >= sizeof key)
        return false;
    memcpy(key, from, len);
    key[len] = '\0';
    r->at = end + 1;
    skip_blanks(&r->at);
    if (*r->at++ != ':')
        return false;
    skip_blanks(&r->at);
    json_t *value = read_value(r);
    return value && json_object_set_new_nocheck(object, key, value) == 0;
}

static json_t *read_object(struct reader *r)
{
    json_t *object = json_object();
    bool end = opens_empty(r, '}'), good = object;
    if (end)
        return object;
    do
        good = good && read_member(r, object);
    while (good && goes_on(r, '}', &end));
    if (good && end)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *read_array(struct reader *r)
{
    json_t *array = json_array();
    bool end = opens_empty(r, ']'), good = array;
    if (end)
        return array;
    do
        good = good && json_array_append_new(array, read_value(r)) == 0;
    while (good && goes_on(r, ']', &end));
    if (good && end)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *read_value(struct reader *r)
{
    json_t *value = NULL;
    if (++r->depth > DEPTH_MAX)
        return NULL;
    if (*r->at == '"')
        value = read_string(r);
    else if (*r->at == '{')
        value = read_object(r);
    else if (*r->at == '[')
        value = read_array(r);
    else if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
        value = read_number(r);
    else
        value = read_word(r);
    r->depth--;
    return value;
}

json_t *json_text_read(const char *text)
{
    struct reader r = {.at = text};
    skip_blanks(&r.at);
    json_t *value = *r.at == '{' || *r.at == '[' ? read_value(&r) : NULL;
    skip_blanks(&r.at);
    if (value && !*r.at)
        return value;
    json_decref(value);
    return json_loads(text, 0, NULL);
}

static bool take_string(const char **at, const char **ret, size_t *ret_len)
{
    const char *end = **at == '"' ? string_end(*at + 1) : NULL;
    if (!end)
        return false;
    *ret = *at + 1;
    *ret_len = (size_t)(end - *ret);
    *at = end + 1;
    skip_blanks(at);
    return true;
}

bool json_text_next(const char **at, struct json_text_member *ret, bool *ret_plain)
{
    const char *here = *at;
    skip_blanks(&here);
    bool first = *here == '{';
    *ret_plain = *here == '}' && !here[1];
    if (!first && *here != ',')
        return false;
    here++;
    skip_blanks(&here);
    *ret_plain = first && *here == '}' && !here[1];
    if (!take_string(&here, &ret->key, &ret->key_len) || *here++ != ':')
        return false;
    skip_blanks(&here);
    if (!take_string(&here, &ret->value, &ret->value_len))
        return false;
    *at = here;
    return true;
}
