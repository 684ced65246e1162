// The installation's logo: a picture goes through stele-media like every other, and is shown in sizes.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hash.h"
#include "content/probe/probe.h"
#include "content/store/store.h"
#include "server/desk/frame/multipart.h"
#include "server/desk/settings/settings_parts.h"
#include "server/pictures/pictures.h"
#include "server/view/view.h"

struct change {
    const struct http_request *req;
    const char *sha256; // NULL: no logo from now on
};

static enum err keep(struct connection *writer, void *arg, struct problem *p)
{
    const struct change *change = arg;
    json_t *value = change->sha256 ? json_string(change->sha256) : json_null();
    enum err e = value ? setting_set(writer, SETTING_LOGO, value, p)
                       : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    json_decref(value);
    return e ? e : settings_audit(writer, change->req, "setting.change", "setting:logo", NULL, NULL, p);
}

// What the browser sent; false when something is said in the form.
static bool is_picture(struct form *form, const struct multipart_part *file)
{
    static const char *const types[] = {"image/png", "image/jpeg", "image/webp"};
    const char *media_class = NULL;
    if (!file || !file->file || file->len == 0) {
        form_problem(form, "logo", VIEW_KEY("desk.settings.logo_missing"));
        return false;
    }
    const char *type = probe_kind(file->data, file->len, &media_class);
    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    form_problem(form, "logo", VIEW_KEY("desk.settings.logo_wrong"));
    return false;
}

static enum err land(const struct http_request *req, const struct multipart_part *file, struct media *ret,
                     struct problem *p)
{
    const struct app *app = req->app;
    unsigned char random[8];
    struct media_facts facts;
    hash_random(random, sizeof random);
    unsigned long long number = 0;
    memcpy(&number, random, sizeof number);
    char *folder = arena_printf(req->arena, "%s/uploads", store_folder(app->store));
    char *path = folder ? arena_printf(req->arena, "%s/logo-%016llx", folder, number) : NULL;
    if (!path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_make_folder(folder, p);
    if (!e)
        e = file_write_atomic(path, file->data, file->len, p);
    if (!e)
        e = pictures_land(app->pictures, app->store, DESK_WAIT_MS, path, file->file, -1, -1, req->arena, ret,
                          &facts, p);
    unlink(path);
    return e;
}

static enum err save(struct http_request *req, struct http_response *res, const char *sha256,
                     const char *said, struct problem *problem)
{
    struct change change = {.req = req, .sha256 = sha256};
    enum err e = desk_write(req, keep, &change, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, said, NULL, problem);
    return e ? e : desk_see_other(res, "/desk/settings", problem);
}

enum err settings_logo(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct multipart parts;
    struct media media;
    struct form form = form_empty(req->arena);
    enum err e = multipart_read(req->arena, request_header(req, "Content-Type"), req->body, req->body_len,
                                &parts, problem);
    if (e)
        return e;
    const struct multipart_part *file = multipart_find(&parts, "logo");
    if (!app->pictures)
        form_problem(&form, "logo", VIEW_KEY("desk.settings.logo_helper"));
    else if (is_picture(&form, file))
        e = land(req, file, &media, problem);
    if (e == ERR_INVALID || e == ERR_UNSUPPORTED || e == ERR_TOO_LARGE)
        form_problem(&form, "logo", VIEW_KEY("desk.settings.logo_unreadable"));
    if (form.failed)
        return settings_send(req, res, &form, problem);
    return e ? e : save(req, res, media.sha256, VIEW_KEY("desk.settings.logo_saved"), problem);
}

enum err settings_logo_remove(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return save(req, res, NULL, VIEW_KEY("desk.settings.logo_removed"), problem);
}
