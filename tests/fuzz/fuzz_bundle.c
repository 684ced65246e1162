// A site's files: site.json, and LANG.md, which must come back as the same page when it is written and read
// again.
#include "tests/fuzz/fuzz.h"

#include "content/exchange/document.h"
#include "content/exchange/page.h"
#include "content/site.h"

static void read_site(const char *text, size_t len)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_document struct document document = DOCUMENT_INIT;
    cleanup_site struct site site = {0};
    struct problem p = PROBLEM_INIT;
    if (document_parse(text, len, &document, &p))
        return;
    if (site_from_json(document.json, "vi", &a, &site, &p)) {
        document_line(&document, p.field);
        return;
    }
    json_t *made = site_to_json(&site, false);
    cleanup_buf struct buf one = BUF_INIT, two = BUF_INIT;
    document_write(made, &one);
    cleanup_document struct document again = DOCUMENT_INIT;
    REQUIRE(document_parse(one.data, one.len, &again, &p) == ERR_NONE);
    document_write(again.json, &two);
    REQUIRE(strcmp(one.data, two.data) == 0);
    json_decref(made);
}

static void read_page(const char *text, size_t len)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_buf struct buf written = BUF_INIT;
    struct page page, again;
    if (page_read(text, len, &a, &page, NULL))
        return;
    page_write(&page, &written);
    REQUIRE(page_read(written.data, written.len, &a, &again, NULL) == ERR_NONE);
    REQUIRE(strcmp(page.title, again.title) == 0);
    REQUIRE(strcmp(page.summary, again.summary) == 0);
    REQUIRE(strcmp(page.body, again.body) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_site((const char *)data, size);
    read_page((const char *)data, size);
    return 0;
}
