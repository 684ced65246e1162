#include "content/store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "content/store/connection.h"

// The pages as they are at one moment: the source's read transaction holds for the whole step(-1).
static enum err copy_pages(sqlite3 *db, sqlite3 *out, struct problem *p)
{
    sqlite3_backup *backup = sqlite3_backup_init(out, "main", db, "main");
    int rc = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(out);
    if (backup)
        sqlite3_backup_finish(backup);
    if (rc != SQLITE_DONE)
        return connection_problem(NULL, rc, "cannot copy the database", p);
    // A copy stands alone: no WAL beside it.
    rc = sqlite3_exec(out, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    return rc == SQLITE_OK ? ERR_NONE : connection_problem(out, rc, "cannot copy the database", p);
}

enum err copy_database(sqlite3 *db, const char *path, struct problem *p)
{
    cleanup_close int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return problem_errno(p, path, "cannot create %s", path);
    sqlite3 *out = NULL;
    int rc = sqlite3_open_v2(path, &out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    enum err e =
        rc == SQLITE_OK ? copy_pages(db, out, p) : connection_problem(out, rc, "cannot copy the database", p);
    sqlite3_close(out);
    if (!e && fsync(fd) < 0)
        e = problem_errno(p, path, "cannot write %s", path);
    if (e)
        unlink(path);
    return e;
}
