#include "content/captions.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/characters.h"
#include "common/encoding.h"
#include "common/fold.h"

enum {
    HOURS_DIGITS_MAX = 4,
    TAG_MAX = 256, // bytes; what is longer is words: looking for each end in a whole line takes its square
};

struct line {
    const char *text;
    size_t len;
};

struct reading {
    const char *at, *end;
    unsigned long number; // of the line read last, from 1
    struct line line;     // that line
    struct buf *out;
    size_t cues;
    int64_t last_start;
    struct problem *p;
};

struct timing {
    int64_t start, end; // milliseconds
};

static bool next(struct reading *r)
{
    if (r->at >= r->end)
        return false;
    const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    r->line = (struct line){r->at, (size_t)((stop ? stop : r->end) - r->at)};
    r->at = stop ? stop + 1 : r->end;
    r->number++;
    return true;
}

static void keep(struct reading *r)
{
    buf_append(r->out, r->line.text, r->line.len);
    buf_append_char(r->out, '\n');
}

static bool has_arrow(struct line line)
{
    for (size_t i = 0; i + 3 <= line.len; i++)
        if (memcmp(line.text + i, "-->", 3) == 0)
            return true;
    return false;
}

static bool is_blank(struct line line)
{
    size_t i = 0;
    while (i < line.len && (line.text[i] == ' ' || line.text[i] == '\t'))
        i++;
    return i == line.len;
}

static enum err fault(struct reading *r, const char *why, const char *text)
{
    return problem_at(r->p, ERR_INVALID, r->number, 0, why, MESSAGE("captions.line") "%s", text);
}

// --- times

static size_t digits(const char *at, const char *end, int64_t *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; at + n < end && at[n] >= '0' && at[n] <= '9' && n < 6; n++)
        *ret = *ret * 10 + (at[n] - '0');
    return n;
}

