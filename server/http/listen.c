#include "server/http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cleanup.h"

enum { FIRST_INHERITED = 3, BACKLOG = 1024 };

static enum err refuse(struct problem *p, const char *where)
{
    return problem_set(p, ERR_INVALID, "--listen",
                       "\"%.80s\" is no address to listen at; write it as in 127.0.0.1:8080, [::1]:8080 or "
                       "*:8080.",
                       where);
}

static enum err split(const char *where, char host[256], char port[6], struct problem *p)
{
    const char *colon = strrchr(where, ':');
    const char *begin = where, *end = colon;
    if (!colon || strlen(colon + 1) > 5 || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")] ||
        strtol(colon + 1, NULL, 10) > 65535)
        return refuse(p, where);
    if (*begin == '[' && end[-1] == ']') {
        begin++;
        end--;
    } else if (memchr(begin, ':', (size_t)(end - begin))) {
        return refuse(p, where);
    }
    if (end - begin > 255)
        return refuse(p, where);
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return ERR_NONE;
}

static int open_socket(const struct addrinfo *at, bool both_families)
{
    int on = 1, off = 0;
    cleanup_close int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return -1;
    if (at->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, both_families ? &off : &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
        return -1;
    return steal_fd(&fd);
}

static enum err cannot_listen(const char *where, struct problem *p)
{
    if (errno == EADDRINUSE)
        return problem_set(p, ERR_IO, "--listen",
                           "Another program listens at %s already; stop it, or choose another port.", where);
    if (errno == EACCES)
        return problem_set(
            p, ERR_DENIED, "--listen",
            "Listening at %s is not allowed to this user; choose a port above 1023, or let the "
            "service manager open the socket.",
            where);
    return problem_errno(p, "--listen", "Listening at %s is not possible", where);
}

// An address as given, in the two parts that getaddrinfo takes.
struct place {
    char host[256], port[6];
    bool any;
};

static enum err read_place(const char *where, struct place *ret, struct problem *p)
{
    *ret = (struct place){.host = ""};
    enum err e = split(where, ret->host, ret->port, p);
    ret->any = !*ret->host || strcmp(ret->host, "*") == 0;
    return e;
}

// NULL when the host has no address of that family; released with freeaddrinfo.
static struct addrinfo *look_up(const struct place *place, int family)
{
    struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    return getaddrinfo(place->any ? NULL : place->host, place->port, &hints, &found) == 0 ? found : NULL;
}

enum err listen_check(const char *where, struct problem *p)
{
    struct place place;
    enum err e = read_place(where, &place, p);
    if (e || place.any)
        return e;
    struct addrinfo *found = look_up(&place, AF_UNSPEC);
    if (!found)
        return refuse(p, where);
    freeaddrinfo(found);
    return ERR_NONE;
}

enum err listen_open(const char *where, int *ret_fd, struct problem *p)
{
    struct place place;
    enum err e = read_place(where, &place, p);
    if (e != ERR_NONE)
        return e;
    int fd = -1, family = place.any ? AF_INET6 : AF_UNSPEC;
    bool resolved = false;
    // A machine without IPv6 has no "::"; the second round takes IPv4 alone.
    for (int round = 0; fd < 0 && round <= place.any; round++, family = AF_INET) {
        struct addrinfo *found = look_up(&place, family);
        if (!found)
            continue;
        resolved = true;
        for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
            fd = open_socket(at, place.any);
        int saved = errno;
        freeaddrinfo(found);
        errno = saved;
        if (fd < 0 && errno == EADDRINUSE)
            break;
    }
    if (fd < 0)
        return resolved ? cannot_listen(where, p) : refuse(p, where);
    *ret_fd = fd;
    return ERR_NONE;
}

static enum err check_inherited(int fd, struct problem *p)
{
    int listening = 0;
    socklen_t len = sizeof listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening)
        return problem_set(
            p, ERR_INVALID, "LISTEN_FDS",
            "Descriptor %d from the service manager is no listening socket; check ListenStream= "
            "in the socket unit.",
            fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return ERR_NONE;
}

enum err listen_inherit(int *fds, size_t room, size_t *ret_count, struct problem *p)
{
    const char *pid = getenv("LISTEN_PID"), *given = getenv("LISTEN_FDS");
    size_t count = pid && given && strtol(pid, NULL, 10) == getpid() ? strtoul(given, NULL, 10) : 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count > room)
        return problem_set(
            p, ERR_INVALID, "LISTEN_FDS",
            "The service manager hands over %zu sockets, and %zu is the most that can be used.", count, room);
    for (size_t i = 0; i < count; i++) {
        fds[i] = FIRST_INHERITED + (int)i;
        enum err e = check_inherited(fds[i], p);
        if (e != ERR_NONE)
            return e;
    }
    *ret_count = count;
    return ERR_NONE;
}

char *listen_address(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?", *text = NULL;
    if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    bool v6 = address.ss_family == AF_INET6;
    return asprintf(&text, "http://%s%s%s:%s/", v6 ? "[" : "", host, v6 ? "]" : "", port) < 0 ? NULL : text;
}
