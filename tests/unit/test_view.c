#include "server/view/view.h"

#include <dirent.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/file.h"
#include "server/view/locale.h"
#include "server/view/markdown.h"

struct fixture {
    char folder[64];
    struct assets *assets;
    struct view *view;
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
    cleanup_buf struct buf path = BUF_INIT;
    buf_printf(&path, "%s/%s", f->folder, name);
    assert_int_equal(file_write_atomic(path.data, text, strlen(text), NULL), ERR_NONE);
}

// The project's own locale with messages added to it, so that what is embedded stays sound.
static void extend_locale(const struct fixture *f, const char *tag, const char *messages)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/assets/locales/%s.json", getenv("STELE_SOURCE_ROOT"), tag);
    json_t *locale = json_load_file(path, 0, NULL), *more = json_loads(messages, 0, NULL);
    assert_int_equal(json_object_update(locale, more), 0);
    char *text = json_dumps(locale, JSON_INDENT(2));
    snprintf(path, sizeof path, "locales/%s.json", tag);
    write_file(f, path, text);
    free(text);
    json_decref(locale);
    json_decref(more);
}

// Over the embedded assets lies a folder with templates of the tests' own; names begin with "x" to be nobody
// else's.
static int make_live(void **state)
{
    static const char *const folders[] = {"templates/xdesk", "templates/xplain", "locales", "styles"};
    static struct fixture f;
    struct problem p = PROBLEM_INIT;
    char path[128];
    strcpy(f.folder, "/tmp/test_view_XXXXXX");
    assert_non_null(mkdtemp(f.folder));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", f.folder, folders[i]);
        assert_int_equal(file_make_folder(path, NULL), ERR_NONE);
    }
    write_file(&f, "styles/x.css", "a{}");
    write_file(&f, "templates/layout.mustache", "<main lang=\"{{view:lang}}\">\n{{>page}}\n</main>\n");
    write_file(&f, "templates/xpart.mustache", "[{{name}}]");
    write_file(&f, "templates/xsite.mustache", "<h1>{{name}}</h1>\n{{{body_html}}}{{>xpart}}\n");
    if (assets_open(f.folder, &f.assets, &p) != ERR_NONE ||
        view_open(f.assets, "vi", &f.view, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    *state = &f;
    return 0;
}

static int remove_live(void **state)
{
    struct fixture *f = *state;
    view_close(f->view);
    assets_close(f->assets);
    return file_remove_tree(f->folder, NULL) != ERR_NONE;
}

static void check_render(const struct fixture *f, const char *name, const char *lang, const json_t *context,
                         const char *want)
{
    cleanup_buf struct buf out = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (view_render(f->view, name, lang, context, &out, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    assert_string_equal(out.data, want);
}

static void a_page_stands_in_its_layout(void **state)
{
    const struct fixture *f = *state;
    cleanup_html struct html body = HTML_INIT;
    cleanup_buf struct buf part = BUF_INIT;
    json_t *context = json_object();
    assert_int_equal(markdown_html("a *b* <i>", 9, NULL, &body, NULL), ERR_NONE);
    assert_int_equal(view_set_text(context, "name", "<Đình> & \"x\""), ERR_NONE);
    assert_int_equal(view_set_html(context, "body_html", &body), ERR_NONE);
    check_render(f, "xsite", "en", context,
                 "<main lang=\"en\">\n<h1>&lt;Đình&gt; &amp; &quot;x&quot;</h1>\n<p>a <em>b</em> </p>\n"
                 "[&lt;Đình&gt; &amp; &quot;x&quot;]\n</main>\n");
    assert_int_equal(view_render_part(f->view, "xpart", "en", context, &part, NULL), ERR_NONE);
    assert_string_equal(part.data, "[&lt;Đình&gt; &amp; &quot;x&quot;]");
    json_decref(context);
}

static void a_folder_may_have_its_own_layout(void **state)
{
    const struct fixture *f = *state;
    json_t *context = json_object();
    write_file(f, "templates/xdesk/layout.mustache", "desk({{>page}})");
    write_file(f, "templates/xdesk/a.mustache", "a");
    write_file(f, "templates/xplain/a.mustache", "b\n");
    check_render(f, "xdesk/a", NULL, context, "desk(a)");
    check_render(f, "xplain/a", NULL, context, "<main lang=\"vi\">\nb\n</main>\n");
    json_decref(context);
}

static void hooks_speak_the_language(void **state)
{
    const struct fixture *f = *state;
    json_t *context = json_pack("{s:i, s:f, s:s, s:s, s:{s:s}, s:s}", "count", 1234, "km", 12.5, "when",
                                "1846~", "tag", "km", "in", "when", "1993-06-21", "who", "<b>");
    assert_int_equal(json_object_set_new(context, "far", json_string("ar")), 0);
    extend_locale(f, "vi",
                  "{\"x\":{\"hi\":\"Chào {who}, {in.when}\",\"n\":{\"other\":\"{count} di tích\"}}}");
    extend_locale(
        f, "en",
        "{\"x\":{\"hi\":\"Hi {who}, {in.when}\",\"n\":{\"one\":\"{count} site\",\"other\":\"{count} "
        "sites\"}}}");
    write_file(
        f, "templates/xhook.mustache",
        "{{t:x.hi}}|{{t:x.n}}|{{number:count}}|{{number:km}}|{{number:none}}|{{language:tag}}|{{view:lang}}|"
        "{{view:dir}}|{{dir:far}}|{{{body_html}}}|{{#in}}{{date:when}}{{/in}}");
    cleanup_buf struct buf vi = BUF_INIT, en = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (view_render_part(f->view, "xhook", NULL, context, &vi, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    assert_string_equal(
        vi.data,
        "Chào &lt;b&gt;, 1993-06-21|1.234 di tích|1.234|12,5||ភាសាខ្មែរ|vi|ltr|rtl||21 tháng 6 năm 1993");
    assert_int_equal(view_render_part(f->view, "xhook", "en", context, &en, NULL), ERR_NONE);
    assert_string_equal(en.data,
                        "Hi &lt;b&gt;, 1993-06-21|1,234 sites|1,234|12.5||ភាសាខ្មែរ|en|ltr|rtl||21 June 1993");
    buf_reset(&en);
    assert_int_equal(view_render_part(f->view, "xhook", "ar", context, &en, NULL), ERR_NONE);
    assert_non_null(strstr(en.data, "|vi|ltr|rtl|")); // whose words these are
    assert_non_null(strstr(en.data, "Chào"));
    json_decref(context);
}

static void dates_and_assets_are_written(void **state)
{
    const struct fixture *f = *state;
    cleanup_buf struct buf out = BUF_INIT, address = BUF_INIT;
    json_t *context = json_pack("{s:s, s:i}", "when", "1846~", "year", 1909);
    write_file(f, "templates/xdate.mustache",
               "{{date:when}} {{date:year}} {{date:none}}{{asset:styles/x.css}}");
    assert_int_equal(view_render_part(f->view, "xdate", "vi", context, &out, NULL), ERR_NONE);
    assert_int_equal(assets_address(f->assets, "styles/x.css", &address), ERR_NONE);
    cleanup_buf struct buf want = BUF_INIT;
    buf_printf(&want, "khoảng 1846 1909 %s", address.data);
    assert_string_equal(out.data, want.data);
    write_file(f, "styles/x.css", "b{}");
    buf_reset(&out);
    assert_int_equal(view_render_part(f->view, "xdate", "vi", context, &out, NULL), ERR_NONE);
    assert_string_not_equal(out.data, want.data);
    json_decref(context);
}

static void messages_and_dates_for_c(void **state)
{
    const struct fixture *f = *state;
    cleanup_buf struct buf out = BUF_INIT;
    json_t *values = json_pack("{s:s}", "date", "<1909>");
    view_text(f->view, "en", "date.about", values, &out);
    assert_string_equal(out.data, "about <1909>");
    buf_reset(&out);
    view_date(f->view, "vi", "187X", &out);
    assert_string_equal(out.data, "thập niên 1870");
    assert_string_equal(view_spoken(f->view, "en"), "en");
    assert_string_equal(view_spoken(f->view, "en-gb"), "en-gb");
    assert_string_equal(view_spoken(f->view, "km"), "vi");
    assert_true(view_has(f->view, "xsite") && !view_has(f->view, "none"));
    json_decref(values);
}

static void changed_templates_are_seen(void **state)
{
    const struct fixture *f = *state;
    json_t *context = json_pack("{s:s}", "name", "n");
    write_file(f, "templates/xpart.mustache", "({{name}})");
    check_render(f, "xpart", "vi", context, "<main lang=\"vi\">\n(n)</main>\n");
    write_file(f, "templates/xpart.mustache", "({{name}})!\n");
    check_render(f, "xpart", "vi", context, "<main lang=\"vi\">\n(n)!\n</main>\n");
    json_decref(context);
}

static void check_broken(const struct fixture *f, const char *text, unsigned long line, const char *says)
{
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf out = BUF_INIT;
    buf_append_str(&out, "kept");
    write_file(f, "templates/xbroken.mustache", text);
    assert_int_equal(view_render(f->view, "xsite", "vi", NULL, &out, &p), ERR_INVALID);
    assert_string_equal(out.data, "kept");
    assert_int_equal(p.line, line);
    if (!strstr(p.text, says) || !strstr(p.text, "assets/templates/xbroken.mustache"))
        fail_msg("\"%s\" does not say \"%s\"", p.text, says);
    struct view *v = NULL; // and a server does not start with it
    assert_int_equal(view_open(f->assets, "vi", &v, &p), ERR_INVALID);
    assert_null(v);
}

static void broken_templates_are_named(void **state)
{
    const struct fixture *f = *state;
    check_broken(f, "\n\n {{#a}}", 3, "never closed");
    check_broken(f, "\n{{t:no.such}}", 2, "no such message");
    check_broken(f, "{{asset:styles/none.css}}", 1, "no such asset");
    check_broken(f, "\n{{>none}}", 2, "no such template");
    check_broken(f, "{{x:y}}", 1, "prefix");
    check_broken(f, "{{averyveryverylongprefix:y}}", 1, "prefix");
    check_broken(f, "{{#t:date.day}}{{/t:date.day}}", 1, "no section");
    check_broken(f, "\n\n\n{{{title}}}", 4, "three braces");
    check_broken(f, "{{&title}}", 1, "three braces");
    check_broken(f, "{{{t:date.day}}}", 1, "three braces");
    check_broken(f, "{{body_html}}", 1, "three braces");
    write_file(f, "templates/xbroken.mustache", "{{#body_html}}{{{site.body_html}}}{{/body_html}}{{title}}");
    json_t *context = json_object();
    cleanup_buf struct buf out = BUF_INIT;
    assert_int_equal(view_render(f->view, "xsite", "vi", context, &out, NULL), ERR_NONE);
    json_decref(context);
}

static void broken_locales_are_named(void **state)
{
    const struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf out = BUF_INIT;
    write_file(f, "locales/vi.json", "{\n\"a\":}");
    assert_int_equal(view_render(f->view, "xsite", "vi", NULL, &out, &p), ERR_INVALID);
    assert_int_equal(p.line, 2);
    assert_non_null(strstr(p.text, "assets/locales/vi.json"));
    view_text(f->view, "vi", "date.spring", NULL, &out); // the last good state still speaks
    assert_string_equal(out.data, "mùa xuân");
}

static void what_is_missing_is_said(void **state)
{
    const struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf out = BUF_INIT;
    assert_int_equal(view_render(f->view, "../xsite", "vi", NULL, &out, &p), ERR_NOT_FOUND);
    assert_int_equal(view_render(f->view, "none", "vi", NULL, &out, &p), ERR_NOT_FOUND);
    assert_non_null(strstr(p.text, "templates/none.mustache"));
    assert_int_equal(out.len, 0);
    struct view *v = NULL;
    assert_int_equal(view_open(f->assets, "km", &v, &p), ERR_NOT_FOUND);
    assert_null(v);
}

static void text_and_html_keep_apart(void **state)
{
    (void)state;
    json_t *o = json_object();
    const struct html none = HTML_INIT, some = {(char[]){"<p>"}, 3};
    assert_int_equal(view_set_text(o, "body_html", "<script>"), ERR_INVALID);
    assert_int_equal(view_set_html(o, "body", &some), ERR_INVALID);
    assert_int_equal(view_set_text(o, "a", "\xff"), ERR_INVALID);
    assert_int_equal(view_set_text(o, "b", NULL), ERR_NONE);
    assert_int_equal(view_set_html(o, "c_html", &none), ERR_NONE);
    assert_int_equal(json_object_size(o), 0);
    assert_int_equal(view_set_text(o, "html", "x"), ERR_NONE);
    assert_int_equal(view_set_html(o, "d_html", &some), ERR_NONE);
    assert_string_equal(json_string_value(json_object_get(o, "d_html")), "<p>");
    json_decref(o);
}

// ---- many threads, and a file that changes under them

static atomic_bool stop;

static void *render_on_and_on(void *arg)
{
    const struct fixture *f = arg;
    json_t *context = json_pack("{s:s, s:i}", "name", "n", "count", 5);
    size_t wrong = 0;
    for (int i = 0; i < 200 && !atomic_load(&stop); i++) {
        cleanup_buf struct buf out = BUF_INIT;
        enum err e = view_render(f->view, "xpart", i % 2 ? "vi" : "en", context, &out, NULL);
        wrong += e != ERR_NONE || !strstr(out.data, "\n1n1</main>") == !strstr(out.data, "\n2n2</main>");
    }
    json_decref(context);
    return (void *)wrong;
}

static void threads_share_a_view(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[4];
    write_file(f, "templates/xpart.mustache", "1{{name}}1");
    atomic_store(&stop, false);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, render_on_and_on, f), 0);
    for (int i = 0; i < 20; i++)
        write_file(f, "templates/xpart.mustache", i % 2 ? "1{{name}}1" : "2{{name}}2");
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

// ---- what the program holds

static void the_embedded_templates_are_sound(void **state)
{
    (void)state;
    struct problem p = PROBLEM_INIT;
    struct assets *assets = NULL;
    struct view *view = NULL;
    assert_int_equal(assets_open(NULL, &assets, &p), ERR_NONE);
    if (view_open(assets, "vi", &view, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    view_close(view);
    if (view_open(assets, "en", &view, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    view_close(view);
    assets_close(assets);
}

// Calls `each` for every .c file below `folder`.
static void each_source(const char *folder, void (*each)(void *arg, const char *path, const char *text),
                        void *arg)
{
    cleanup_closedir DIR *dir = opendir(folder);
    struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        cleanup_buf struct buf path = BUF_INIT, text = BUF_INIT;
        size_t len = strlen(entry->d_name);
        buf_printf(&path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
            each_source(path.data, each, arg);
        if (len < 3 || strcmp(entry->d_name + len - 2, ".c") != 0)
            continue;
        assert_int_equal(file_read(path.data, 4 << 20, &text, NULL), ERR_NONE);
        each(arg, path.data, text.data);
    }
}

struct lint {
    const struct locales *locales;
    size_t found, wrong;
    bool report;
};

// Calls `check` with each first group that the pattern matches.
static void each_match(struct lint *lint, const char *path, const char *text, const char *pattern,
                       bool (*check)(struct lint *lint, const char *match))
{
    regex_t re;
    regmatch_t m[2];
    assert_int_equal(regcomp(&re, pattern, REG_EXTENDED), 0);
    for (const char *at = text; regexec(&re, at, 2, m, 0) == 0; at += m[0].rm_eo) {
        char match[1024];
        snprintf(match, sizeof match, "%.*s", (int)(m[1].rm_eo - m[1].rm_so), at + m[1].rm_so);
        lint->found++;
        if (check(lint, match))
            continue;
        lint->wrong++;
        if (lint->report)
            print_error("%s: \"%s\"\n", path, match);
    }
    regfree(&re);
}

static bool is_message(struct lint *lint, const char *key)
{
    cleanup_buf struct buf out = BUF_INIT;
    return locale_text(locales_get(lint->locales, NULL), key, NULL, &out);
}

static void check_keys(void *arg, const char *path, const char *text)
{
    each_match(arg, path, text, "VIEW_KEY\\(\"([^\"]*)\"", is_message);
    each_match(arg, path, text, "view_text\\([^;\"]*\"([^\"]*)\"", is_message);
}

static bool is_named_message(struct lint *lint, const char *name)
{
    cleanup_buf struct buf key = BUF_INIT;
    buf_printf(&key, "problem.%s", name);
    return is_message(lint, key.data);
}

static void check_named_messages(void *arg, const char *path, const char *text)
{
    each_match(arg, path, text, "[^#a-z] *MESSAGE\\( *\"([^\"]*)\"", is_named_message);
}

// What an import may tell of its file has a name, so that the desk can say it in the editor's language. Flags
// of a command are said in English alone.
static bool is_named(struct lint *lint, const char *statement)
{
    static const char *const codes[] = {"ERR_INVALID",  "ERR_EXISTS",      "ERR_TOO_LARGE",
                                        "ERR_CONFLICT", "ERR_UNSUPPORTED", "ERR_CORRUPT"};
    (void)lint;
    bool about_input = false;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        about_input |= strstr(statement, codes[i]) != NULL;
    return !about_input || strstr(statement, "MESSAGE(") || strstr(statement, "sentence") ||
           strstr(statement, "\"--") || strstr(statement, "key-prefix");
}

static void check_named(void *arg, const char *path, const char *text)
{
    if (strstr(path, "bundle_export.c") || strstr(path, "table_export.c"))
        return;
    each_match(arg, path, text, "(problem_(set|at)\\([^;]*;)", is_named);
}

// The statement up to a key in `_html`: it must be a call of view_set_html.
static bool is_set_html(struct lint *lint, const char *statement)
{
    (void)lint;
    return strstr(statement, "view_set_html(") != NULL;
}

static void check_html_keys(void *arg, const char *path, const char *text)
{
    if (!strstr(path, "/server/view/")) // which defines the rule
        each_match(arg, path, text, "([^;{}]{0,100}\"[a-z_]+_html\")", is_set_html);
}

static void c_code_uses_known_keys(void **state)
{
    (void)state;
    struct assets *assets = NULL;
    cleanup_locales struct locales *locales = NULL;
    char folder[1024];
    assert_int_equal(assets_open(NULL, &assets, NULL), ERR_NONE);
    assert_int_equal(locales_open(assets, "vi", &locales, NULL), ERR_NONE);
    struct lint lint = {.locales = locales, .report = true};
    snprintf(folder, sizeof folder, "%s/server", getenv("STELE_SOURCE_ROOT"));
    each_source(folder, check_keys, &lint);
    each_source(folder, check_html_keys, &lint);
    static const char *const saying[] = {"common", "content", "server"};
    for (size_t i = 0; i < sizeof saying / sizeof saying[0]; i++) {
        snprintf(folder, sizeof folder, "%s/%s", getenv("STELE_SOURCE_ROOT"), saying[i]);
        each_source(folder, check_named_messages, &lint);
    }
    snprintf(folder, sizeof folder, "%s/content/exchange", getenv("STELE_SOURCE_ROOT"));
    each_source(folder, check_named, &lint);
    assert_int_equal(lint.wrong, 0);
    struct lint seen = {.locales = locales};
    check_keys(&seen, "x.c", "VIEW_KEY(\"date.day\") view_text(v, lang,\n \"date.day\", NULL, &out);");
    check_html_keys(&seen, "x.c", "; view_set_html(o,\n \"body_html\", &h);");
    assert_int_equal(seen.found, 3);
    assert_int_equal(seen.wrong, 0);
    check_keys(&seen, "x.c", "{VIEW_KEY(\"none\")}, view_text(v, lang, \"none.such\", NULL, &out);");
    check_html_keys(&seen, "x.c",
                    "view_set_html(o, \"a_html\", h); json_object_set_new(o, \"body_html\", s);");
    assert_int_equal(seen.found, 7);
    assert_int_equal(seen.wrong, 3);
    check_named_messages(&seen, "x.c", "p, MESSAGE(\"key.twice\") \"a\", MESSAGE(\"key.none_such\") \"b\"");
    assert_int_equal(seen.wrong, 4);
    check_named(&seen, "x.c", "return problem_set(p, ERR_INVALID, NULL, \"it is wrong\");");
    check_named(&seen, "x.c", "return problem_set(p, ERR_INVALID, NULL, MESSAGE(\"key.twice\") \"twice\");");
    assert_int_equal(seen.found, 11);
    assert_int_equal(seen.wrong, 5);
    assets_close(assets);
}

// Wherever in a text the marks stand, and however long it is.
static void every_mark_is_escaped_wherever_it_stands(void **state)
{
    (void)state;
    static const struct {
        char mark;
        const char *entity;
    } marks[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    char text[40];
    for (size_t len = 1; len <= sizeof text; len++)
        for (size_t at = 0; at < len; at++)
            for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
                cleanup_buf struct buf got = BUF_INIT, want = BUF_INIT;
                memset(text, 'x', len);
                text[at] = marks[i].mark;
                html_escape(&got, text, len);
                buf_append(&want, text, at);
                buf_append_str(&want, marks[i].entity);
                buf_append(&want, text + at + 1, len - at - 1);
                assert_string_equal(got.data, want.data);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mark_is_escaped_wherever_it_stands),
        cmocka_unit_test_setup_teardown(a_page_stands_in_its_layout, make_live, remove_live),
        cmocka_unit_test_setup_teardown(a_folder_may_have_its_own_layout, make_live, remove_live),
        cmocka_unit_test_setup_teardown(hooks_speak_the_language, make_live, remove_live),
        cmocka_unit_test_setup_teardown(dates_and_assets_are_written, make_live, remove_live),
        cmocka_unit_test_setup_teardown(messages_and_dates_for_c, make_live, remove_live),
        cmocka_unit_test_setup_teardown(changed_templates_are_seen, make_live, remove_live),
        cmocka_unit_test_setup_teardown(broken_templates_are_named, make_live, remove_live),
        cmocka_unit_test_setup_teardown(broken_locales_are_named, make_live, remove_live),
        cmocka_unit_test_setup_teardown(what_is_missing_is_said, make_live, remove_live),
        cmocka_unit_test(text_and_html_keep_apart),
        cmocka_unit_test_setup_teardown(threads_share_a_view, make_live, remove_live),
        cmocka_unit_test(the_embedded_templates_are_sound),
        cmocka_unit_test(c_code_uses_known_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
