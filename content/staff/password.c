#include "content/staff/password.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/fold.h"

// Above the least that OWASP names (19 MiB, t = 2); a cheap machine still does it in a tenth of a second.
static const size_t memory_bytes = 64u * 1024 * 1024;
static const unsigned long long passes = 2;

static sem_t places;
static pthread_once_t places_once = PTHREAD_ONCE_INIT;

static void make_places(void)
{
    sem_init(&places, 0, 2);
}

static void take_place(void)
{
    pthread_once(&places_once, make_places);
    while (sem_wait(&places) != 0) {
        // interrupted by a signal
    }
}

// What everybody tries first; folded. Short ones need no row: PASSWORD_MIN refuses them.
static const char *const common_ones[] = {
    "1234567890",  "12345678910",    "0123456789",   "0987654321",   "9876543210",       "1111111111",
    "0000000000",  "qwertyuiop",     "password123",  "password1234", "passwordpassword", "matkhau123",
    "matkhau1234", "matkhaumatkhau", "iloveyou123",  "anhyeuem123",  "vietnam123",       "vietnam2023",
    "cantho2023",  "administrator",  "abcdefghij",   "abcd123456",   "a123456789",       "quantri123",
    "1q2w3e4r5t",  "qwerty12345",    "asdfghjkl123", "stelestele",
};

static bool is_one_symbol(const char *text)
{
    return strspn(text, (const char[]){text[0], '\0'}) == strlen(text);
}

enum err password_check(const char *password, const char *account_name, struct problem *p)
{
    size_t len = strlen(password);
    cleanup_buf struct buf folded = BUF_INIT, name = BUF_INIT;
    if (len > PASSWORD_MAX || !fold_utf8_valid(password, len))
        return problem_set(p, ERR_INVALID, "password", "the password must be text of at most %d bytes",
                           PASSWORD_MAX);
    if (fold_utf8_count(password, len) < PASSWORD_MIN)
        return problem_set(p, ERR_INVALID, "password", "the password needs at least %d characters",
                           PASSWORD_MIN);
    fold_search(password, len, &folded, NULL);
    fold_search(account_name, strlen(account_name), &name, NULL);
    bool known = is_one_symbol(password) || (folded.len && strcmp(folded.data, name.data) == 0);
    for (size_t i = 0; i < sizeof common_ones / sizeof common_ones[0]; i++)
        known = known || strcasecmp(folded.data, common_ones[i]) == 0;
    if (known)
        return problem_set(p, ERR_INVALID, "password", "that password is among the first that anybody tries");
    return ERR_NONE;
}

enum err password_hash(const char *password, char ret_hash[PASSWORD_HASH_SIZE], struct problem *p)
{
    char hash[PASSWORD_HASH_SIZE];
    take_place();
    int rc = crypto_pwhash_str_alg(hash, password, strlen(password), passes, memory_bytes,
                                   crypto_pwhash_ALG_ARGON2ID13);
    sem_post(&places);
    if (rc != 0)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    memcpy(ret_hash, hash, sizeof hash);
    return ERR_NONE;
}

// The hash of nothing that anybody knows, made once with the same cost.
static char nobodys[PASSWORD_HASH_SIZE];

static void make_nobodys(void)
{
    char secret[33];
    randombytes_buf(secret, sizeof secret - 1);
    for (size_t i = 0; i < sizeof secret - 1; i++)
        secret[i] = (char)('a' + (secret[i] & 15));
    secret[sizeof secret - 1] = '\0';
    password_hash(secret, nobodys, NULL);
}

bool password_verify(const char *password, const char *hash)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (strlen(password) > PASSWORD_MAX)
        return false;
    pthread_once(&once, make_nobodys);
    take_place();
    int rc = crypto_pwhash_str_verify(hash ? hash : nobodys, password, strlen(password));
    sem_post(&places);
    return rc == 0 && hash;
}
