// Bytes that stand beside pages: `/media/{sha256}/{variant}`, `/assets/{name*}` and the icon.
#pragma once

#include <stdbool.h>

#include "common/err.h"
#include "server/http/route.h"

route_handler files_media; // of published sites only; variant "original": as kept; captions
route_handler files_asset;
route_handler files_icon; // for clients that ask for /favicon.ico without having read a page

// Answers with a variant of a media file, ranges honoured; `shown`: only when a published site has it. For
// how long it may be kept (res->cache_control) is the caller's affair. ERR_NOT_FOUND.
enum err files_send(struct http_request *req, struct http_response *res, const char *sha256,
                    const char *variant, bool shown, struct problem *problem);
