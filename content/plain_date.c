#include "content/plain_date.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/number.h"

static bool digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

const char *plain_date_show(struct arena *a, const char *edtf)
{
    size_t len = edtf ? strlen(edtf) : 0;
    bool month = len >= 7 && digits(edtf, 4) && edtf[0] != '0' && edtf[4] == '-' && digits(edtf + 5, 2) &&
                 (edtf[5] == '0' || (edtf[5] == '1' && edtf[6] <= '2')); // 21 to 24 are seasons
    if (month && len == 10 && edtf[7] == '-' && digits(edtf + 8, 2))
        return arena_printf(a, "%.2s/%.2s/%.4s", edtf + 8, edtf + 5, edtf);
    if (month && len == 7)
        return arena_printf(a, "%.2s/%.4s", edtf + 5, edtf);
    return arena_strdup(a, edtf ? edtf : "");
}

// "21/6/1993" and "6/1993": up to three numbers between one kind of mark, the year of four digits last.
static const char *read_numbers(struct arena *a, const char *text)
{
    int64_t before[2] = {0}, number;
    char mark = '\0';
    for (size_t i = 0; i < 3; i++) {
        text += strspn(text, " ");
        if (!number_take(&text, 1, 4, &number))
            return NULL;
        if (number >= 1000 && i > 0 && !*text)
            return i == 1 ? arena_printf(a, "%04d-%02d", (int)number, (int)before[0])
                          : arena_printf(a, "%04d-%02d-%02d", (int)number, (int)before[1], (int)before[0]);
        if (number >= 100 || i == 2 || !*text || !strchr("/.-", *text) || (mark && *text != mark))
            return NULL;
        mark = *text++;
        before[i] = number;
    }
    return NULL;
}

// The text behind one of the words, NULL when it begins with none of them.
static const char *behind(const char *text, const char *const *words)
{
    for (; *words; words++) {
        size_t len = strlen(*words);
        if (strncasecmp(text, *words, len) == 0)
            return text + len + strspn(text + len, " ");
    }
    return NULL;
}

// "1878–1886", "1878 - 1886": years alone.
static const char *read_years(struct arena *a, const char *text)
{
    static const char *const dashes[] = {"–", "—", "-", "đến ", "to ", NULL};
    if (strlen(text) < 9 || !digits(text, 4))
        return NULL;
    const char *until = behind(text + 4 + strspn(text + 4, " "), dashes);
    if (!until || strlen(until) != 4 || !digits(until, 4))
        return NULL;
    return arena_printf(a, "%.4s/%s", text, until);
}

const char *plain_date_read(struct arena *a, const char *text)
{
    static const char *const about[] = {"khoảng năm ", "khoảng ", "Khoảng ", "about ", "circa ", "c. ", NULL};
    static const char *const year[] = {"năm ", "year ", NULL};
    const char *rest = behind(text, about);
    if (rest && strlen(rest) == 4 && digits(rest, 4))
        return arena_printf(a, "%s~", rest);
    rest = behind(text, year);
    text = rest ? rest : text;
    const char *read = read_numbers(a, text);
    if (!read)
        read = read_years(a, text);
    return read ? read : arena_strdup(a, text);
}
