// Imports in the browser, what their modules share. Routes are in imports.c.
#pragma once

#include "content/editing/undo.h"
#include "server/desk/exchange/import_columns.h"
#include "server/desk/frame/jobs.h"
#include "server/desk/frame/screen.h"
#include "server/http/route.h"

route_handler import_file_new;    // import_file.c: the form for a file
route_handler import_file_upload; // import_file.c
route_handler import_file_match;  // import_match.c: columns and first rows, how far a job is, what came of it
route_handler import_file_run;    // import_match.c: look through, or land

route_handler import_send_new;   // import_send.c: a file in pieces, see frame/sending.h
route_handler import_send_ask;   // import_send.c
route_handler import_send_add;   // import_send.c
route_handler import_send_again; // import_send.c
route_handler import_send_drop;  // import_send.c

// Puts the user's files on their way, their limits, and `uploads` into the context. import_send.c
enum err import_send_put(struct screen *screen, struct problem *problem);

// A language that is set up: *ret. import_file.c
enum err import_file_is_language(const struct http_request *req, const char *tag, bool *ret,
                                 struct problem *p);

// Starts the job for what the form says, and waits a moment. Another one that runs is said on the next page.
enum err import_file_begin(struct http_request *req, struct http_response *res, const struct upload *upload,
                           const struct form *form, const struct look *look, struct problem *problem);
// The same, and sends the browser to see it.
enum err import_file_start(struct http_request *req, struct http_response *res, const struct upload *upload,
                           const struct form *form, const struct look *look, struct problem *problem);

route_handler export_bundle_make;  // export_bundle.c: starts packing everything
route_handler export_bundle_show;  // export_bundle.c: how far it is, then the file
route_handler export_bundle_fetch; // export_bundle.c

// undo_job.c: undoing an import of more than IMPORT_UNDO_LONG sites as a job, and whether that one runs, or
// why it failed when it was the last job.
#define IMPORT_UNDO_LONG 500
enum err import_undo_start(struct http_request *req, struct http_response *res, const struct import_row *row,
                           struct problem *problem);
bool import_undo_runs(const struct app *app, int64_t id, struct job_state *ret);

route_handler import_file_stop; // import_match.c: a job is not wanted any more
route_handler import_undo_stop; // undo_job.c

// running.c: a job of the desk as a page, which asks again by itself, with a button that posts to `stop`
// (NULL: none); as JSON for the script; and as a notice on another page ("running" in the context, false when
// none runs).
enum err imports_send_progress(struct screen *screen, const struct job_state *state, const char *title,
                               const char *stop, struct problem *problem);
// Asks the job to stop, waits a moment for it, and sends the browser to see it.
enum err imports_stop(struct http_request *req, struct http_response *res, const char *name, const char *to,
                      struct problem *problem);
enum err imports_tell_script(struct http_response *res, const struct job_state *state);
void imports_put_running(struct screen *screen);

// ERR_DENIED unless the user may publish and is limited to no areas: an import can change every site.
enum err imports_allowed(const struct desk_user *user, struct problem *p);
