// Proving who one is: name, password and, where it is on, the second factor; throttled, and without telling
// which of them was wrong. For rows with ROUTE_WORKER: Argon2 takes a tenth of a second.
#pragma once

#include <stdint.h>

#include "content/staff/account.h"
#include "server/desk/frame/frame.h"

enum credentials_verdict {
    CREDENTIALS_GOOD,
    CREDENTIALS_WRONG,          // name, password, or both; or the account is disabled
    CREDENTIALS_WRONG_CODE,     // the first step was good
    CREDENTIALS_WRONG_RECOVERY, // the same, with a recovery code
    CREDENTIALS_NEED_CODE,      // the second factor is still to be asked for: `ticket` goes into the form
    CREDENTIALS_WAIT,           // too many failures: `wait` seconds
    CREDENTIALS_OVER,           // the ticket is too old or not of this browser: begin again
};

struct credentials {
    const char *name, *password; // the first step, or
    const char *ticket;          // the second
    const char *code;            // of the second factor, may come with either; "" or NULL: not given
};

struct credentials_result {
    enum credentials_verdict verdict;
    struct account account; // GOOD
    const char *ticket; // NEED_CODE, WRONG_CODE: says for five minutes that this browser knew the password
    int64_t wait;       // WAIT: seconds
};

// Checks, and remembers failures. ERR_… only when the store or memory fails.
enum err credentials_check(const struct http_request *req, const struct credentials *given,
                           struct credentials_result *ret, struct problem *p);

// Whether the password is that of who is signed in: before the password or the second factor is changed.
enum err credentials_confirm(const struct http_request *req, const char *password,
                             struct credentials_result *ret, struct problem *p);

// Signs in: a new session (the one that the browser had is ended), its cookie, an audit row; and words for
// the next page when somebody else took off the account's second factor since. *ret_csrf may be NULL; else it
// gets the new session's token for forms, in the arena.
enum err credentials_sign_in(const struct http_request *req, struct http_response *res,
                             const struct account *account, const char **ret_csrf, struct problem *p);
