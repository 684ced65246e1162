// Listening sockets: made from addresses, or handed over by the service manager. Not thread-safe.
#pragma once

#include <stddef.h>

#include "common/err.h"

// Opens a listening socket at "ADDRESS:PORT" as http_options.listen describes it. The problem names what is
// wrong and the way out.
enum err listen_open(const char *where, int *ret_fd, struct problem *p);

// Whether listen_open could listen at `where`, as far as its form and the host's name tell. ERR_INVALID.
enum err listen_check(const char *where, struct problem *p);

// Sockets from the service manager (sd_listen_fds(3)): writes up to `room` descriptors, made non-blocking and
// close-on-exec, and how many; 0 when none were given to this process. The environment variables are removed.
// ERR_INVALID when there are more than `room`, or one does not listen.
enum err listen_inherit(int *fds, size_t room, size_t *ret_count, struct problem *p);

// "http://127.0.0.1:8080/" for a listening socket, on the heap. NULL without memory.
char *listen_address(int fd);
