// Addresses of the visitor's pages behind their "/{lang}", in an arena; NULL when memory is out. One form for
// one page: members that are NULL (or page 1) are left out. Thread-safe.
#pragma once

#include <stdint.h>

#include "common/arena.h"

// "/sites?kind=pagoda&area=ninh-kieu&page=2"
const char *address_sites(struct arena *a, const char *kind, const char *area, int64_t page);
const char *address_site(struct arena *a, const char *slug);
const char *address_tour(struct arena *a, const char *slug);
// "/search?q=binh%20thuy&page=2"
const char *address_search(struct arena *a, const char *query, int64_t page);

// "/media/0a1b…/original"
const char *address_media(struct arena *a, const char *sha256, const char *variant);

// Where a position is opened: a geo URI (RFC 5870) and OpenStreetMap's page for it. Degrees with six decimals
// (0.1 m).
const char *address_geo(struct arena *a, double lat, double lon);
const char *address_map(struct arena *a, double lat, double lon);
