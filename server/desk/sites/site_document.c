// What a site's form would leave behind: the site as it was read, what is typed, and what follows from the
// button.
#include "content/editing/revision.h"
#include "server/desk/sites/site_paths.h"
#include "server/desk/sites/site_saving.h"
#include "server/desk/sites/sites.h"

// --- translations

static bool is_said(const void *data, const char *lang)
{
    const struct saving *s = data;
    return form_has(&s->f->form, arena_printf(s->screen->arena, "text.%s.current", lang));
}

// A translation is up to date when its editor says so; otherwise by what has changed.
static enum err mark_stale(struct saving *s, struct problem *p)
{
    for (size_t i = 0; i < s->f->lang_count; i++)
        if (is_said(s, s->f->langs[i]))
            site_path_remove(s->after, arena_printf(s->screen->arena, "texts.%s.stale", s->f->langs[i]));
    return site_mark_stale(s->after, s->before, is_said, s)
               ? ERR_NONE
               : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- documents

// In what the form has no field for: media, and with `binned` that the site went into the bin, where no time
// is set.
static bool differs_outside_alone(const json_t *a, const json_t *b, bool binned)
{
    json_t *one = json_copy((json_t *)a), *other = json_copy((json_t *)b);
    json_object_del(one, "media");
    json_object_del(other, "media");
    if (binned) {
        static const char *const members[] = {"state", "publish_at"};
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            json_object_del(one, members[i]);
            json_object_del(other, members[i]);
        }
    }
    bool same = one && other && json_equal(one, other);
    json_decref(one);
    json_decref(other);
    return same;
}

// The state that the form was read at. Pictures come in by themselves while texts are written, and the form
// has no field for them: where nothing else was changed, it is as if it had been read just now.
static enum err read_before(struct saving *s, struct problem *problem)
{
    json_t *now = site_to_json(s->stored, true);
    enum err e = now ? ERR_NONE : problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (!e && s->f->version != s->stored->version)
        e = revision_load(s->screen->db, s->stored->id, s->f->version, &s->before, problem);
    if (!e && s->before && differs_outside_alone(s->before, now, saving_is_binned(s))) {
        json_decref(s->before);
        s->before = NULL;
        s->f->version = s->stored->version;
    }
    if (!e && !s->before)
        s->before = json_incref(now);
    json_decref(now);
    return e;
}

// A set time holds only for what was seen by who set it: what somebody changes who may not publish waits for
// a look instead.
static void hold(struct saving *s)
{
    bool waits = s->stored && (s->stored->publish_at || s->before_bin.publish_at) &&
                 !desk_may_publish(s->screen->user);
    if (!waits || saving_is(s, "return") || json_equal(s->before, s->after))
        return;
    json_object_set_new(s->after, "state", json_string("in-review"));
    s->is_held = true;
}

enum err saving_read_documents(struct saving *s, struct problem *problem)
{
    enum err e = s->stored ? read_before(s, problem) : ERR_NONE;
    if (e)
        return e;
    s->after = site_form_document(s->f, s->before);
    if (!s->after)
        return problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    const char *state = s->button->state;
    if (saving_is(s, "restore"))
        e = sites_before_bin(s->screen->db, s->screen->req, s->stored, &s->before_bin, problem);
    if (s->before_bin.state)
        state = s->before_bin.state;
    if (!e && state)
        json_object_set_new(s->after, "state", json_string(state));
    if (!e)
        e = mark_stale(s, problem);
    if (!e)
        hold(s);
    return e;
}
