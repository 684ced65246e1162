// The request target: path segments and declared query parameters, decoded. Buffers are kept from request to
// request of a connection, so that a usual request allocates nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "server/http/route.h"

#define TARGET_MAX_SEGMENTS 16

enum target_state {
    TARGET_OK,
    TARGET_BAD,         // 400
    TARGET_TOO_LONG,    // 414
    TARGET_UNMATCHABLE, // well formed, but no row can match it: 404
    TARGET_ASTERISK,    // "*", for OPTIONS
    TARGET_NO_MEMORY,
};

struct target {
    struct buf raw;                       // as sent; the '?' has become a NUL
    const char *path;                     // within raw
    const char *query;                    // within raw, or ""
    struct buf decoded;                   // segments without slashes between them, each followed by a NUL
    size_t count;                         // of segments
    size_t segment[TARGET_MAX_SEGMENTS];  // where each begins in `decoded`
    size_t path_end;                      // length of `decoded` without the parameters
    bool final_slash;                     // also for "/"
    const char *params[ROUTE_MAX_PARAMS]; // in the order of the row's list; NULL when absent
    struct buf name, value;
};

void target_init(struct target *t);
void target_free(struct target *t);

// Keeps a copy of the target as sent. Never fails here: target_parse tells.
void target_keep(struct target *t, const char *raw, size_t limit);

// Takes the kept target apart: origin-form, or absolute-form whose scheme and authority are skipped (RFC 9112
// section 3.2.2).
enum target_state target_parse(struct target *t, size_t limit);

// Decodes the parameters that `declared` names (NULL-terminated; NULL: none) into t->params. TARGET_OK,
// TARGET_BAD or TARGET_NO_MEMORY. Pointers that target_segment gave before are no longer valid.
enum target_state target_read_params(struct target *t, const char *const *declared);

const char *target_segment(const struct target *t, size_t index);
