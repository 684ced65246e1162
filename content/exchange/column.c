#include "content/exchange/column.h"

#include <string.h>

#include "common/buf.h"
#include "common/fold.h"

#define MAPPING_FLAG "--map"

static const struct csv_wanted base[COLUMN_COUNT] = {
    [COLUMN_KEY] = {"key",
                    "id|mã hồ sơ|mã di tích|mã số|mã|nummer|objektnummer|objekt id|number|nr|gid|fid|@id"},
    [COLUMN_SLUG] = {"slug", "địa chỉ trang"},
    [COLUMN_STATE] = {"state", "trạng thái"},
    [COLUMN_KIND] = {"kind",
                     "loại hình di tích|loại di tích|loại hình|loại|kiểu|type|art|typ|objektart|gattung"},
    [COLUMN_CATEGORY] = {"category", "phân loại|loại hình theo luật|kategorie"},
    [COLUMN_RANK] = {"rank", "xếp hạng|cấp xếp hạng|cấp di tích|cấp|ranking|schutzstatus|rang"},
    [COLUMN_AREA] = {"area",
                     "district|quận huyện|quận|huyện|khu vực|phường xã|phường|xã|ward|commune|landkreis|kreis"
                     "|bezirk|gebiet|region"},
    [COLUMN_PLACE] = {"place",
                      "ort|gemeinde|town|city|municipality|locality|thành phố|tỉnh thành|tỉnh|stadt"},
    [COLUMN_POSTCODE] = {"postcode", "postal code|zip code|zip|plz|postleitzahl|mã bưu chính|mã bưu điện"},
    [COLUMN_LAT] = {"lat", "latitude|vĩ độ|breitengrad|geographische breite|breite"},
    [COLUMN_LON] = {"lon", "lng|long|longitude|kinh độ|längengrad|geographische länge|länge"},
    [COLUMN_POSITION] = {"position", "tọa độ|toạ độ|coordinates|coords|coordinate|koordinaten|gps|wkt|geo"},
    [COLUMN_ACCURACY_M] = {"accuracy_m", "accuracy|độ chính xác|độ chính xác mét|genauigkeit"},
    [COLUMN_DECISION_NUMBER] = {"decision_number", "số quyết định|quyết định số|quyết định|decision"},
    [COLUMN_DECISION_DATE] = {"decision_date", "ngày quyết định|ngày xếp hạng|năm xếp hạng|listed"},
    [COLUMN_SOURCE] = {"source", "sources|nguồn|nguồn tư liệu|quelle|quellen"},
    [COLUMN_SOURCE_URL] = {"source_url",
                           "url nguồn|địa chỉ web của nguồn|nguồn url|liên kết|url|link|website|web"},
    [COLUMN_TITLE] =
        {"title", "tên di tích|tên địa chỉ đỏ|tên|tiêu đề|name|site name|bezeichnung|titel|denkmal|di tích"},
    [COLUMN_SUMMARY] = {"summary", "tóm tắt|giới thiệu|abstract|zusammenfassung|kurzbeschreibung"},
    [COLUMN_BODY] = {"body", "nội dung|nội dung bài viết|bài viết|text|inhalt"},
    [COLUMN_DESCRIPTION] = {"description", "mô tả|thông tin|beschreibung|erläuterung|desc"},
    [COLUMN_NAMES] = {"names",
                      "tên khác|tên gọi khác|other names|alternative names|aliases|alt name|andere namen"},
    [COLUMN_ADDRESS] = {"address", "địa chỉ|địa điểm|vị trí|street address|street|adresse|anschrift|straße"},
    [COLUMN_HOURS] = {"hours", "giờ mở cửa|opening hours|öffnungszeiten"},
    [COLUMN_AUTHORITY] =
        {"decision_authority",
         "cơ quan ban hành|cơ quan ban hành quyết định|cơ quan quyết định|authority|behörde"},
};

// The same names with the language behind them: "title_en", "tên di tích en". (Names are compared folded, so
// it does not matter what stands between.)
static bool with_language(struct arena *a, const struct csv_wanted *from, const char *lang,
                          struct csv_wanted *ret)
{
    cleanup_buf struct buf aliases = BUF_INIT;
    for (const char *at = from->aliases; at && *at;) {
        size_t len = strcspn(at, "|");
        buf_printf(&aliases, "%s%.*s_%s", aliases.len ? "|" : "", (int)len, at, lang);
        at += len + (at[len] == '|');
    }
    *ret =
        (struct csv_wanted){arena_printf(a, "%s_%s", from->name, lang), arena_strdup(a, aliases.data), false};
    return ret->name && ret->aliases && !aliases.failed;
}

