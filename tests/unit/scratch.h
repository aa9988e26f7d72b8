/* A folder of its own for a test that writes files, removed with all it holds. */
#ifndef HEED_SCRATCH_H
#define HEED_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[200];

static inline int scratch_open(void) {
    const char *base = getenv("TMPDIR");
    snprintf(scratch_folder, sizeof scratch_folder, "%s/heed-test-XXXXXX", base != NULL && *base ? base : "/tmp");
    return mkdtemp(scratch_folder) != NULL;
}

/* The path of a file in the folder; one of four buffers in turn. */
static inline const char *scratch(const char *name) {
    static char paths[4][400];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", scratch_folder, name);
    return paths[turn];
}

static inline int scratch_count(const char *folder) {
    int count = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (entries != NULL)
        closedir(entries);
    return count;
}

static inline void scratch_remove(const char *path) {
    DIR *entries = opendir(path);
    if (entries != NULL) {
        for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
            char inner[1000];
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            snprintf(inner, sizeof inner, "%.700s/%.255s", path, entry->d_name);
            scratch_remove(inner);
        }
        closedir(entries);
        rmdir(path);
    } else {
        unlink(path);
    }
}

static inline void scratch_close(void) {
    scratch_remove(scratch_folder);
}

static inline int scratch_exists(const char *name) {
    struct stat facts;
    return stat(scratch(name), &facts) == 0;
}

#endif
