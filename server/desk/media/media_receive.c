// What the form of one file sent: fields alone, or with files of captions beside them.
#include <string.h>
#include <strings.h>

#include "common/encoding.h"
#include "content/captions.h"
#include "server/desk/frame/multipart.h"
#include "server/desk/media/media_form.h"
#include "server/view/view.h"

const char *media_captions_fault(const struct problem *p)
{
    static const struct {
        const char *why, *key;
    } faults[] = {
        {CAPTIONS_FORM, VIEW_KEY("desk.media.captions_form")},
        {CAPTIONS_TIME, VIEW_KEY("desk.media.captions_time")},
        {CAPTIONS_END, VIEW_KEY("desk.media.captions_end")},
        {CAPTIONS_ORDER, VIEW_KEY("desk.media.captions_order")},
        {CAPTIONS_ARROW, VIEW_KEY("desk.media.captions_arrow")},
        {CAPTIONS_NONE, VIEW_KEY("desk.media.captions_none")},
        {CAPTIONS_MANY, VIEW_KEY("desk.media.captions_many")},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(p->field, faults[i].why) == 0)
            return faults[i].key;
    return VIEW_KEY("desk.media.captions_bytes");
}

// Captions with a fault that a person can mend come into the field as they are; its reading tells the fault.
static void take_broken(struct form *form, const char *field, const struct multipart_part *file,
                        const struct problem *fault)
{
    cleanup_buf struct buf text = BUF_INIT;
    static const char *const mendable[] = {CAPTIONS_TIME, CAPTIONS_END, CAPTIONS_ORDER, CAPTIONS_ARROW};
    for (size_t i = 0; i < sizeof mendable / sizeof mendable[0]; i++)
        if (strcmp(fault->field, mendable[i]) == 0 &&
            encoding_read(file->data, file->len, NULL, &text, NULL, NULL) == ERR_NONE) {
            form_set(form, field, text.data);
            return;
        }
    form_problem_number(form, field, media_captions_fault(fault), "line", (int64_t)fault->line);
}

// The text of a file captions_file.LANG takes the place of captions.LANG.
static void take_file(struct form *form, const struct multipart_part *file)
{
    static const char prefix[] = "captions_file.";
    cleanup_buf struct buf captions = BUF_INIT;
    struct problem fault = PROBLEM_INIT;
    if (!file->file || file->len == 0 || strncmp(file->name, prefix, sizeof prefix - 1) != 0)
        return;
    const char *field = arena_printf(form->arena, "captions.%s", file->name + sizeof prefix - 1);
    if (!field)
        return;
    if (captions_read(file->data, file->len, &captions, &fault) == ERR_NONE)
        form_set(form, field, captions.data);
    else
        take_broken(form, field, file, &fault);
}

enum err media_form_receive(const struct http_request *req, struct form *ret, struct problem *p)
{
    const char *type = request_header(req, "Content-Type");
    struct multipart parts;
    if (!type || strncasecmp(type, "multipart/", strlen("multipart/")) != 0)
        return form_read(req->arena, req->body, req->body_len, ret, p);
    enum err e = multipart_read(req->arena, type, req->body, req->body_len, &parts, p);
    if (!e)
        e = multipart_form(req->arena, &parts, ret, p);
    for (size_t i = 0; !e && i < parts.count; i++)
        take_file(ret, &parts.items[i]);
    return e;
}
