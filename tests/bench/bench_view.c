// Microseconds for one rendering of a site's page from its embedded template, through the whole view room.
// bench_view [RENDERINGS]; exit 1 when it is slower than LIMIT_US or the page is smaller than meant.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/view/markdown.h"
#include "server/view/view.h"

#define LIMIT_US    100.0
#define LEAST_BYTES 12000

static void must(enum err e, const struct problem *p)
{
    if (e == ERR_NONE)
        return;
    fprintf(stderr, "bench_view: %s\n", p->text);
    exit(1);
}

static json_t *repeat(int count, json_t *item)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append(list, item);
    json_decref(item);
    return list;
}

static void set_story(json_t *context)
{
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf body = BUF_INIT;
    cleanup_html struct html html = HTML_INIT;
    for (int i = 0; i < 10; i++)
        buf_append_str(
            &body,
            "## Kiến trúc\n\nĐình **Bình Thủy** được dựng lại năm 1909, mái lợp ngói âm dương, nền cao, có "
            "[nhà khách](/vi/sites/x) và sân rộng. Người dân quanh vùng góp công, góp gạo và gỗ; lễ Kỳ yên "
            "mỗi năm hai kỳ, vào tháng Tư và tháng Chạp âm lịch.\n\n");
    must(markdown_html(body.data, body.len, NULL, &html, &p), &p);
    must(view_set_html(context, "body_html", &html), &p);
}

static json_t *make_context(void)
{
    json_t *context =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:s}", "title", "Đình Bình Thủy",
                  "name", "Di tích Cần Thơ", "summary", "Ngôi đình cổ bên rạch, \"làng Long Tuyền\" xưa.",
                  "base", "/vi", "kind", "Đình", "kind_href", "/vi/sites?kind=dinh", "has_facts", 1,
                  "has_periods", 1, "has_sources", 1, "has_near", 1, "updated", "1 tháng 6 năm 2026");
    set_story(context);
    json_object_set_new(
        context, "facts",
        repeat(16, json_pack("{s:s, s:s, s:[{s:i}, {s:i}]}", "label", "Năm dựng lại", "value",
                             "1909, bằng gạch & gỗ căm xe", "marks", "number", 1, "number", 2)));
    json_object_set_new(context, "periods",
                        repeat(8, json_pack("{s:s, s:s}", "when", "khoảng 1846", "label", "Dựng lần đầu")));
    json_object_set_new(
        context, "sources",
        repeat(8, json_pack("{s:i, s:s, s:s, s:s}", "number", 3, "url", "https://example.org/a?b&c",
                            "source_title", "Di tích <Bình Thủy>", "publisher", "Sở Văn hóa")));
    json_object_set_new(
        context, "near",
        repeat(6, json_pack("{s:s, s:s, s:s, s:s, s:i}", "href", "/vi/sites/chua-ong", "title", "Chùa Ông",
                            "src", "/media/ab/320.jpg", "alt", "Mặt tiền", "metres", 1200)));
    json_object_set_new(context, "languages",
                        repeat(3, json_pack("{s:s, s:s}", "tag", "en", "href", "/en/sites/binh-thuy")));
    return context;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

// Best of five rounds: the machine has other work to do.
static double measure(struct view *view, const json_t *context, long count, size_t *ret_bytes)
{
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf out = BUF_INIT;
    double best = 0;
    for (int round = 0; round < 5; round++) {
        double start = now_us();
        for (long i = 0; i < count; i++) {
            buf_reset(&out);
            must(view_render(view, "site", "vi", context, &out, &p), &p);
        }
        double each = (now_us() - start) / (double)count;
        if (round == 0 || each < best)
            best = each;
    }
    *ret_bytes = out.len;
    return best;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;
    struct problem p = PROBLEM_INIT;
    struct assets *assets = NULL;
    struct view *view = NULL;
    size_t bytes;
    must(assets_open(NULL, &assets, &p), &p);
    must(view_open(assets, "vi", &view, &p), &p);
    json_t *context = make_context();
    double each = measure(view, context, count > 0 ? count : 1, &bytes);
    printf("view: %.1f us for a page of %zu bytes, at most %.0f allowed\n", each, bytes, LIMIT_US);
    json_decref(context);
    view_close(view);
    assets_close(assets);
    return each > LIMIT_US || bytes < LEAST_BYTES;
}
