// What every room of the server is given: http_options.app points to one of these, and handlers find it in
// req->app. Made by the program before http_begin, unchanged until http_stop has returned.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct assets;
struct generator;
struct http_server;
struct jobs;
struct intake;
struct parcel_count;
struct pictures;
struct runner;
struct scan_counter;
struct store;
struct view;

struct app {
    struct store *store;
    struct view *view;
    struct assets *assets;
    struct scan_counter *scans;     // somebody flushes it once a second (content/scan.h)
    struct parcel_count *downloads; // likewise, of parcels (content/print/parcel_count.h)
    struct pictures *pictures;      // what opens uploads; NULL: stele-media was not found
    struct jobs *jobs;              // long work of the desk (server/desk/frame/jobs.h)
    struct intake *intake;          // where whole uploads become media of a site; NULL likewise
    struct generator *generator;    // what draws plates; NULL: stele-qrgen was not found
    struct runner *runner;          // makes batches; NULL as the generator is
    struct http_server *http;       // set by http_open

    int64_t import_bytes; // of an archive that the desk takes for an import

    // As url_base (common/url.h) writes it, without a slash at the end. Never NULL or empty: where no base
    // URL is set up, the address that the server listens on.
    const char *base_url;
    bool base_url_given; // false: the above is a guess, not to be printed

    // The same list as http_options.languages, NULL-terminated, the default first.
    const char *const *languages;
    size_t language_count;
};
