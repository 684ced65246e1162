#include "server/desk/sites/draft_fields.h"

#include <sodium.h>
#include <string.h>

#include "server/desk/frame/frame.h"
#include "server/desk/sites/drafts.h"

// Fields of the draft itself; all others are what was typed.
static const char own_prefix[] = "draft_";

// --- names

enum { ID_MIN = 8, ID_MAX = 32, ID_BYTES = 8 };
#define ONLY_PROPOSED "proposal:" // content/editing/proposal.h keeps those

bool draft_is_subject(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len + 1 + ID_MAX <= DRAFT_SUBJECT_MAX &&
           strncmp(text, ONLY_PROPOSED, strlen(ONLY_PROPOSED)) != 0 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789:-") == len;
}

bool draft_is_id(const char *text)
{
    size_t len = strlen(text);
    return len >= ID_MIN && len <= ID_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

const char *draft_new_id(struct arena *a)
{
    unsigned char bytes[ID_BYTES];
    char text[2 * ID_BYTES + 1];
    randombytes_buf(bytes, sizeof bytes);
    return arena_strdup(a, sodium_bin2hex(text, sizeof text, bytes, sizeof bytes));
}

const char *draft_id_of(const struct form *form, const char *name)
{
    const char *text = form_line(form, name);
    return draft_is_id(text) ? text : "";
}

const char *draft_key(struct arena *a, const char *subject, const char *id)
{
    return *id ? arena_printf(a, "%s:%s", subject, id) : subject;
}

const char *draft_id_in(const char *key, const char *subject)
{
    size_t len = strlen(subject);
    return strncmp(key, subject, len) == 0 && key[len] == ':' && draft_is_id(key + len + 1) ? key + len + 1
                                                                                            : "";
}

bool draft_is_new(const char *subject)
{
    static const char end[] = ":new";
    size_t len = strlen(subject);
    return len >= sizeof end - 1 && strcmp(subject + len - (sizeof end - 1), end) == 0;
}

const char *draft_address(struct arena *a, const char *address, const char *id)
{
    return arena_printf(a, "%s%c" DRAFTS_PARAM "=%s", address, strchr(address, '?') ? '&' : '?',
                        *id ? id : DRAFT_NO_ID);
}

// --- as it is kept

static bool is_kept(const char *name)
{
    return strcmp(name, "csrf") != 0 && strncmp(name, own_prefix, sizeof own_prefix - 1) != 0;
}

const char *draft_make_document(const struct form *form, const char *mark)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < form->count; i++)
        if (is_kept(form->items[i].name))
            json_array_append_new(fields, json_pack("[s, s]", form->items[i].name, form->items[i].value));
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "address", desk_local(form_value(form, "draft_address")),
                  "title", form_line(form, "draft_title"), "subject", form_line(form, "draft_subject"),
                  "writer", draft_id_of(form, "draft_writer"), "mark", mark, "fields", fields);
    cleanup_free char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text ? arena_strdup(form->arena, text) : NULL;
}

void draft_fill_form(struct form *form, const json_t *document)
{
    size_t i;
    json_t *pair;
    struct form filled = form_empty(form->arena);
    json_array_foreach(json_object_get(document, "fields"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0)),
                   *value = json_string_value(json_array_get(pair, 1));
        if (name && value)
            form_add(&filled, name, value);
    }
    *form = filled;
}

const char *draft_member(const json_t *document, const char *name)
{
    const char *text = json_string_value(json_object_get(document, name));
    return text ? text : "";
}

const char *draft_title(const json_t *document)
{
    size_t i;
    json_t *pair;
    const char *title = draft_member(document, "title");
    if (*title)
        return title;
    json_array_foreach(json_object_get(document, "fields"), i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0)),
                   *value = json_string_value(json_array_get(pair, 1));
        const char *end = name ? strrchr(name, '.') : NULL;
        if (end && value && *value && strncmp(name, "text.", 5) == 0 && strcmp(end, ".title") == 0)
            return value;
    }
    return "";
}
