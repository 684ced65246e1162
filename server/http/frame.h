// The framing guard: reads the header fields of a request once, in the order of the wire, and refuses what
// two parsers could read in two ways. libmicrohttpd 0.9.75 accepts repeated Host and Content-Length, both
// framings at once, unknown transfer codings, folded lines, bare line feeds and NUL bytes (it ends a value
// there); all of these are found here, before anything of the request is believed. From 1.0 on it refuses
// folded lines, bare line feeds and NUL bytes itself, being asked to be strict (http.c).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Connection;

// Fields that the server itself reads.
enum frame_field {
    FRAME_HOST,
    FRAME_CONTENT_LENGTH,
    FRAME_TRANSFER_ENCODING,
    FRAME_EXPECT,
    FRAME_ACCEPT,
    FRAME_ACCEPT_ENCODING,
    FRAME_ACCEPT_LANGUAGE,
    FRAME_COOKIE,
    FRAME_RANGE,
    FRAME_IF_RANGE,
    FRAME_IF_NONE_MATCH,
    FRAME_IF_MODIFIED_SINCE,
    FRAME_FORWARDED_FOR,
    FRAME_FORWARDED_PROTO,
    FRAME_FIELDS,
};

struct frame {
    const char *fields[FRAME_FIELDS]; // the first of each name, NULL when absent; in the connection's memory
    uint64_t content_length;          // 0 when absent
    bool chunked;
    const char *refused; // why, one clause for a person; NULL while all is well
    // for the walk
    const char *expected; // where the next line must begin
    unsigned seen[FRAME_FIELDS];
};

// `method`, `uri` (NUL-terminated, `uri_len` as it came) and `version` are the connection's own pointers, as
// libmicrohttpd hands them over: the check is that nothing lies between them and the lines but what must.
// False, with `refused` set, for a request to be answered by 400 and a closed connection.
bool frame_read(struct frame *f, struct MHD_Connection *connection, const char *method, const char *uri,
                size_t uri_len, const char *version);
