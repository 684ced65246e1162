// Cleanup attributes: a variable marked `cleanup_free` is freed when it leaves scope, whichever way that
// happens. Return the value past the cleanup with steal_pointer or steal_fd.
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_free_fn(void *p)
{
    free(*(void **)p);
}

static inline void cleanup_close_fn(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose_fn(FILE **f)
{
    if (*f)
        fclose(*f);
}

static inline void cleanup_closedir_fn(DIR **d)
{
    if (*d)
        closedir(*d);
}

#define cleanup_free     CLEANUP(cleanup_free_fn)
#define cleanup_close    CLEANUP(cleanup_close_fn)
#define cleanup_fclose   CLEANUP(cleanup_fclose_fn)
#define cleanup_closedir CLEANUP(cleanup_closedir_fn)

// Takes the value out of *pp and leaves NULL, so that the cleanup does nothing.
#define steal_pointer(pp)                                                                                    \
    ({                                                                                                       \
        __auto_type steal_pp_ = (pp);                                                                        \
        __auto_type steal_value_ = *steal_pp_;                                                               \
        *steal_pp_ = NULL;                                                                                   \
        steal_value_;                                                                                        \
    })

static inline int steal_fd(int *fd)
{
    int value = *fd;
    *fd = -1;
    return value;
}
