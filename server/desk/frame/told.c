#include "server/desk/frame/told.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/setting.h"
#include "server/view/view.h"

// The languages that are set up, where there is a store to ask.
static bool is_language(struct screen *screen, const char *value)
{
    struct languages languages;
    return screen->db && setting_languages(screen->db, screen->arena, &languages, NULL) == ERR_NONE &&
           languages_has(&languages, value);
}

// "latitude" -> "vĩ độ", "vi" -> "tiếng Việt"; what is no such name stays.
static const char *value_words(struct screen *screen, const char *value)
{
    size_t len = strlen(value);
    if (!len || strspn(value, "abcdefghijklmnopqrstuvwxyz") != len)
        return value;
    const char *words = screen_words_if(screen, arena_printf(screen->arena, "problem.name.%s", value), NULL);
    if (!words && len <= FOLD_LANG_MAX && is_language(screen, value))
        words = screen_language(screen, value);
    return words ? words : value;
}

const char *told_named(struct screen *screen, const struct problem *problem)
{
    if (!problem->key[0])
        return NULL;
    json_t *values = json_object();
    for (int i = 0; i < PROBLEM_VALUES; i++) {
        char name[2] = {(char)('1' + i), '\0'};
        json_object_set_new(values, name, json_string(value_words(screen, problem->values[i])));
    }
    const char *key = arena_printf(screen->arena, "problem.%s", problem->key);
    const char *words = screen_words_if(screen, key, values);
    json_decref(values);
    return words;
}

const char *told_words(struct screen *screen, const struct problem *problem)
{
    const char *words = told_named(screen, problem);
    if (words)
        return words;
    char code[32];
    snprintf(code, sizeof code, "%s", err_name(problem->code));
    for (char *at = code; *at; at++)
        *at = *at == '-' ? '_' : *at;
    words = screen_words_if(screen, arena_printf(screen->arena, "problem.code.%s", code), NULL);
    return words ? words : screen_words(screen, VIEW_KEY("problem.code.invalid"), NULL);
}
