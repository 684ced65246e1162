#include "content/starter.h"

#include <stdio.h>

#include "content/setting.h"
#include "content/term.h"

static const char *const languages[] = {"vi", "en"};

struct row {
    const char *key;
    const char *vi;
    const char *en;
    const char *picture; // of assets/pictures, or NULL
};

static const struct row kinds[] = {
    {"communal-house", "Đình", "Communal house", "communal-house"},
    {"pagoda", "Chùa", "Pagoda", "pagoda"},
    {"khmer-pagoda", "Chùa Khmer", "Khmer pagoda", "khmer-pagoda"},
    {"temple", "Đền, miếu, hội quán", "Temple, shrine or assembly hall", "temple"},
    {"old-house", "Nhà cổ", "Old house", "old-house"},
    {"tomb", "Lăng mộ, khu tưởng niệm", "Tomb or memorial", "tomb"},
    {"prison", "Nhà tù", "Prison", "prison"},
    {"revolutionary-base", "Cơ sở, căn cứ cách mạng", "Revolutionary base", "revolutionary-base"},
    {"battlefield", "Địa điểm chiến thắng, chiến trường", "Battlefield", "battlefield"},
    {"archaeological-site", "Địa điểm khảo cổ", "Archaeological site", "archaeological-site"},
    {"market-hall", "Nhà lồng chợ", "Market hall", "market-hall"},
    {"tree", "Cây cổ thụ", "Old tree", "tree"},
    {"other", "Di tích khác", "Other site", "site"},
};

// The four types of the law on cultural heritage.
static const struct row categories[] = {
    {"history", "Di tích lịch sử", "Historical site", NULL},
    {"architecture-art", "Di tích kiến trúc nghệ thuật", "Architecture and art", NULL},
    {"archaeology", "Di tích khảo cổ", "Archaeology", NULL},
    {"landscape", "Danh lam thắng cảnh", "Landscape", NULL},
};

// The three ranks of the law on cultural heritage; provinces and cities give the same one.
static const struct row ranks[] = {
    {"special-national", "Di tích quốc gia đặc biệt", "Special national site", NULL},
    {"national", "Di tích cấp quốc gia", "National site", NULL},
    {"city", "Di tích cấp tỉnh, thành phố", "Provincial or city site", NULL},
};

static const struct {
    const char *scheme;
    const struct row *rows;
    size_t count;
} vocabularies[] = {
    {"kind", kinds, sizeof kinds / sizeof kinds[0]},
    {"category", categories, sizeof categories / sizeof categories[0]},
    {"rank", ranks, sizeof ranks / sizeof ranks[0]},
};

static enum err add_row(struct connection *writer, const char *scheme, const struct row *row, int position,
                        struct problem *p)
{
    char labels[256]; // no word above needs escaping in JSON
    snprintf(labels, sizeof labels, "{\"vi\":\"%s\",\"en\":\"%s\"}", row->vi, row->en);
    int64_t id;
    struct term term = {.key = row->key, .labels = labels, .picture = row->picture};
    return term_save(writer, scheme, &term, position, &id, p);
}

enum err starter_fill(struct connection *writer, struct problem *p)
{
    struct languages list = {.tags = (const char **)languages,
                             .count = sizeof languages / sizeof languages[0]};
    enum err e = setting_set_languages(writer, &list, p);
    for (size_t i = 0; i < sizeof vocabularies / sizeof vocabularies[0]; i++)
        for (size_t j = 0; j < vocabularies[i].count && !e; j++)
            e = add_row(writer, vocabularies[i].scheme, &vocabularies[i].rows[j], (int)j, p);
    return e;
}