// [hours:]minutes:seconds.thousandths (section 3.3); SRT always has hours, perhaps of one digit, and a comma.
static bool read_time(const char **at, const char *end, bool srt, int64_t *ret_ms)
{
    int64_t parts[3] = {0}, thousandths = 0;
    size_t widths[3] = {0}, count = 0;
    const char *c = *at;
    do {
        c += count > 0;
        widths[count] = digits(c, end, &parts[count]);
        c += widths[count++];
    } while (count < 3 && c < end && *c == ':');
    if (count < 2 || (srt && count < 3) || widths[count - 1] != 2 || widths[count - 2] != 2 ||
        parts[count - 1] > 59 || parts[count - 2] > 59)
        return false;
    if (count == 3 && (widths[0] < (srt ? 1u : 2u) || widths[0] > HOURS_DIGITS_MAX))
        return false;
    if (c >= end || (*c != '.' && !(srt && *c == ',')) || digits(c + 1, end, &thousandths) != 3)
        return false;
    int64_t hours = count == 3 ? parts[0] : 0;
    *at = c + 4;
    *ret_ms = ((hours * 60 + parts[count - 2]) * 60 + parts[count - 1]) * 1000 + thousandths;
    return true;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

static bool read_timing(struct line line, bool srt, struct timing *ret)
{
    const char *at = line.text, *end = line.text + line.len;
    if (srt)
        at = skip_blanks(at, end);
    if (!read_time(&at, end, srt, &ret->start))
        return false;
    at = skip_blanks(at, end);
    if (end - at < 3 || memcmp(at, "-->", 3) != 0)
        return false;
    at = skip_blanks(at + 3, end);
    return read_time(&at, end, srt, &ret->end) && (at == end || *at == ' ' || *at == '\t');
}

// The line must be a caption's time.
static enum err take_timing(struct reading *r, bool srt, struct timing *ret)
{
    if (!read_timing(r->line, srt, ret))
        return fault(r, CAPTIONS_TIME,
                     "here the time of a caption must stand, as 00:01:02.500 --> 00:01:05.000");
    if (ret->end <= ret->start)
        return fault(r, CAPTIONS_END, "this caption ends before it begins");
    if (ret->start < r->last_start)
        return fault(r, CAPTIONS_ORDER, "this caption begins before the one above it: put them in order");
    r->last_start = ret->start;
    if (++r->cues > CAPTIONS_CUES_MAX)
        return problem_at(r->p, ERR_TOO_LARGE, r->number, 0, CAPTIONS_MANY,
                          MESSAGE("captions.many") "there are more than %d captions", CAPTIONS_CUES_MAX);
    return ERR_NONE;
}

// --- WebVTT

// Lines up to the next empty one, which is left out.
static enum err keep_block(struct reading *r)
{
    while (next(r) && r->line.len > 0) {
        if (has_arrow(r->line))
            return fault(
                r, CAPTIONS_ARROW,
                "“-->” cannot stand among the words; where a new caption begins, leave a line empty");
        keep(r);
    }
    return ERR_NONE;
}

// "NOTE …"; before the first caption also "STYLE" and "REGION".
static bool is_beside(const struct reading *r)
{
    static const char *const heads[] = {"NOTE", "STYLE", "REGION"};
    for (size_t i = 0; i < (r->cues == 0 ? 3 : 1); i++) {
        size_t len = strlen(heads[i]);
        if (r->line.len >= len && memcmp(r->line.text, heads[i], len) == 0 &&
            (r->line.len == len || r->line.text[len] == ' ' || r->line.text[len] == '\t'))
            return true;
    }
    return false;
}

static enum err take_block(struct reading *r)
{
    struct timing timing;
    buf_append_char(r->out, '\n');
    bool beside = is_beside(r);
    if (beside && has_arrow(r->line))
        return fault(r, CAPTIONS_ARROW, "“-->” cannot stand in a note");
    if (!beside && !has_arrow(r->line)) { // the caption's name
        keep(r);
        if (!next(r))
            return fault(r, CAPTIONS_TIME, "the last caption has no time");
    }
    enum err e = beside ? ERR_NONE : take_timing(r, false, &timing);
    if (e)
        return e;
    keep(r);
    return keep_block(r);
}

static bool is_webvtt(const char *text, size_t len)
{
    return len >= 6 && memcmp(text, "WEBVTT", 6) == 0 &&
           (len == 6 || text[6] == ' ' || text[6] == '\t' || text[6] == '\n');
}

static enum err read_webvtt(struct reading *r)
{
    next(r);
    if (has_arrow(r->line))
        return fault(r, CAPTIONS_ARROW, "“-->” cannot stand in the first line");
    keep(r);
    enum err e = keep_block(r);
    while (!e && next(r))
        if (r->line.len > 0)
            e = take_block(r);
    return e;
}

// --- SRT

static void append_time(struct buf *out, int64_t ms)
{
    buf_printf(out, "%02" PRId64 ":%02d:%02d.%03d", ms / 3600000, (int)(ms / 60000 % 60),
               (int)(ms / 1000 % 60), (int)(ms % 1000));
}

// The length of "<b>", "</i>", "<font …>", "{\an8}" at `at`; 0 when there is none. *ret_kept: WebVTT has it
// too.
static size_t tag_length(const char *at, const char *end, bool *ret_kept)
{
    static const char *const names[] = {"b", "i", "u", "font"};
    size_t near = end - at < TAG_MAX ? (size_t)(end - at) : TAG_MAX;
    const char *close = memchr(at, *at == '{' ? '}' : '>', near);
    if (!close)
        return 0;
    *ret_kept = false;
    if (*at == '{')
        return at[1] == '\\' ? (size_t)(close - at) + 1 : 0;
    const char *name = at + 1 + (at[1] == '/');
    size_t len = strcspn(name, " >");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == len && strncasecmp(name, names[i], len) == 0) {
            *ret_kept = i < 3 && name[len] == '>';
            return (size_t)(close - at) + 1;
        }
    return 0;
}

static void append_escaped(struct buf *out, char c)
{
    static const char *const escapes[] = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;"};
    const unsigned char byte = (unsigned char)c;
    if (byte < sizeof escapes / sizeof escapes[0] && escapes[byte])
        buf_append_str(out, escapes[byte]);
    else
        buf_append_char(out, c);
}

// A line of words; nothing where nothing is left of it, as an empty line would end the caption.
static void append_words(struct buf *out, struct line line)
{
    cleanup_buf struct buf words = BUF_INIT;
    const char *end = line.text + line.len;
    for (const char *at = line.text; at < end;) {
        bool kept = false;
        size_t len = *at == '<' || *at == '{' ? tag_length(at, end, &kept) : 0;
        for (size_t i = 0; kept && i < len; i++)
            buf_append_char(&words, at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] + 32) : at[i]);
        if (!len)
            append_escaped(&words, *at);
        at += len ? len : 1;
    }
    out->failed |= words.failed;
    if (!is_blank((struct line){words.data, words.len})) {
        buf_append(out, words.data, words.len);
        buf_append_char(out, '\n');
    }
}

static bool is_number(struct line line)
{
    size_t i = 0;
    while (i < line.len && line.text[i] >= '0' && line.text[i] <= '9')
        i++;
    return i > 0 && is_blank((struct line){line.text + i, line.len - i});
}

