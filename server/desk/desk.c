#include "server/desk/desk.h"

#include "server/desk/routes.h"

static const struct route_table *const tables[] = {
    &desk_signin_routes,        //
    &desk_again_routes,         //
    &desk_imports_routes,       //
    &desk_bulk_routes,          //
    &desk_exports_routes,       //
    &desk_links_routes,         //
    &desk_home_routes,          //
    &desk_sites_routes,         //
    &desk_media_routes,         //
    &desk_drafts_routes,        //
    &desk_accounts_routes,      //
    &desk_me_routes,            //
    &desk_second_factor_routes, //
    &desk_proposals_routes,     //
    &desk_revisions_routes,     //
    &desk_plates_routes,        //
    &desk_plates_one_routes,    //
    &desk_batches_routes,       //
    &desk_batches_one_routes,   //
    &desk_activity_routes,      //
    &desk_backups_routes,       //
    &desk_settings_routes,      //
};

_Static_assert(sizeof tables / sizeof tables[0] <= DESK_TABLES_MAX, "DESK_TABLES_MAX is too small");

size_t desk_routes(struct route_table ret[DESK_TABLES_MAX])
{
    size_t count = sizeof tables / sizeof tables[0];
    for (size_t i = 0; i < count; i++)
        ret[i] = *tables[i];
    return count;
}
