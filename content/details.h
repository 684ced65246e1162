// The document of a site (bundle's site.json; docs/bundle-format.md): which members it may have, and of what
// form.
#pragma once

#include <jansson.h>

#include "common/err.h"

// Checks the members that live in site.details: names, addresses, hours, periods, sources, facts, decision,
// checked. Every fact's source id must be among the sources. ERR_INVALID with the path of the member in
// `field`.
enum err details_check(const json_t *details, struct problem *p);
