// Private to content/store: what statements may call beside SQLite's own functions.
//
// folded_holds(text, words): 1 when the folded text (common/fold.h) holds the folded words one after the
// other, beginning where a word begins; 0 otherwise and for NULL.
#pragma once

struct sqlite3;

int functions_register(struct sqlite3 *db); // an SQLite result code
