#include "qrgen/parcel/names.h"

#include <stdio.h>
#include <string.h>

#include "qrgen/job/job.h"

#define VOLUME_DIGITS_MIN 2
#define VOLUME_DIGITS_MAX 7

const char *const names_folders[] = {"", "pdf", "png", "svg", NULL};

void names_volume(const char *stem, size_t number, size_t count, char ret[NAMES_VOLUME_SIZE])
{
    int digits = snprintf(NULL, 0, "%zu", count);
    if (count == 1)
        snprintf(ret, NAMES_VOLUME_SIZE, "%s.pdf", stem);
    else
        snprintf(ret, NAMES_VOLUME_SIZE, "%s-%0*zu.pdf", stem,
                 digits < VOLUME_DIGITS_MIN ? VOLUME_DIGITS_MIN : digits, number);
}

static bool is_volume(const char *name, const char *stem)
{
    size_t len = strlen(stem);
    if (strncmp(name, stem, len) != 0)
        return false;
    name += len;
    size_t digits = *name == '-' ? strspn(name + 1, "0123456789") : 0;
    if (*name == '-' && (digits < VOLUME_DIGITS_MIN || digits > VOLUME_DIGITS_MAX))
        return false;
    return strcmp(name + (digits ? digits + 1 : 0), ".pdf") == 0;
}

bool names_is_ours(const char *name)
{
    static const char *const fixed[] = {NAMES_MANIFEST_CSV, NAMES_MANIFEST_JSON, NAMES_READ_ME_VI,
                                        NAMES_READ_ME_EN};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(name, fixed[i]) == 0)
            return true;
    return job_is_file_name(name) || is_volume(name, NAMES_SHEETS) || is_volume(name, NAMES_PROOF);
}
