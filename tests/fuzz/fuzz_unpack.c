#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "content/exchange/unpack.h"

// The input: an archive. Whatever it holds, nothing appears but inside the folder, and no link is in there.
static void check_tree(const char *folder, int depth)
{
    cleanup_closedir DIR *dir = opendir(folder);
    REQUIRE(dir && depth < 40);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[4096];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        REQUIRE(entry->d_type == DT_REG || entry->d_type == DT_DIR);
        REQUIRE((size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < sizeof path);
        if (entry->d_type == DT_DIR)
            check_tree(path, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct unpack_limits limits = {
        .entries = 50, .bytes = 1 << 20, .file_bytes = 1 << 19, .ratio = 50};
    char top[] = "/tmp/stele-fuzz-XXXXXX", archive[64], into[64];
    cleanup_arena struct arena a = ARENA_INIT;
    const char *root = NULL;
    struct problem p = PROBLEM_INIT;
    if (!mkdtemp(top))
        return 0;
    snprintf(archive, sizeof archive, "%s/a", top);
    snprintf(into, sizeof into, "%s/into", top);
    if (mkdir(into, 0700) == 0 && !file_write_atomic(archive, data, size, NULL)) {
        enum err e = unpack_bundle(archive, into, &limits, NULL, NULL, &a, &root, &p);
        REQUIRE(e ? p.code == e && p.text[0] : root && strncmp(root, into, strlen(into)) == 0);
        check_tree(into, 0);
        unlink(archive);
        size_t left = 0;
        cleanup_closedir DIR *dir = opendir(top);
        while (dir && readdir(dir))
            left++;
        REQUIRE(left == 3); // ".", "..", "into"
    }
    file_remove_tree(top, NULL);
    return 0;
}
