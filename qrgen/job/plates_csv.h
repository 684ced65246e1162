// The list of plates as a CSV file: what `stele export` writes as plates.csv, or what somebody typed in a
// spreadsheet.
#pragma once

#include "common/err.h"
#include "qrgen/job/job.h"

#define PLATES_CSV_MAX (256u << 20) // bytes of a file

// The names of the columns that are looked for, for a help text.
#define PLATES_CSV_COLUMNS "code, site, tour, title, rank, address, place, state, copies"

// Appends the file's plates to *job, in its order. Encoding and delimiter are recognised; columns are found
// by name ("code", "mã", …) or by `mapping` ("code=Number,title=Name"; NULL for none), see csv_match. Only
// the code is required. Title, rank and address may stand in several languages: "title_vi", "title_en". Rows
// whose state is "retired" are counted in job->retired and left out.
//
// ERR_INVALID when rows are bad: each is in *bad with its line (up to the list's limit), and *p tells how
// many there are; or, with an empty *bad, when the file as a whole cannot be read as a list of plates.
// ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_TOO_LARGE, ERR_UNSUPPORTED, ERR_MEMORY; field "--csv". After a
// failure the job holds some of the plates: clear it.
enum err plates_csv_read(const char *path, const char *mapping, struct job *job, struct problem_list *bad,
                         struct problem *p);

// The same for text in memory, in any encoding that encoding_read knows.
enum err plates_csv_parse(const char *data, size_t len, const char *mapping, struct job *job,
                          struct problem_list *bad, struct problem *p);
