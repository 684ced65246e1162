#include "qrgen/flags.h"

#include <stddef.h>
#include <string.h>

#include "common/fold.h"

#include "qrgen/batch.h"
#include "qrgen/job/plates_csv.h"
#include "qrgen/symbol/measure.h"

#define ROW(name_, type_, member)                                                                            \
    .name = (name_), .type = (type_), .offset = offsetof(struct settings, member)

static const struct options_row rows[] = {
    {ROW("out", OPTIONS_FOLDER, out), .value = "NAME.zip|DIR", .flag_only = true,
     .help = "Where the parcel shall be: one ZIP file when the name ends in .zip, else a folder, which is "
             "made or "
             "must be empty. It holds the whole batch or, when something fails, nothing of it."},
    {ROW("data", OPTIONS_FOLDER, data), .help = "The server's data folder, to take all its plates from where "
                                                "no --csv is given. It is only read; the "
                                                "server may be running."},
    {ROW("csv", OPTIONS_FILE, csv), .flag_only = true,
     .help = "The list of plates: a table with the columns " PLATES_CSV_COLUMNS
             ", of which code is required; title, rank and address "
             "also in several languages, as title_vi and title_en. "
             "Encoding and delimiter are recognised. Retired plates are left out."},
    {ROW("job", OPTIONS_FILE, job), .value = "FILE|-", .flag_only = true,
     .help =
         "The plates and how to print them, as one JSON document (docs/batch-job.md); - is standard input. "
         "Takes the place of --csv, --base-url and everything about the look of the plates."},
    {ROW("columns", OPTIONS_STRING, columns), .value = "FIELD=COLUMN,...", .flag_only = true,
     .help = "Which columns of the list to take when they have other names; an empty name leaves one out."},
    {ROW("base-url", OPTIONS_STRING, base_url), .value = "URL",
     .help = "The address that stands before each code, as https://ditich.example.vn. It is never guessed."},
    {ROW("format", OPTIONS_LIST, format), .fallback = "png", .choices = ORDER_KIND_NAMES,
     .help = "What kinds of files to make: PNG; SVG, which knows no ink and is not for CMYK; PDF in black "
             "ink alone, all "
             "type as outlines, with 3 mm of bleed."},
    {ROW("design", OPTIONS_STRING, design), .value = "NAME",
     .help = "How the plates look; --list-designs names them. Default: bare, the symbol alone."},
    {ROW("designs", OPTIONS_FOLDER, designs),
     .help = "A folder with more designs, NAME.ini each (docs/plate-designs.md); they win over those of the "
             "program."},
    {ROW("logo", OPTIONS_FILE, logo), .value = "FILE.png",
     .help =
         "A logo, black on white, for designs that have a place for one. It is drawn in one ink, beside the "
         "symbol and never in it."},
    {ROW("crop-marks", OPTIONS_BOOL, crop_marks), .help = "Draw crop marks around the plates in PDF files."},
    {ROW("distance-m", OPTIONS_NUMBER, distance_m), .value = "M", .most = 100,
     .help = "From how many metres plates shall be read; the module follows: a symbol of 25 modules is read "
             "from ten "
             "times its width."},
    {ROW("module-mm", OPTIONS_NUMBER, module_mm), .value = "MM",
     .help =
         "The width of one module, at least 1.0; rounded to whole pixels. Default 2.032, or what --size-mm "
         "leaves room for."},
    {ROW("size-mm", OPTIONS_NUMBER, size_mm), .value = "MM",
     .help = "The width that no picture may exceed, quiet zone included."},
    {ROW("dpi", OPTIONS_INTEGER, dpi), .fallback = "600", .least = MEASURE_DPI_MIN, .most = MEASURE_DPI_MAX,
     .help = "Pixels an inch."},
    {ROW("sheets", OPTIONS_STRING, sheets), .value = "A4|A3|WxH", .flag_only = true,
     .help =
         "Also make sheets.pdf: the plates side by side on that paper (its size in millimetres, either way "
         "round), each as often as its copies say, with lines to cut along."},
    {ROW("gutter-mm", OPTIONS_NUMBER, gutter_mm), .value = "MM", .fallback = "4", .most = ORDER_GUTTER_MM_MAX,
     .flag_only = true, .help = "The space between the plates of a sheet."},
    {ROW("margin-mm", OPTIONS_NUMBER, margin_mm), .value = "MM", .fallback = "10",
     .least = ORDER_MARGIN_MM_MIN, .most = ORDER_MARGIN_MM_MAX, .flag_only = true,
     .help = "The space that stays free at the edges of a sheet."},
    {ROW("proof", OPTIONS_BOOL, proof), .flag_only = true,
     .help =
         "Also make proof.pdf: every plate small with its code, site and address, and a ruler of 100 mm."},
    {ROW("name", OPTIONS_STRING, name), .value = "TEXT", .flag_only = true,
     .help = "What the batch is called, for people."},
    {ROW("material", OPTIONS_STRING, material), .value = "TEXT", .flag_only = true,
     .help = "What to print on, a note for the print shop."},
    {ROW("force", OPTIONS_BOOL, force), .flag_only = true,
     .help = "Replace the ZIP file, or the batch in a folder that is not empty. Other files in it are left "
             "alone."},
    {ROW("jobs", OPTIONS_INTEGER, jobs), .value = "N", .most = BATCH_THREADS_MAX,
     .help = "Threads. Default 0: one for each processor."},
    {ROW("check", OPTIONS_BOOL, check), .fallback = "yes", .flag_only = true,
     .help = "Decode every picture again before the batch is done. --no-check is for measuring speed; the "
             "manifest says so."},
    {ROW("progress", OPTIONS_ENUM, progress), .fallback = "auto", .choices = "auto|json", .flag_only = true,
     .help = "How to tell of the work: auto says it in words, and counts on a terminal; json writes one JSON "
             "object a line on standard output (docs/batch-job.md)."},
    {ROW("quiet", OPTIONS_BOOL, quiet), .flag_only = true, .help = "Say nothing but failures."},
    {ROW("preview", OPTIONS_FILE, preview), .value = "FILE|-", .flag_only = true,
     .help =
         "Draw the first plate as one PNG of 150 pixels an inch into the file (- is standard output), and do "
         "nothing else."},
    {ROW("list-designs", OPTIONS_BOOL, list_designs), .flag_only = true,
     .help = "Name the plate designs, one JSON object a line, and do nothing else."},
    {ROW("show", OPTIONS_STRING, show), .value = "CODE|URL", .flag_only = true,
     .help = "Draw the symbol of one plate in the terminal, and do nothing else."},
};

