// The first byte chooses the options, the rest is the text.
#include "tests/fuzz/fuzz.h"

#include <strings.h>

#include "common/fold.h"
#include "server/view/markdown.h"

#define OWN_BASE "https://own.example"

// The tags that may come out, without attributes, and what begins those that have some.
static const char *const plain_tags[] = {
    "<p>",    "</p>",   "<h2>",         "</h2>",         "<h3>",      "</h3>",  "<h4>",   "</h4>",
    "<h5>",   "</h5>",  "<h6>",         "</h6>",         "<ul>",      "</ul>",  "<ol>",   "</ol>",
    "<li>",   "</li>",  "<blockquote>", "</blockquote>", "<em>",      "</em>",  "<hr />", "<pre>",
    "</pre>", "<code>", "</code>",      "<strong>",      "</strong>", "<br />", "</a>",
};

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void check_url(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:"};
    size_t len = strcspn(url, "\"");
    REQUIRE(!begins(url, "//"));
    for (size_t i = 0; i < len; i++)
        REQUIRE((unsigned char)url[i] > ' ' && (unsigned char)url[i] < 0x7f && !strchr("<>\\", url[i]));
    size_t before = strcspn(url, "/?#:\"");
    bool fine = url[before] != ':';
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        fine = fine || strncasecmp(url, schemes[i], strlen(schemes[i])) == 0;
    REQUIRE(fine);
}

// `end` is the tag's ">".
static void check_link(const char *tag, const char *end)
{
    const char *url = tag + strlen("<a href=\"");
    check_url(url);
    bool web = strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
    bool own = strncasecmp(url, OWN_BASE, strlen(OWN_BASE)) == 0;
    if (web && !own)
        REQUIRE(memmem(tag, (size_t)(end - tag), " rel=\"noopener nofollow\"", 24));
}

static void check_tag(const char *tag, bool images)
{
    const char *end = strchr(tag, '>');
    REQUIRE(end);
    for (size_t i = 0; i < sizeof plain_tags / sizeof plain_tags[0]; i++)
        if (begins(tag, plain_tags[i]))
            return;
    if (begins(tag, "<a href=\"")) {
        check_link(tag, end);
    } else if (begins(tag, "<img src=\"")) {
        REQUIRE(images && begins(tag, "<img src=\"/media/"));
        check_url(tag + strlen("<img src=\""));
    } else {
        REQUIRE(begins(tag, "<ol start=\"") || begins(tag, "<code class=\"language-"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    const struct markdown_options o = {
        .heading_shift = data[0] % 8 - 3, .images = data[0] & 8, .own_base = data[0] & 16 ? OWN_BASE : NULL};
    const char *text = (const char *)data + 1;
    struct html html = HTML_INIT;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf words = BUF_INIT;
    enum err e = markdown_html(text, size - 1, &o, &html, &p);
    REQUIRE(markdown_text(text, size - 1, &words, NULL) == e);
    REQUIRE(e == ERR_NONE || (p.code == e && p.text[0] && !html.data && !words.len));
    if (e == ERR_NONE) {
        REQUIRE(html.data && strlen(html.data) == html.len);
        REQUIRE(fold_utf8_valid(html.data, html.len) && fold_utf8_valid(words.data, words.len));
        for (const char *tag = html.data; (tag = strchr(tag, '<')); tag++)
            check_tag(tag, o.images);
    }
    html_free(&html);
    return 0;
}
