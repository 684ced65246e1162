#include "server/commands/say.h"

#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "server/commands/commands.h"

// One write for one line: lines of several threads never mix. Where even standard error is gone, nobody is
// left to be told.
static void write_line(struct buf *line)
{
    buf_append_char(line, '\n');
    if (!line->failed)
        file_write_all(STDERR_FILENO, line->data, line->len, "standard error", NULL);
}

void say(const char *fmt, ...)
{
    cleanup_buf struct buf line = BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    buf_append_str(&line, "stele: ");
    buf_vprintf(&line, fmt, ap);
    va_end(ap);
    write_line(&line);
}

int say_failed(const struct problem *p)
{
    say("%s", p->text[0] ? p->text : err_name(p->code));
    return STATUS_FAILED;
}

void say_list(const struct problem_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        cleanup_buf struct buf line = BUF_INIT;
        buf_append_str(&line, list->items[i].text);
        write_line(&line);
    }
    if (list->dropped)
        say("… and %zu more", list->dropped);
}
