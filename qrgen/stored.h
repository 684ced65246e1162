// The plates of a server's data folder as a job. Of stele-qrgen only this file knows the store; it is not
// part of the room, which takes plates as values.
#pragma once

#include "common/err.h"
#include "qrgen/job/job.h"

// Appends all plates of the store in `folder` to *job, which is only read: site or tour, its name, rank and
// newest address in every language it has. Retired ones are counted in job->retired and left out. What
// store_open says; after a failure the job holds some of the plates: clear it.
enum err stored_plates(const char *folder, struct job *job, struct problem *p);
