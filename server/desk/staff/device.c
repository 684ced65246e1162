#include "server/desk/staff/device.h"

#include <stdio.h>
#include <string.h>

struct sign {
    const char *token; // in the header
    const char *name;
};

// The first that is found counts: most browsers also name those that they descend from.
static const struct sign browsers[] = {
    {"Edg", "Edge"},      {"OPR/", "Opera"},      {"coc_coc", "Cốc Cốc"}, {"SamsungBrowser", "Samsung"},
    {"Zalo", "Zalo"},     {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},   {"CriOS", "Chrome"},
    {"Chrome", "Chrome"}, {"Safari", "Safari"},   {"curl", "curl"},
};
static const struct sign systems[] = {
    {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},   {"Windows", "Windows"},
    {"CrOS", "ChromeOS"},   {"Mac OS", "macOS"},  {"Linux", "Linux"},
};

static const char *find(const struct sign *signs, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, signs[i].token))
            return signs[i].name;
    return NULL;
}

void device_words(const char *user_agent, char ret[DEVICE_SIZE])
{
    const char *text = user_agent ? user_agent : "";
    const char *browser = find(browsers, sizeof browsers / sizeof browsers[0], text);
    const char *system = find(systems, sizeof systems / sizeof systems[0], text);
    snprintf(ret, DEVICE_SIZE, "%s%s%s",
             browser  ? browser
             : system ? ""
                      : "?",
             browser && system ? ", " : "", system ? system : "");
}
