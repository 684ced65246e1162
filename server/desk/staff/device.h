// What kind of machine a session is on, so that its owner knows it again: "Firefox, Windows".
#pragma once

#define DEVICE_SIZE 48

// From a User-Agent header (may be NULL). "?" where nothing is known. Pure.
void device_words(const char *user_agent, char ret[DEVICE_SIZE]);