enum err column_list(struct arena *a, const struct languages *languages, const char *lang,
                     struct columns *ret, struct problem *p)
{
    struct columns made = {.count = COLUMN_COUNT + languages->count * COLUMN_IN_LANGUAGE,
                           .languages = languages};
    made.wanted = arena_array(a, made.count, sizeof *made.wanted);
    made.at = arena_array(a, made.count, sizeof *made.at);
    bool good = made.wanted && made.at;
    if (good)
        memcpy(made.wanted, base, sizeof base);
    for (size_t i = 0; good && i < languages->count; i++) {
        if (strcmp(languages->tags[i], lang) == 0)
            made.lang = i;
        for (size_t k = 0; good && k < COLUMN_IN_LANGUAGE; k++)
            good = with_language(a, &base[COLUMN_FIRST_IN_LANGUAGE + k], languages->tags[i],
                                 &made.wanted[COLUMN_COUNT + i * COLUMN_IN_LANGUAGE + k]);
    }
    if (!good)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = made;
    return ERR_NONE;
}

size_t column_index(const struct columns *columns, enum column column, size_t lang)
{
    (void)columns;
    if (column < COLUMN_FIRST_IN_LANGUAGE)
        return column;
    return COLUMN_COUNT + lang * COLUMN_IN_LANGUAGE + (column - COLUMN_FIRST_IN_LANGUAGE);
}

const char *column_field(const struct columns *columns, const struct csv_row *row, enum column column,
                         size_t lang)
{
    const char *field = csv_field(row, columns->at[column_index(columns, column, lang)]);
    if (!field[0] && lang == columns->lang)
        field = csv_field(row, columns->at[column]);
    return field;
}

static bool has(const struct columns *columns, enum column column, size_t lang)
{
    return columns->at[column_index(columns, column, lang)] >= 0 ||
           (lang == columns->lang && columns->at[column] >= 0);
}

// The language behind a name as "title_en", in the arena; NULL where there is none.
static const char *language_of(struct arena *a, const char *name, size_t len)
{
    for (size_t k = COLUMN_FIRST_IN_LANGUAGE; k < COLUMN_COUNT; k++) {
        size_t own = strlen(base[k].name);
        if (len > own + 1 && strncmp(name, base[k].name, own) == 0 && name[own] == '_') {
            const char *lang = arena_strndup(a, name + own + 1, len - own - 1);
            return lang && fold_is_lang(lang) ? lang : NULL;
        }
    }
    return NULL;
}

// Which languages there are is not known here: each that the mapping names may be one.
enum err column_check_mapping(const char *mapping, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *tags[LANGUAGES_MAX] = {"vi"};
    struct languages languages = {.tags = tags, .count = 1};
    for (const char *at = mapping; *at && languages.count < LANGUAGES_MAX; at += *at == ',') {
        at += strspn(at, " ");
        const char *lang = language_of(&a, at, strcspn(at, " =,"));
        if (lang && !languages_has(&languages, lang))
            tags[languages.count++] = lang;
        at += strcspn(at, ",");
    }
    struct columns columns;
    enum err e = column_list(&a, &languages, tags[0], &columns, p);
    return e ? e
             : csv_check_mapping(columns.wanted, columns.count, &(struct csv_mapping){MAPPING_FLAG, mapping},
                                 p);
}

enum err column_match(struct columns *columns, const struct csv_table *table, const char *mapping,
                      struct problem *p)
{
    enum err e = csv_match(table, columns->wanted, columns->count,
                           &(struct csv_mapping){MAPPING_FLAG, mapping}, columns->at, p);
    if (e)
        return e;
    if (!has(columns, COLUMN_TITLE, columns->lang)) {
        cleanup_buf struct buf names = BUF_INIT;
        for (size_t i = 0; i < csv_column_count(table); i++)
            buf_printf(&names, "%s\"%s\"", i ? ", " : "", csv_column_name(table, i));
        return problem_set(p, ERR_INVALID, "title",
                           MESSAGE("column.no_title") "no column holds the title; name it with --map "
                                                      "title=COLUMN. The columns are %s",
                           names.data);
    }
    if ((columns->at[COLUMN_LAT] < 0) != (columns->at[COLUMN_LON] < 0))
        return problem_set(p, ERR_INVALID, columns->at[COLUMN_LAT] < 0 ? "lat" : "lon",
                           MESSAGE("column.half_position") "there is a column for the %s, but none for the "
                                                           "%s: name it with --map %s=COLUMN",
                           columns->at[COLUMN_LAT] < 0 ? "longitude" : "latitude",
                           columns->at[COLUMN_LAT] < 0 ? "latitude" : "longitude",
                           columns->at[COLUMN_LAT] < 0 ? "lat" : "lon");
    return ERR_NONE;
}
