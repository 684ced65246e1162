#include "server/desk/frame/told.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "server/view/view.h"

// "latitude" -> "vĩ độ"; what is no such name stays.
static const char *value_words(struct screen *screen, const char *value)
{
    size_t len = strlen(value);
    if (!len || strspn(value, "abcdefghijklmnopqrstuvwxyz") != len)
        return value;
    const char *words = screen_words_if(screen, arena_printf(screen->arena, "problem.name.%s", value), NULL);
    return words ? words : value;
}

const char *told_named(struct screen *screen, const struct problem *problem)
{
    if (!problem->key[0])
        return NULL;
    json_t *values = json_object();
    for (int i = 0; i < PROBLEM_VALUES; i++) {
        char name[2] = {(char)('1' + i), '\0'}, language[sizeof "language_1"];
        const char *value = problem->values[i];
        snprintf(language, sizeof language, "language_%s", name);
        json_object_set_new(values, name, json_string(value_words(screen, value)));
        json_object_set_new(values, language,
                            json_string(fold_is_lang(value) ? screen_language(screen, value) : value));
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
