// The desk's pages about sites: what their modules share. Routes are in sites.c.
#pragma once

#include <stdint.h>

#include "content/site.h"
#include "content/term.h"
#include "server/desk/frame/field.h"
#include "server/desk/frame/screen.h"
#include "server/http/route.h"

route_handler sites_list_show;    // sites_list.c
route_handler site_form_new;      // site_form.c
route_handler site_form_edit;     // site_form.c
route_handler site_save_post;     // site_save.c
route_handler site_preview_show;  // site_preview.c: the saved state
route_handler site_preview_post;  // site_preview.c: what a form holds
route_handler site_position_show; // site_map.c: what a typed position means
route_handler site_around_show;   // site_map.c: the sites in a map's view
route_handler site_bin_post;      // site_bin.c
route_handler site_restore_post;  // site_bin.c

extern const char *const sites_list_params[], *const site_position_params[], *const site_around_params[];

// {id} of the address; 0 for an address without one ("/desk/sites/new"). ERR_NOT_FOUND when it is no number.
enum err sites_id(const struct http_request *req, int64_t *ret_id);

// The terms of a scheme as options, in the desk's language, wider terms before the narrower ones; of areas
// those that the account works in; with an empty one first when `none` (message key) is given. In the arena.
enum err sites_terms(struct screen *screen, const char *scheme, const char *none,
                     const struct field_option **ret, struct problem *problem);

// "draft" -> message key "desk.state.draft". NULL for what is no state.
const char *sites_state_key(const char *state);

// What the language is called in the desk's language: "tiếng Anh". In the arena.
const char *sites_language(struct screen *screen, const char *tag);

// Loads the site {id} and sees that the user may work on it: ERR_NOT_FOUND, ERR_DENIED. Release with
// site_clear.
enum err sites_load(struct connection *c, const struct http_request *req, struct arena *a, int64_t id,
                    struct site *ret, struct problem *problem);

// Opens the screen of the site {id} that the user may work on. Errors of sites_id, screen_open and
// sites_load; close the screen and clear the site after an error too.
enum err sites_open(struct screen *screen, struct http_request *req, struct http_response *res,
                    struct site *ret, struct problem *problem);

// What a person may not do with a site in this state: ERR_DENIED with field "bin" for one in the bin, "state"
// for a published one when they may not publish.
enum err sites_may_change(const struct desk_user *user, const char *state, struct problem *p);

// site_bin.c: what a site goes back to from the bin. The time is kept nowhere else than in the revisions.
struct sites_before_bin {
    const char *state;  // "draft" where it is not known, or was published and the account may not do that
    int64_t publish_at; // 0: none that is still ahead
    bool is_late;       // there was one, and it has passed
};
enum err sites_before_bin(struct connection *c, const struct http_request *req, const struct site *binned,
                          struct sites_before_bin *ret, struct problem *p);

// True when who looks at a site in this state can only propose what is to change.
bool sites_only_proposes(const struct desk_user *user, const char *state);

// site_pictures.c: a JPEG of the picture as member `member` of `object` (src, width, height), else false: the
// thumbnail cut around its focus, or around the middle until that is made; or one that is at least `width`
// wide, 0 for the thumbnail. `all` has the variants of the site's pictures.
struct media_variants;
void sites_put_picture(struct screen *screen, json_t *object, const char *member, const struct site *site,
                       const struct site_media *m, const struct media_variants *all, int64_t width);

// "/desk/sites/12" with `rest` behind it. In the arena.
const char *sites_address(struct arena *a, int64_t id, const char *rest);
