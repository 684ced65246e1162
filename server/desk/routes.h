// The route tables of the desk's screens, a line each; desk.c puts them in their order.
#pragma once

#include "server/http/route.h"

extern const struct route_table desk_accounts_routes;      // accounts.c
extern const struct route_table desk_again_routes;         // again.c
extern const struct route_table desk_batches_routes;       // batches.c
extern const struct route_table desk_batches_one_routes;   // batches_one.c
extern const struct route_table desk_bulk_routes;          // bulk.c
extern const struct route_table desk_drafts_routes;        // drafts.c
extern const struct route_table desk_exports_routes;       // exports.c
extern const struct route_table desk_home_routes;          // home.c
extern const struct route_table desk_imports_routes;       // imports.c
extern const struct route_table desk_me_routes;            // me.c
extern const struct route_table desk_second_factor_routes; // second_factor.c
extern const struct route_table desk_signin_routes;        // signin.c
extern const struct route_table desk_sites_routes;         // sites.c
extern const struct route_table desk_links_routes;         // links.c
extern const struct route_table desk_proposals_routes;     // proposals.c
extern const struct route_table desk_revisions_routes;     // revisions.c
extern const struct route_table desk_media_routes;         // media.c
extern const struct route_table desk_plates_routes;        // plates.c
extern const struct route_table desk_plates_one_routes;    // plates_one.c
extern const struct route_table desk_activity_routes;      // activity.c
extern const struct route_table desk_backups_routes;       // backups.c
extern const struct route_table desk_settings_routes;      // settings.c
