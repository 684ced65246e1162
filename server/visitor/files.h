// Bytes that stand beside pages: `/media/{sha256}/{variant}`, `/assets/{name*}` and the icon.
#pragma once

#include "server/http/route.h"

route_handler files_media; // of published sites only; variant "original": as kept; captions
route_handler files_asset;
route_handler files_icon; // for clients that ask for /favicon.ico without having read a page
