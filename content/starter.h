// What a new collection begins with, so that its first site can be written at once: both languages that the
// pages speak, and the vocabularies that every province has. All of it can be changed at the desk.
#pragma once

#include "common/err.h"

struct connection;

// Fills a store in which nothing was set up yet, in the writer's transaction.
enum err starter_fill(struct connection *writer, struct problem *p);
