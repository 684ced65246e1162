// Accounts from the command line: for who looks after the machine, and for a desk that nobody gets into any
// more.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/characters.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "content/staff/account.h"
#include "content/staff/password.h"
#include "content/staff/session.h"
#include "content/staff/totp.h"
#include "content/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/say.h"

static const struct actor actor = {.name = "stele user"};

static void close_store(struct store **store)
{
    store_close(*store);
}
#define cleanup_store CLEANUP(close_store)

// --- the password: one line of standard input, or asked for twice without echo where that is a terminal

static enum err read_line(struct buf *out, struct problem *p)
{
    char byte;
    ssize_t got;
    while ((got = read(STDIN_FILENO, &byte, 1)) > 0 && byte != '\n')
        if (out->len < 4096)
            buf_append_char(out, byte);
    if (got < 0)
        return problem_errno(p, NULL, "the password cannot be read");
    if (got == 0 && out->len == 0)
        return problem_set(p, ERR_INVALID, NULL, "no password came on standard input: give it as one line");
    if (out->len && out->data[out->len - 1] == '\r')
        buf_truncate(out, out->len - 1);
    return ERR_NONE;
}

static enum err ask_silently(const char *question, struct buf *out, struct problem *p)
{
    struct termios shown, silent;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return problem_errno(p, NULL, "the terminal cannot be set to not show the password");
    silent = shown;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fputs(question, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    enum err e = read_line(out, p);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return e;
}

static enum err read_password(struct buf *out, struct problem *p)
{
    cleanup_buf struct buf second = BUF_INIT;
    if (!isatty(STDIN_FILENO))
        return read_line(out, p);
    enum err e = ask_silently("Password: ", out, p);
    if (!e)
        e = ask_silently("The same again: ", &second, p);
    if (!e && strcmp(out->data, second.data) != 0)
        e = problem_set(p, ERR_INVALID, NULL, "the two passwords are not the same");
    return e;
}

static enum err read_hash(const char *name, char hash[PASSWORD_HASH_SIZE], struct problem *p)
{
    cleanup_buf struct buf typed = BUF_INIT, password = BUF_INIT;
    enum err e = read_password(&typed, p);
    if (!e) // as the form of the sign-in will have it
        e = characters_clean(typed.data, typed.len, &password, p);
    if (!e)
        e = password_check(password.data, name, p);
    return e ? e : password_hash(password.data, hash, p);
}

// --- changing

struct change {
    const struct settings *settings;
    const char *name;
    char hash[PASSWORD_HASH_SIZE];
};

typedef enum err change_function(struct connection *writer, struct arena *a, const struct change *change,
                                 struct problem *p);

static enum err open_store(const struct settings *s, bool create, struct store **ret, struct problem *p)
{
    struct store_options options = {.folder = s->data, .create = create};
    return store_open(&options, ret, p);
}

static enum err run_change(struct store *store, change_function *function, const struct change *change,
                           struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *writer = NULL;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = function(writer, &a, change, p);
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

static enum err add(struct connection *writer, struct arena *a, const struct change *change,
                    struct problem *p)
{
    (void)a;
    struct account account = {.name = change->name, .may_publish = true, .language = "vi"};
    account.role = (enum role[]){ROLE_ADMIN, ROLE_EDITOR, ROLE_FIELD}[change->settings->role];
    enum err e = account_add(writer, &account, &actor, &account.id, p);
    return e ? e : account_set_password(writer, account.id, change->hash, NULL, &actor, p);
}

static enum err set_password(struct connection *writer, struct arena *a, const struct change *change,
                             struct problem *p)
{
    struct account account;
    enum err e = account_find(writer, a, change->name, &account, p);
    return e ? e : account_set_password(writer, account.id, change->hash, NULL, &actor, p);
}

static enum err disable(struct connection *writer, struct arena *a, const struct change *change,
                        struct problem *p)
{
    struct account account;
    enum err e = account_find(writer, a, change->name, &account, p);
    if (e)
        return e;
    if (!account.disabled_at)
        account.disabled_at = clock_now();
    return account_update(writer, &account, &actor, p);
}

// The sessions end too: a lost phone may hold one.
static enum err take_off_factor(struct connection *writer, struct arena *a, const struct change *change,
                                struct problem *p)
{
    struct account account;
    enum err e = account_find(writer, a, change->name, &account, p);
    if (!e)
        e = totp_turn_off(writer, account.id, &actor, p);
    return e ? e : session_end_all(writer, account.id, NULL, p);
}

static int change_account(const struct settings *s, const char *typed, change_function *function,
                          bool password, const char *done)
{
    cleanup_store struct store *store = NULL;
    cleanup_buf struct buf clean = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    if (characters_clean(typed, strlen(typed), &clean, &p))
        return say_failed(&p);
    const char *name = clean.data;
    struct change change = {.settings = s, .name = name};
    if (open_store(s, function == add, &store, &p) || (password && read_hash(name, change.hash, &p)) ||
        run_change(store, function, &change, &p))
        return say_failed(&p);
    if (!s->quiet)
        say("%s: %s", name, done);
    return STATUS_DONE;
}

int user_add_command(const struct settings *s, const char *const *arguments)
{
    return change_account(s, arguments[0], add, true, "the account is made");
}

int user_password_command(const struct settings *s, const char *const *arguments)
{
    return change_account(s, arguments[0], set_password, true,
                          "the password is set, all sessions of the account are ended");
}

int user_disable_command(const struct settings *s, const char *const *arguments)
{
    return change_account(s, arguments[0], disable, false, "may no longer sign in");
}

int user_second_factor_off_command(const struct settings *s, const char *const *arguments)
{
    return change_account(s, arguments[0], take_off_factor, false,
                          "the second factor is off, all sessions of the account are ended");
}

// --- listing

static const char *state_of(const struct account *account)
{
    if (account->disabled_at)
        return "disabled";
    return account->has_password ? "enabled" : "no-password";
}

int user_list_command(const struct settings *s, const char *const *arguments)
{
    (void)arguments;
    cleanup_store struct store *store = NULL;
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *reader = NULL;
    struct accounts accounts;
    struct problem p = PROBLEM_INIT;
    struct store_options options = {.folder = s->data, .read_only = true, .skip_check = true};
    if (store_open(&options, &store, &p) || store_reader(store, &reader, &p) ||
        account_list(reader, &a, &accounts, &p))
        return say_failed(&p);
    for (size_t i = 0; i < accounts.count; i++) {
        const struct account *account = &accounts.items[i];
        char seen[CLOCK_RFC3339_SIZE] = "-";
        if (account->last_seen_at)
            clock_rfc3339(account->last_seen_at, seen);
        printf("%s\t%s\t%s\t%s\t%s\n", role_name(account->role), state_of(account),
               account->has_totp ? "second-factor" : "-", seen, account->name);
    }
    return STATUS_DONE;
}
