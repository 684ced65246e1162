#include "server/http/negotiate.h"

#include <string.h>
#include <strings.h>

// One element of a comma-separated list: its token and its weight in thousandths.
struct item {
    const char *text;
    size_t len;
    int weight;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// "1", "0.5", "0.875" -> thousandths (RFC 9110 section 12.4.2); -1 for what is no weight.
static int read_weight(const char *at, size_t len)
{
    if (len == 0 || len > 5 || (at[0] != '0' && at[0] != '1') || (len > 1 && at[1] != '.'))
        return -1;
    int weight = (at[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < len; i++, unit /= 10) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        weight += (at[i] - '0') * (int)unit;
    }
    return weight > 1000 ? -1 : weight;
}

static size_t trimmed(const char *text, size_t len)
{
    while (len && is_blank(text[len - 1]))
        len--;
    return len;
}

// The weight among the parameters after the token; 1000 when there is none, 0 when it cannot be read.
static int weight_of(const char *at, const char *end)
{
    while (at < end) {
        at++; // the semicolon
        while (at < end && is_blank(*at))
            at++;
        size_t len = 0;
        while (at + len < end && at[len] != ';')
            len++;
        if (len >= 2 && (at[0] == 'q' || at[0] == 'Q') && at[1] == '=') {
            int weight = read_weight(at + 2, trimmed(at + 2, len - 2));
            return weight < 0 ? 0 : weight;
        }
        at += len;
    }
    return 1000;
}

// Takes the next element that is not empty. False at the end.
static bool next_item(const char **at, struct item *item)
{
    for (;;) {
        while (is_blank(**at) || **at == ',')
            (*at)++;
        if (!**at)
            return false;
        const char *text = *at, *end = text + strcspn(text, ",");
        size_t token = strcspn(text, ",;");
        *at = end;
        item->text = text;
        item->len = trimmed(text, token);
        item->weight = weight_of(text + token, end);
        if (item->len)
            return true;
    }
}

static int exact_tag(const char *text, size_t len, const char *const *tags)
{
    for (int i = 0; tags[i]; i++)
        if (strncasecmp(tags[i], text, len) == 0 && !tags[i][len])
            return i;
    return -1;
}

static int longer_tag(const char *text, size_t len, const char *const *tags)
{
    for (int i = 0; tags[i]; i++)
        if (strncasecmp(tags[i], text, len) == 0 && tags[i][len] == '-')
            return i;
    return -1;
}

// Without the last subtag; single letters go together with what follows them (RFC 4647 section 3.4).
static size_t shorter(const char *text, size_t len)
{
    while (len && text[len - 1] != '-')
        len--;
    len -= len > 0;
    if (len >= 2 && text[len - 2] == '-')
        len -= 2;
    return len == 1 ? 0 : len;
}

int negotiate_one_language(const char *tag, size_t len, const char *const *tags)
{
    for (size_t left = len; left; left = shorter(tag, left)) {
        int found = exact_tag(tag, left, tags);
        if (found >= 0)
            return found;
    }
    return len ? longer_tag(tag, len, tags) : -1;
}

static bool is_excluded(const struct item *items, size_t count, const char *tag)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].weight == 0 && strlen(tag) == items[i].len &&
            strncasecmp(items[i].text, tag, items[i].len) == 0)
            return true;
    return false;
}

int negotiate_language(const char *header, const char *const *tags)
{
    struct item items[NEGOTIATE_MAX_ITEMS];
    size_t count = 0;
    if (!header)
        return -1;
    while (count < NEGOTIATE_MAX_ITEMS && next_item(&header, &items[count]))
        count++;
    int best = -1, best_weight = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].weight <= best_weight)
            continue;
        int found = negotiate_one_language(items[i].text, items[i].len, tags);
        if (found < 0 || is_excluded(items, count, tags[found]))
            continue;
        best = found;
        best_weight = items[i].weight;
    }
    return best;
}

static bool is_token(const struct item *item, const char *token)
{
    return item->len == strlen(token) && strncasecmp(item->text, token, item->len) == 0;
}

enum negotiate_encoding negotiate_encoding(const char *header)
{
    static const struct {
        const char *token;
        enum negotiate_encoding encoding;
    } names[] = {
        {"br", NEGOTIATE_BROTLI},
        {"gzip", NEGOTIATE_GZIP},
        {"x-gzip", NEGOTIATE_GZIP},
        {"identity", NEGOTIATE_IDENTITY},
    };
    int weights[NEGOTIATE_ENCODINGS] = {-1, -1, -1}, any = 0;
    struct item item;
    for (int n = 0; header && n < NEGOTIATE_MAX_ITEMS && next_item(&header, &item); n++) {
        if (is_token(&item, "*"))
            any = item.weight;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (is_token(&item, names[i].token))
                weights[names[i].encoding] = item.weight;
    }
    enum negotiate_encoding best = NEGOTIATE_IDENTITY;
    // Not named, identity is welcome, but less than what is named.
    int best_weight = weights[NEGOTIATE_IDENTITY] > 0 ? weights[NEGOTIATE_IDENTITY] : 0;
    for (enum negotiate_encoding i = NEGOTIATE_GZIP; i < NEGOTIATE_ENCODINGS; i++) {
        int weight = weights[i] >= 0 ? weights[i] : any;
        if (weight > 0 && weight >= best_weight) {
            best = i;
            best_weight = weight;
        }
    }
    return best;
}

bool negotiate_html(const char *header)
{
    int html = -1, any = 0, other = 0;
    struct item item;
    for (int n = 0; header && n < NEGOTIATE_MAX_ITEMS && next_item(&header, &item); n++) {
        if (is_token(&item, "text/html") || is_token(&item, "application/xhtml+xml"))
            html = item.weight > html ? item.weight : html;
        else if (is_token(&item, "*/*") || is_token(&item, "text/*"))
            any = item.weight > any ? item.weight : any;
        else if (is_token(&item, "application/json") || is_token(&item, "text/plain"))
            other = item.weight > other ? item.weight : other;
    }
    html = html >= 0 ? html : any;
    return other == 0 || html >= other;
}
