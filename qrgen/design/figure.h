// The figures of designs: frames and small ornaments. For the files of this room alone.
#pragma once

#include "qrgen/design/design.h"
#include "qrgen/drawing/drawing.h"

// The outline of the element's figure, its stroke inside its box.
void figure_frame(struct drawing *d, const struct design_element *element);

// The element's figure, filled.
void figure_fill(struct drawing *d, const struct design_element *element);
