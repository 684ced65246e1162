// Looking through a file, and landing it, as a job (jobs.h). What was asked for and what came of it stand as
// files in the upload's own folder, so that they outlive the browser's tab and the server.
#pragma once

#include <jansson.h>

#include "content/exchange/exchange.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/form.h"

struct import_order {
    const struct upload *upload;
    const struct form *form; // what the person chose: kept, to be shown again
    const char *state;       // of new sites
    const char *mapping;     // of a table; else NULL
    char delimiter;          // of a table
    bool skip_bad, land;     // land: else it is only looked through
    int64_t newest_import;   // before it
};

// Starts the job, named by the upload's token. ERR_BUSY while another one runs. Strings are copied.
enum err import_job_start(const struct http_request *req, const struct import_order *order,
                          struct problem *p);

// What stands in the upload's folder. Free with import_outcome_clear.
struct import_outcome {
    json_t *form;          // name -> value; NULL: nothing was asked for yet
    bool land;             // it was to be landed
    int64_t newest_import; // before it
    bool over;             // there is an outcome: false with a form means that the server ended in the middle
    bool stopped;          // somebody stopped it: over, and nothing has landed
    bool good;             // looked through, or landed
    bool landed;
    int64_t import_id;
    json_t *counts;               // "sites": {"added": 3, …}, …
    struct problem_list problems; // at most IMPORT_PROBLEMS
    size_t problem_count;         // all of them
    struct problem_list notes;
    json_t *terms;    // [{"scheme": …, "label": …, "like": …}]: the first of the new ones
    char unused[400]; // columns of a table
};
#define IMPORT_PROBLEMS 1000
#define IMPORT_OUTCOME_INIT                                                                                  \
    ((struct import_outcome){.problems = PROBLEM_LIST_INIT, .notes = PROBLEM_LIST_INIT})

enum err import_outcome_read(const struct http_request *req, const struct upload *upload,
                             struct import_outcome *ret, struct problem *p);
void import_outcome_clear(struct import_outcome *outcome);
#define cleanup_import_outcome CLEANUP(import_outcome_clear)

// A number of the outcome: import_outcome_count(o, "sites", "added").
int64_t import_outcome_count(const struct import_outcome *outcome, const char *what, const char *which);
