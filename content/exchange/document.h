// Private to content/exchange: JSON as a bundle has it. Reading remembers the text, so that a problem with a
// member can be given its line; writing always gives the same bytes for the same value.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

struct document {
    json_t *json; // an object
    struct buf text;
};

#define DOCUMENT_INIT ((struct document){.text = BUF_INIT})
void document_clear(struct document *document);
#define cleanup_document CLEANUP(document_clear)

// Takes `text` (UTF-8, with or without byte order mark; brought to Form C) apart. ERR_INVALID with line and
// column for what is no JSON object, for a member that occurs twice, for nesting deeper than 2,048
// (jansson's limit). *ret is released first.
enum err document_parse(const char *text, size_t len, struct document *ret, struct problem *p);

// The line, from 1, on which the member `path` ("facts[2].label.vi") begins; that of the nearest member
// around it when it is not there.
unsigned long document_line(const struct document *document, const char *path);

// Appends the value with sorted members, an indent of 2, one entry a line, UTF-8 as it is, numbers as short
// as reading them back allows, and a line end. Failure is the buffer's.
void document_write(const json_t *value, struct buf *out);
