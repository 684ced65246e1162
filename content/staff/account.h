// Accounts: the people who keep the entries, with a role and, where wanted, areas that they are limited to.
//
// Reading takes any connection of the store, changing takes the writer's inside the caller's transaction
// (content/store/store.h). Strings live in the arena given at loading. Thread-safe as connections are.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

enum role {
    ROLE_FIELD,  // plates only
    ROLE_EDITOR, // writes; publishes where `may_publish`
    ROLE_ADMIN,  // everything
    ROLE_COUNT,
};
const char *role_name(enum role role); // "field", "editor", "admin"
bool role_from(const char *name, enum role *ret);

struct account {
    int64_t id;
    const char *name; // 2 to 64 characters, shown as given; compared folded (common/fold.h)
    enum role role;
    bool may_publish;
    const char *language; // of the desk
    bool has_password;    // false until a one-time link was used
    bool has_totp;
    int64_t created_at, disabled_at; // disabled_at 0: may sign in
    int64_t last_seen_at;            // newest of the sessions; 0 none
};

struct accounts {
    struct account *items;
    size_t count;
};

bool account_may_publish(const struct account *account); // admins, and editors who may

// ERR_NOT_FOUND when there is none.
enum err account_load(struct connection *c, struct arena *a, int64_t id, struct account *ret,
                      struct problem *p);
enum err account_find(struct connection *c, struct arena *a, const char *name, struct account *ret,
                      struct problem *p);
enum err account_list(struct connection *c, struct arena *a, struct accounts *ret,
                      struct problem *p); // by name

// How many enabled admins there are; 0 means that the first one is still to be made.
enum err account_count_admins(struct connection *c, int64_t *ret, struct problem *p);

// Makes an account without a password. ERR_INVALID for a bad name or role, ERR_EXISTS when a name that folds
// alike is taken. Uses name, role, may_publish and language of *account.
enum err account_add(struct connection *writer, const struct account *account, const struct actor *actor,
                     int64_t *ret_id, struct problem *p);

// Saves name, role, may_publish and whether it is disabled: *account is to be loaded in the same transaction,
// else what was changed meanwhile is taken back. Disabling ends its sessions. ERR_DENIED when it would leave
// no enabled admin.
enum err account_update(struct connection *writer, const struct account *account, const struct actor *actor,
                        struct problem *p);

// What the desk speaks to the account, and nothing else of it.
enum err account_set_language(struct connection *writer, int64_t id, const char *language,
                              const struct actor *actor, struct problem *p);

// `hash` from password_hash. Ends all sessions of the account but `keep_session` (32 bytes, or NULL for
// none).
enum err account_set_password(struct connection *writer, int64_t id, const char *hash,
                              const void *keep_session, const struct actor *actor, struct problem *p);
// The stored hash, or NULL in *ret when the account has none yet.
enum err account_password_hash(struct connection *c, struct arena *a, int64_t id, char **ret,
                               struct problem *p);

// The areas an account is limited to, as term keys; none means no limit. account_set_areas replaces them.
enum err account_areas(struct connection *c, struct arena *a, int64_t id, const char ***ret_keys,
                       size_t *ret_count, struct problem *p);
enum err account_set_areas(struct connection *writer, int64_t id, const char *const *keys, size_t count,
                           const struct actor *actor, struct problem *p);

// True when the account may work on what lies in `area` (term key, NULL: no area): it has no limit, or the
// area is one of its own or lies inside one.
enum err account_may_work_in(struct connection *c, int64_t id, const char *area, bool *ret,
                             struct problem *p);