static const struct options_command commands[] = {{.summary = "make a batch of plates ready for print"}};

const struct options_program flags_program = {
    .name = "stele-qrgen",
    .version = STELE_VERSION,
    .summary = "makes a parcel of QR plates for the print shop",
    .description =
        "Makes a parcel for the print shop: a PNG, SVG or PDF of each plate, named "
        "NNNN_CODE_site, on request sheets and a proof, and a READ-ME. The symbol is the smallest "
        "that keeps error correction Q or better, with four modules of quiet zone. Every picture is "
        "decoded again before the batch is said to be done.\n"
        "\n"
        "manifest.csv and manifest.json name every file with its code, address, size and SHA-256. "
        "The same plates and options give the same bytes.\n"
        "\n"
        "For instance: stele-qrgen --csv plates.csv --base-url https://ditich.example.vn --design "
        "board-a5 --format pdf,png --proof --out batch.zip. The print guide, docs/print-guide.en.md, tells "
        "which design reads from how far and what to look at on the first piece.",
    .commands = commands,
    .command_count = 1,
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .env_prefix = "STELE_",
    .file = "stele.ini",
    .folder = "data",
    .shared_file = true,
};

bool flags_given(const struct options_given *given, size_t offset)
{
    for (size_t i = 0; i < flags_program.row_count; i++)
        if (rows[i].offset == offset)
            return given->sources[i] == OPTIONS_FROM_FLAG;
    return false;
}

// Where the parcel goes and how the work is done is not the job's business; all else is.
const char *flags_beside_job(const struct options_given *given)
{
    static const char *const allowed[] = {"job",   "out",      "force", "jobs",
                                          "check", "progress", "quiet", "preview"};
    for (size_t i = 0; i < flags_program.row_count; i++) {
        bool allows = false;
        for (size_t j = 0; j < sizeof allowed / sizeof *allowed; j++)
            allows |= strcmp(rows[i].name, allowed[j]) == 0;
        if (!allows && given->sources[i] == OPTIONS_FROM_FLAG)
            return rows[i].name;
    }
    return NULL;
}

static unsigned kinds_of(const struct options_list *format)
{
    static const char *const kinds[ORDER_KINDS] = {"png", "svg", "pdf"};
    unsigned bits = 0;
    for (size_t i = 0; i < format->count; i++)
        for (unsigned kind = 0; kind < ORDER_KINDS; kind++)
            if (strcmp(format->items[i], kinds[kind]) == 0)
                bits |= 1u << kind;
    return bits;
}

// Words for people end up on paper.
static enum err check_words(const char *flag, const char *words, struct problem *p)
{
    if (!words || fold_utf8_valid(words, strlen(words)))
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, flag, "%s is no UTF-8 text", flag);
}

enum err flags_order(const struct settings *s, struct order *ret, struct problem *p)
{
    enum err e = check_words("--name", s->name, p);
    if (!e)
        e = check_words("--material", s->material, p);
    if (e)
        return e;
    struct order order = {
        .name = s->name ? s->name : "",
        .base_url = s->base_url,
        .material = s->material ? s->material : "",
        .design = s->design,
        .designs = s->designs,
        .logo = s->logo,
        .crop_marks = s->crop_marks,
        .distance_m = s->distance_m,
        .kinds = kinds_of(&s->format),
        .dpi = (unsigned)s->dpi,
        .module_mm = s->module_mm,
        .size_mm = s->size_mm,
        .sheets = {.gutter_mm = s->gutter_mm, .margin_mm = s->margin_mm},
        .proof = s->proof,
    };
    if (s->sheets && !order_read_paper(s->sheets, &order.sheets.width_mm, &order.sheets.height_mm))
        return problem_set(p, ERR_INVALID, "--sheets",
                           "\"%.60s\" is no paper: give A4, A3 or a size in millimetres as 320x450",
                           s->sheets);
    order.plain = order.kinds == 1u << ORDER_PNG && !order.design && !s->sheets && !order.proof &&
                  !order.name[0] && !order.material[0];
    *ret = order;
    return ERR_NONE;
}
