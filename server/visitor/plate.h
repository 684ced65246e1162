// `/{code}`: the page of a plate, in one request. Whatever people type is read (content/code/code.h). A plate
// answers with the page of its site or tour; a retired one with 410 and the way on; a code that is mistyped,
// unknown or not open yet with 404 and help.
#pragma once

#include "content/code/code.h"
#include "server/http/route.h"

// As code_read, for what people type into the address or the search: a text with a wrong check symbol and
// without a digit is taken for a word (CODE_READ_NOT_CODE), as 19 codes in 20 have one and words do not.
enum code_read plate_read_code(const char *typed, char ret_code[CODE_SIZE]);

route_handler plate_answer;

// Counts the scan: every answer about an existing plate that carried a page, from the page cache too.
route_observer plate_seen;
