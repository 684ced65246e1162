// Sitemaps (sitemaps.org, protocol 0.9) with the languages of each page as alternates (xhtml:link).
//
// Each page counts once for each language. Up to SITEMAP_URLS_MAX addresses stand in `/sitemap.xml` itself;
// beyond that it is an index of `/sitemap/1.xml`, `/sitemap/2.xml` … of SITEMAP_PART_SITES sites each, the
// first of which also holds the home pages, lists and tours.
#pragma once

#include "server/http/route.h"

#define SITEMAP_URLS_MAX   50000 // the protocol's limit for one file
#define SITEMAP_PART_SITES 5000  // a few MiB each

route_handler sitemap_answer;
route_handler sitemap_part_answer;
