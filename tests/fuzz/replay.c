// Runs a fuzz target over files, so that its seeds and everything it once found stay tested in every build:
// replay_NAME FILE|FOLDER …; folders are not descended into.
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/file.h"

#define FILE_LIMIT ((size_t)16 << 20)

static int run_file(const char *path)
{
    cleanup_buf struct buf file = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (file_read(path, FILE_LIMIT, &file, &p) != ERR_NONE) {
        fprintf(stderr, "%s\n", p.text);
        return -1;
    }
    cleanup_free uint8_t *exact =
        malloc(file.len); // exactly as long, so that a sanitizer sees reads behind it
    if (!exact && file.len > 0)
        return -1;
    if (file.len > 0)
        memcpy(exact, file.data, file.len);
    LLVMFuzzerTestOneInput(exact, file.len);
    return 0;
}

// Number of files run, or -1.
static int run_folder(const char *path)
{
    cleanup_closedir DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        return -1;
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char file[PATH_MAX];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (run_file(file) < 0) {
            fprintf(stderr, "%s: could not be run\n", file);
            return -1;
        }
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct stat st;
        bool folder = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode);
        int count = folder ? run_folder(argv[i]) : run_file(argv[i]) + 1;
        if (count <= 0) {
            fprintf(stderr, "%s: nothing was run\n", argv[i]);
            return 1;
        }
        total += count;
    }
    printf("%d inputs\n", total);
    return 0;
}
