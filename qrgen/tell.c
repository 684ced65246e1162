#include "qrgen/tell.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

// Takes the reference.
static bool write_event(json_t *event)
{
    char *line = event ? json_dumps(event, JSON_COMPACT) : NULL;
    bool written = line && printf("%s\n", line) > 0 && fflush(stdout) == 0;
    free(line);
    json_decref(event);
    return written;
}

static const char *const stage_words[BATCH_STAGES] = {
    [BATCH_PLATES] = "plates",
    [BATCH_SHEETS] = "volumes of sheets",
    [BATCH_PROOF] = "volumes of the proof",
    [BATCH_FINISH] = "parcels closed and read back",
};

void tell_progress(void *arg, enum batch_stage stage, size_t done, size_t total)
{
    const struct tell *t = arg;
    if (t->form == TELL_TERMINAL)
        fprintf(stderr, "\r\x1b[K%zu of %zu %s", done, total, stage_words[stage]);
    else if (t->form == TELL_JSON &&
             !write_event(json_pack("{s:s, s:s, s:I, s:I}", "event", "progress", "stage", batch_stages[stage],
                                    "done", (json_int_t)done, "total", (json_int_t)total)))
        raise(SIGTERM); // who listened has gone, so nobody waits for the parcel: a server that was killed
}

// The line of progress makes room for what it came to.
static void end_line(const struct tell *t)
{
    if (t->form == TELL_TERMINAL)
        fprintf(stderr, "\r\x1b[K");
}

static void say_range(const double range[2], int digits, const char *unit)
{
    if (range[1] > range[0])
        printf("%.*f to ", digits, range[0]);
    printf("%.*f %s", digits, range[1], unit);
}

static bool say_words(const struct tell *t, const struct batch_result *r)
{
    printf("%zu %s", r->plates, r->plates == 1 ? "plate" : "plates");
    if (r->copies > r->plates)
        printf(", %zu with all copies", r->copies);
    if (r->sheets > 0)
        printf(", %zu %s", r->sheets, r->sheets == 1 ? "sheet" : "sheets");
    printf(" in %s, %.1f kB, ", t->out, (double)r->bytes / 1000);
    say_range((double[]){r->plate_mm[0][0], r->plate_mm[1][0]}, 1, "mm");
    printf(" wide with modules of ");
    say_range(r->module_mm, 3, "mm");
    printf(", to be read from ");
    say_range(r->distance_m, 2, "m");
    printf("; %s", t->checked ? "every one decoded again and right" : "none decoded again (--no-check)");
    if (t->retired)
        printf("; %zu retired %s left out", t->retired, t->retired == 1 ? "plate" : "plates");
    return printf("\n") > 0 && fflush(stdout) == 0;
}

bool tell_done(const struct tell *t, const struct batch_result *r)
{
    end_line(t);
    if (t->form == TELL_JSON)
        return write_event(json_pack("{s:s, s:I, s:I, s:I, s:s}", "event", "done", "plates",
                                     (json_int_t)r->plates, "files", (json_int_t)r->files, "bytes",
                                     (json_int_t)r->bytes, "sha256", r->sha256));
    return t->form == TELL_QUIET || say_words(t, r);
}

void tell_failed(const struct tell *t, const char *about, const char *code, const struct problem *p)
{
    end_line(t);
    fprintf(stderr, "stele-qrgen: ");
    if (about)
        fprintf(stderr, "%s: ", about);
    bool placed = strncmp(p->text, "Line ", 5) == 0; // what is wrong with a file's encoding says where itself
    if (about && p->line && !placed)
        fprintf(stderr, p->column ? "line %lu, column %lu: " : "line %lu: ", p->line, p->column);
    fprintf(stderr, "%s\n", p->text);
    if (t->form == TELL_JSON)
        write_event(json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "failed", "problem", err_name(p->code),
                              "code", code, "field", p->field, "message", p->text));
}
