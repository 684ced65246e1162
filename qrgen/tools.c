#include "qrgen/tools.h"

#include <archive.h>
#include <cairo.h>
#include <hpdf.h>
#include <pango/pango.h>
#include <png.h>
#include <qrencode.h>
#include <stdio.h>
#include <zbar.h>
#include <zlib.h>

static void write_zbar(char *version)
{
    unsigned major = 0, minor = 0, patch = 0;
    zbar_version(&major, &minor, &patch);
    snprintf(version, TOOLS_VERSION_SIZE, "%u.%u.%u", major, minor, patch);
}

static void write_archive(char *version)
{
    int number = archive_version_number(); // 3006002 is 3.6.2
    snprintf(version, TOOLS_VERSION_SIZE, "%d.%d.%d", number / 1000000, number / 1000 % 1000, number % 1000);
}

size_t tools_list(struct manifest_tool ret[TOOLS_MAX], char versions[TOOLS_MAX][TOOLS_VERSION_SIZE])
{
    char zbar[TOOLS_VERSION_SIZE], archive[TOOLS_VERSION_SIZE];
    write_zbar(zbar);
    write_archive(archive);
    const struct manifest_tool tools[] = {
        {"libqrencode", QRcode_APIVersionString()},
        {"libpng", png_get_libpng_ver(NULL)},
        {"zlib", zlibVersion()},
        {"libharu", HPDF_GetVersion()},
        {"cairo", cairo_version_string()},
        {"pango", pango_version_string()},
        {"libarchive", archive},
        {"zbar", zbar},
    };
    size_t count = sizeof tools / sizeof *tools;
    for (size_t i = 0; i < count; i++) {
        snprintf(versions[i], TOOLS_VERSION_SIZE, "%s", tools[i].version);
        ret[i] = (struct manifest_tool){tools[i].name, versions[i]};
    }
    return count;
}
