#include "server/view/markdown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check_html(const struct markdown_options *o, const char *text, const char *want)
{
    cleanup_html struct html html = HTML_INIT;
    struct problem p = PROBLEM_INIT;
    if (markdown_html(text, strlen(text), o, &html, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    assert_string_equal(html.data, want);
    assert_int_equal(html.len, strlen(want));
}

static void common_text(void **state)
{
    (void)state;
    check_html(NULL, "Đình *Bình Thủy* **cổ**.\n\n- a\n- b\n",
               "<p>Đình <em>Bình Thủy</em> <strong>cổ</strong>.</p>\n"
               "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n");
    check_html(NULL, "a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>\n");
    check_html(NULL, "", "");
}

static void headings_shift(void **state)
{
    (void)state;
    const struct markdown_options one = {.heading_shift = 1}, back = {.heading_shift = -3};
    check_html(NULL, "# a\n## b\n### c\n###### f\n", "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>\n<h6>f</h6>\n");
    check_html(&one, "# a\n## b\n###### f\n", "<h2>a</h2>\n<h3>b</h3>\n<h6>f</h6>\n");
    check_html(&back, "## b\n###### f\n", "<h2>b</h2>\n<h3>f</h3>\n");
}

static void raw_html_is_left_out(void **state)
{
    (void)state;
    check_html(NULL, "a <b onclick=\"x\">bold</b> c", "<p>a bold c</p>\n");
    check_html(NULL, "<script>alert(1)</script>\n\nb", "<p>b</p>\n");
    check_html(NULL, "<!-- x -->\n\n<?php ?>\n\n<![CDATA[x]]>\n\nb", "<p>b</p>\n");
    check_html(NULL, "a &lt;b&gt; `<i>`", "<p>a &lt;b&gt; <code>&lt;i&gt;</code></p>\n");
    check_html(NULL, "```<i>\n<i>\n```",
               "<pre><code class=\"language-&lt;i&gt;\">&lt;i&gt;\n</code></pre>\n");
}

static void links_inside_pass(void **state)
{
    (void)state;
    check_html(NULL, "[a](/vi/sites/x)", "<p><a href=\"/vi/sites/x\">a</a></p>\n");
    check_html(NULL, "[a](x?y=1&z#w \"T\")", "<p><a href=\"x?y=1&amp;z#w\" title=\"T\">a</a></p>\n");
    check_html(NULL, "[a](#b:c)", "<p><a href=\"#b:c\">a</a></p>\n");
    check_html(NULL, "<ai@example.org>", "<p><a href=\"mailto:ai@example.org\">ai@example.org</a></p>\n");
    const struct markdown_options own = {.own_base = "https://here.vn"};
    check_html(&own, "[a](https://here.vn/vi)", "<p><a href=\"https://here.vn/vi\">a</a></p>\n");
    check_html(&own, "[a](https://here.vn)", "<p><a href=\"https://here.vn\">a</a></p>\n");
    check_html(&own, "[a](https://here.vn.evil.com)",
               "<p><a href=\"https://here.vn.evil.com\" rel=\"noopener nofollow\">a</a></p>\n");
}

static void links_outside_are_marked(void **state)
{
    (void)state;
    check_html(NULL, "[*a* b](<https://example.org/?a=1&b='\"đ c> \"T \\\"<&\")x",
               "<p><a href=\"https://example.org/?a=1&amp;b=&#39;%22%C4%91%20c\" title=\"T &quot;&lt;&amp;\" "
               "rel=\"noopener nofollow\"><em>a</em> b</a>x</p>\n");
    check_html(NULL, "<HTTP://example.org>",
               "<p><a href=\"HTTP://example.org\" rel=\"noopener nofollow\">HTTP://example.org</a></p>\n");
    check_html(NULL, "[a](https://b.vn) [c](https://d.vn)",
               "<p><a href=\"https://b.vn\" rel=\"noopener nofollow\">a</a> "
               "<a href=\"https://d.vn\" rel=\"noopener nofollow\">c</a></p>\n");
}

static void other_links_lose_their_address(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.com",
        "/\\\\evil.com",
        "\\\\\\\\evil.com",
        "ftp://x",
        "tel:1",
        "https:evil.com",
        "java&#9;script:alert(1)",
        "&#1;javascript:x",
        "/&#9;/evil.com",
        "&#32;javascript:x",
        "unknown:x",
        "&#10;//evil.com",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cleanup_buf struct buf text = BUF_INIT;
        buf_printf(&text, "x [a *b*](<%s>) y", bad[i]);
        check_html(NULL, text.data, "<p>x a <em>b</em> y</p>\n");
    }
}

static void images_are_limited(void **state)
{
    (void)state;
    const struct markdown_options images = {.images = true};
    check_html(NULL, "![mái *đình*](/media/ab/1.jpg)", "<p>mái <em>đình</em></p>\n");
    check_html(&images, "![mái *đình*](/media/ab/1.jpg)",
               "<p><img src=\"/media/ab/1.jpg\" alt=\"mái đình\" /></p>\n");
    check_html(&images, "![a](https://example.org/media/1.jpg)", "<p>a</p>\n");
    check_html(&images, "![a](/media/../desk)", "<p>a</p>\n");
    check_html(&images, "![a](/vi)", "<p>a</p>\n");
    check_html(&images, "![a](/meDia/ab/1.jpg)", "<p>a</p>\n");
    check_html(&images, "[![a](x)](javascript:y)", "<p>a</p>\n");
    check_html(&images, "[![a](x)](https://b.vn)",
               "<p><a href=\"https://b.vn\" rel=\"noopener nofollow\">a</a></p>\n");
    check_html(&images, "![a [b](javascript:c)](d)", "<p>a b</p>\n");
}

static void check_text(const char *text, const char *want)
{
    cleanup_buf struct buf out = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    buf_append_str(&out, ">\n");
    if (markdown_text(text, strlen(text), &out, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    assert_string_equal(out.data + 2, want);
}

static void words_alone(void **state)
{
    (void)state;
    check_text("## Kiến trúc\n\nĐình *Bình\nThủy* có [hai](x) ![mái](y).\n\n- một\n- `hai`\n\n> ba\n",
               "Kiến trúc\nĐình Bình Thủy có hai mái.\nmột\nhai\nba\n");
    check_text("a <b>c</b>\n\n<div>\nx\n</div>\n\nd\\\ne &amp; f", "a c\nd e & f\n");
    check_text("```\na\n  b\n```\nc", "a\n  b\nc\n");
    check_text("***\n\n", "");
    check_text("", "");
}

static void check_refused(const char *text, size_t len, enum err code)
{
    struct problem p = PROBLEM_INIT;
    struct html html = {(char *)&p, 7};
    cleanup_buf struct buf out = BUF_INIT;
    buf_append_str(&out, "kept");
    assert_int_equal(markdown_html(text, len, NULL, &html, &p), code);
    assert_int_equal(p.code, code);
    assert_int_equal(html.len, 7); // untouched
    assert_int_equal(markdown_text(text, len, &out, NULL), code);
    assert_string_equal(out.data, "kept");
}

static void limits_hold(void **state)
{
    (void)state;
    static char text[MARKDOWN_SIZE_MAX + 1];
    memset(text, 'a', sizeof text);
    check_refused(text, sizeof text, ERR_TOO_LARGE);
    memset(text, '>', 60);
    check_refused(text, 100, ERR_TOO_LARGE);
    memset(text, 'a', 60);
    cleanup_html struct html html = HTML_INIT;
    assert_int_equal(markdown_html(text + 1, MARKDOWN_SIZE_MAX, NULL, &html, NULL), ERR_NONE);
    check_refused("a\xff"
                  "b",
                  3, ERR_INVALID);
    check_refused("\xed\xa0\x80", 3, ERR_INVALID); // a surrogate
    check_refused("abc\xc3", 4, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_text),
        cmocka_unit_test(headings_shift),
        cmocka_unit_test(raw_html_is_left_out),
        cmocka_unit_test(links_inside_pass),
        cmocka_unit_test(links_outside_are_marked),
        cmocka_unit_test(other_links_lose_their_address),
        cmocka_unit_test(images_are_limited),
        cmocka_unit_test(words_alone),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
