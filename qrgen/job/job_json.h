// A job as JSON: what to print and the plates, in one document, as the server hands it to stele-qrgen
// (docs/batch-job.md). Read strictly: a member that is not known is a typing error.
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"

#define JOB_JSON_VERSION   1
#define JOB_JSON_MAX       ((size_t)256 << 20) // bytes of a document
#define JOB_JSON_PLATE_MAX ((size_t)64 << 10)  // bytes of one plate, or of any other member

// Reads a document of UTF-8, with or without a byte order mark: its plates are appended to *job in their
// order, the rest goes to *order, whose texts are in the arena and whose members that the document does not
// name stay as they are. Numbers are checked for their form and rough range here, for their fitness where
// they are used.
//
// ERR_INVALID or ERR_TOO_LARGE with the line and, in `field`, the place ("plates[3].titles.vi"); the sentence
// names it too. ERR_UNSUPPORTED for another version. ERR_MEMORY. After a failure the job holds some of the
// plates: clear it.
enum err job_json_parse(const char *text, size_t len, struct arena *a, struct job *job, struct order *order,
                        struct problem *p);

// The same from a file, or from standard input when `path` is "-". Field "--job" when it cannot be read.
enum err job_json_read(const char *path, struct arena *a, struct job *job, struct order *order,
                       struct problem *p);