static enum err take_srt(struct reading *r)
{
    struct timing timing;
    if (is_number(r->line) && !next(r))
        return fault(r, CAPTIONS_TIME, "the last caption has no time");
    enum err e = take_timing(r, true, &timing);
    if (e)
        return e;
    buf_append_char(r->out, '\n');
    append_time(r->out, timing.start);
    buf_append_str(r->out, " --> ");
    append_time(r->out, timing.end);
    buf_append_char(r->out, '\n');
    while (next(r) && !is_blank(r->line)) {
        if (has_arrow(r->line))
            return fault(
                r, CAPTIONS_ARROW,
                "“-->” cannot stand among the words; where a new caption begins, leave a line empty");
        append_words(r->out, r->line);
    }
    return ERR_NONE;
}

static enum err read_srt(struct reading *r)
{
    struct timing timing;
    bool first = true;
    buf_append_str(r->out, "WEBVTT\n");
    while (next(r)) {
        if (is_blank(r->line))
            continue;
        if (first && !is_number(r->line) && !read_timing(r->line, true, &timing))
            return fault(
                r, CAPTIONS_FORM,
                "these are no captions: WebVTT begins with the line WEBVTT, SRT with a number and a time");
        first = false;
        enum err e = take_srt(r);
        if (e)
            return e;
    }
    return ERR_NONE;
}

// --- both

// Lines end in LF, and no control character but the tab is among them.
static enum err normalise(const struct buf *text, struct buf *out, struct problem *p)
{
    for (size_t i = 0; i < text->len; i++) {
        unsigned char c = (unsigned char)text->data[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return problem_at(p, ERR_INVALID, encoding_line(text->data, i), 0, CAPTIONS_BYTES,
                              MESSAGE("captions.line") "a control character stands in this line");
        if (c == '\r' && i + 1 < text->len && text->data[i + 1] == '\n')
            continue;
        buf_append_char(out, c == '\r' ? '\n' : (char)c);
    }
    return out->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}

static enum err convert(const struct buf *text, struct buf *out, struct problem *p)
{
    cleanup_buf struct buf lines = BUF_INIT, made = BUF_INIT;
    enum err e = normalise(text, &lines, p);
    if (e)
        return e;
    struct reading r = {.at = lines.data, .end = lines.data + lines.len, .out = &made, .p = p};
    e = is_webvtt(lines.data, lines.len) ? read_webvtt(&r) : read_srt(&r);
    if (!e && made.failed)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e && r.cues == 0)
        e = problem_at(p, ERR_INVALID, 1, 0, CAPTIONS_NONE,
                       MESSAGE("captions.none") "there is no caption in it");
    if (!e && made.len > CAPTIONS_BYTES_MAX)
        e = problem_set(p, ERR_TOO_LARGE, CAPTIONS_MANY,
                        MESSAGE("captions.large") "the captions have more than %d KB",
                        CAPTIONS_BYTES_MAX / 1024);
    return e ? e : characters_clean(made.data, made.len, out, p); // tags may have held them apart
}

enum err captions_read(const char *data, size_t len, struct buf *out, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    if (len > CAPTIONS_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, CAPTIONS_MANY,
                           MESSAGE("captions.large") "the captions have more than %d KB",
                           CAPTIONS_BYTES_MAX / 1024);
    enum err e = encoding_read(data, len, NULL, &text, NULL, p);
    if (e && p)
        snprintf(p->field, sizeof p->field, "%s", CAPTIONS_BYTES);
    return e ? e : convert(&text, out, p);
}

enum err captions_check(const json_t *words, const char *field, struct problem *p)
{
    const char *lang;
    json_t *text;
    json_object_foreach((json_t *)words, lang, text)
    {
        cleanup_buf struct buf read = BUF_INIT;
        char path[sizeof p->field];
        size_t len = json_string_length(text);
        snprintf(path, sizeof path, "%s.%s", field, lang);
        if (!json_is_string(text) || !fold_is_lang(lang))
            return problem_set(p, ERR_INVALID, path,
                               MESSAGE("member.words") "\"%s\" must be words, as {\"vi\": \"…\"}", field);
        enum err e = captions_read(json_string_value(text), len, &read, p);
        if (e && p)
            snprintf(p->field, sizeof p->field, "%s", path);
        if (e)
            return e;
        if (read.len != len || memcmp(read.data, json_string_value(text), len) != 0)
            return problem_set(p, ERR_INVALID, path,
                               MESSAGE("captions.form") "\"%s\" is no WebVTT with LF as line end", path);
    }
    return ERR_NONE;
}
