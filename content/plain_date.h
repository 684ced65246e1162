// Dates as Vietnamese and English readers write them, and as they are kept (EDTF, common/edtf.h).
#pragma once

#include "common/arena.h"

// For a form: "1993-06-21" as "21/06/1993", "1993-06" as "06/1993"; every other date as it stands. NULL gives
// "". In the arena; NULL when memory is out.
const char *plain_date_show(struct arena *a, const char *edtf);

// What was typed as EDTF: "21/6/1993", "21-6-1993", "21.6.1993", "6/1993", "khoảng 1846", "about 1846",
// "1878–1886", "năm 1907". What is none of these is given back as it stands, to be judged by edtf_parse.
// plain_date_read(plain_date_show(x)) is x for every date that edtf_parse takes. In the arena; NULL when
// memory is out.
const char *plain_date_read(struct arena *a, const char *text);
