// One plate on its way: its values become an address, a symbol, a size and a drawing. Each thread has one
// maker and uses the same memory for all of its plates.
#pragma once

#include "common/err.h"
#include "qrgen/design/compose.h"
#include "qrgen/job/job.h"
#include "qrgen/job/order.h"
#include "qrgen/kind.h"
#include "qrgen/symbol/payload.h"

// How plates shall look; the same for all plates of a batch. Initialise with LOOK_INIT.
struct look {
    const struct order *order;
    struct design design; // unless bare
    struct logo logo;     // unless without
    bool bare;            // the symbol alone
    bool has_logo;
};

#define LOOK_INIT ((struct look){.design = DESIGN_INIT, .logo = LOGO_INIT, .bare = true})
#define LOOK_BARE "bare" // the design that is none

// Reads the design and the logo that the order names. What design_load and logo_read say; ERR_INVALID with
// field
// "--logo" for a logo without a design or for a design that has no place for one, and "--crop-marks" where no
// PDF is ordered. *ret is unchanged on failure.
enum err look_read(const struct order *order, struct look *ret, struct problem *p);
void look_free(struct look *look);

#define cleanup_look CLEANUP(look_free)

struct maker {
    const struct look *look;
    struct lettering *lettering; // NULL until maker_new
    struct matrix matrix;
    struct measure measure;
    struct drawing drawing; // of the plate, for its files
    char url[PAYLOAD_SIZE];
    struct kind_plate plate; // what was planned last; points to the above
};

// Initialise with maker_new, or with MAKER_INIT and the look where nothing is drawn; release with maker_free.
#define MAKER_INIT ((struct maker){.drawing = DRAWING_INIT})

// ERR_MEMORY. `look` must outlive the maker.
enum err maker_new(const struct look *look, struct maker *ret, struct problem *p);

// Plans the plate: m->url, m->matrix, m->measure and m->plate's size. Nothing is drawn. A distance sets the
// module: see measure_distance_m. ERR_TOO_LARGE when the address needs a larger symbol than there is room
// for, with field
// "--design", "--size-mm" or "--distance-m"; ERR_INVALID with field "--base-url", "--module-mm", "--size-mm",
// "--dpi" or
// "--distance-m"; ERR_UNSUPPORTED, ERR_MEMORY.
enum err maker_plan(struct maker *m, const struct job_plate *plate, struct problem *p);

// Draws what was planned into *ret, whose old content goes. What design_compose says.
enum err maker_draw(struct maker *m, const struct job_plate *plate, struct drawing *ret, struct problem *p);

void maker_free(struct maker *m);

#define cleanup_maker CLEANUP(maker_free)
