#include "qrgen/parcel/read_me.h"

#include <stdio.h>
#include <string.h>

#include "qrgen/symbol/matrix.h"

// When a line stands in the text.
enum condition {
    ALWAYS,
    HAS_NAME,
    HAS_MATERIAL,
    HAS_PDF,
    HAS_MARKS,
    HAS_PNG,
    HAS_SVG,
    HAS_SHEETS,
    HAS_PROOF,
    CONDITIONS
};

struct line {
    enum condition when;
    const char *text[2]; // by enum read_me_language; {name} stands for a figure
};

static const struct line lines[] = {
    {ALWAYS, {"BẢNG MÃ QR: HƯỚNG DẪN CHO NHÀ IN", "QR PLATES: FOR THE PRINT SHOP"}},
    {HAS_NAME, {"{name}", "{name}"}},
    {ALWAYS, {"", ""}},
    {ALWAYS,
     {"Xin đọc trước khi in. Mỗi bảng mang một mã QR riêng và sẽ ở ngoài trời nhiều năm. Chỉ cần in\n"
      "sai tỉ lệ, hoặc mất lề trắng quanh mã, là điện thoại không quét được.",
      "Please read before printing. Every plate carries a QR symbol of its own and will stay outdoors\n"
      "for years. A wrong scale, or a lost white margin, is enough for phones not to read it."}},
    {ALWAYS, {"", ""}},
    {ALWAYS, {"ĐỢT IN NÀY", "THIS BATCH"}},
    {ALWAYS,
     {"  Số lượng:           {plates} bảng, tổng cộng {copies} bản in",
      "  Quantity:           {plates}, {copies} in all"}},
    {ALWAYS,
     {"  Khổ thành phẩm:     {plate} mm (rộng × cao)", "  Trimmed size:       {plate} mm (width × height)"}},
    {ALWAYS,
     {"  Cạnh mã QR:         {symbol} mm, không kể lề trắng",
      "  Side of the symbol: {symbol} mm, without its white margin"}},
    {ALWAYS, {"  Mỗi ô vuông:        {module} mm", "  One module:         {module} mm"}},
    {ALWAYS, {"  Quét được từ xa:    đến {distance} m", "  Reads from up to:   {distance} m"}},
    {ALWAYS,
     {"  Địa chỉ trong mã:   {url}/ và tám ký tự của bảng",
      "  Address in it:      {url}/ and the plate's eight symbols"}},
    {HAS_MATERIAL, {"  Vật liệu:           {material}", "  Material:           {material}"}},
    {ALWAYS, {"", ""}},
    {ALWAYS, {"CÁC TỆP", "THE FILES"}},
    {HAS_PDF,
     {"  pdf/           Tệp để in, mỗi bảng một tệp: vector, chữ đã chuyển thành nét, chỉ có mực đen K,\n"
      "                 khung cắt (TrimBox) đúng khổ thành phẩm, khung tràn lề (BleedBox) đã đặt sẵn.",
      "  pdf/           For the press, one file a plate: vector, type as outlines, black ink (K) alone,\n"
      "                 TrimBox at the trimmed size, BleedBox set."}},
    {HAS_MARKS,
     {"                 Có dấu cắt ở bốn góc, ngoài phần tràn lề.",
      "                 Crop marks stand at the corners, outside the bleed."}},
    {HAS_PNG,
     {"  png/           Ảnh điểm {dpi} dpi, đúng khổ thành phẩm, mỗi ô vuông trọn số điểm ảnh. Không đổi\n"
      "                 độ phân giải, không nén lại thành JPEG.",
      "  png/           Bitmaps at {dpi} dpi in the exact size, whole pixels a module. Do not resample, do\n"
      "                 not save as JPEG."}},
    {HAS_SVG,
     {"  svg/           Vector theo hệ màu RGB, để xem và để khắc hoặc cắt. Không dùng cho in bốn màu: màu\n"
      "                 đen sẽ bị pha từ bốn mực.",
      "  svg/           Vector in RGB, to look at, to engrave or to cut. Not for four-colour printing: its\n"
      "                 black would be mixed from four inks."}},
    {HAS_SHEETS,
     {"  {sheetfile} Các bảng đã dàn trên giấy {paper} mm: {sheets} tờ, đủ số bản của từng bảng, có vạch "
      "cắt\n"
      "                 ở khe và lề.",
      "  {sheetfile} The plates laid out on paper of {paper} mm: {sheets}, each plate as often as ordered,\n"
      "                 with lines to cut along in gutters and margins."}},
    {HAS_PROOF,
     {"  {prooffile} Tờ soát: mọi bảng thu nhỏ, kèm mã, tên di tích và địa chỉ; cuối trang có thước\n"
      "                 100 mm. Không dùng để in thành phẩm.",
      "  {prooffile} Every plate small, with its code, site and address, and a ruler of 100 mm on each\n"
      "                 page. Not for production."}},
    {ALWAYS,
     {"  manifest.csv   Danh sách bảng: mã, số bản, kích thước, tên tệp. Mở được bằng Excel.\n"
      "  manifest.json  Như trên, kèm SHA-256 của mọi tệp, cho phần mềm.",
      "  manifest.csv   The list of plates: code, copies, sizes, file names; opens in a spreadsheet.\n"
      "  manifest.json  The same with the SHA-256 of every file, for programs."}},
    {ALWAYS, {"", ""}},
    {ALWAYS, {"KHI IN", "PRINTING"}},
    {ALWAYS,
     {"  1. Tỉ lệ 100 %. Tắt “Vừa trang giấy”, “Fit to page”, “Shrink to fit” và mọi tùy chọn co giãn.",
      "  1. Scale 100 %. Switch off “Fit to page”, “Shrink to fit” and everything of that kind."}},
    {ALWAYS,
     {"  2. Giữ nguyên lề trắng quanh mã QR: mỗi phía ít nhất {quiet} mm (4 ô vuông). Không để chữ,\n"
      "     khung, lỗ vít, nẹp hay nền màu lấn vào.",
      "  2. Keep the white margin around the symbol: at least {quiet} mm (4 modules) on each side. No\n"
      "     words, frames, screw holes, mouldings or tints in it."}},
    {ALWAYS,
     {"  3. Đen trên nền trắng, tương phản cao. Không đảo màu, không đổi màu, không in chìm, không in thẳng\n"
      "     lên kim loại bóng hay nền trong.",
      "  3. Black on white, in high contrast. Not inverted, not in another colour, not as a watermark, not\n"
      "     on bare polished metal or clear material."}},
    {ALWAYS,
     {"  4. Chỉ một mực đen K 100 %. Không chuyển sang đen bốn màu: chồng màu lệch một chút là cạnh ô\n"
      "     vuông nhòe.",
      "  4. Black ink (K) alone. Not rich black: the smallest misregister blurs the edges of the modules."}},
    {ALWAYS,
     {"  5. Bề mặt mờ. Không cán bóng, không phủ UV bóng: bảng lóa nắng thì không quét được.",
      "  5. A matt surface. No gloss laminate, no gloss varnish: a plate that glares does not scan."}},
    {ALWAYS,
     {"  6. Không vẽ lại, không bo góc ô vuông, không đặt logo lên mã QR.",
      "  6. Do not redraw the symbol, round its modules or put a logo on it."}},
    {ALWAYS, {"", ""}},
    {ALWAYS, {"KIỂM TRA BẢN ĐẦU TIÊN, TRƯỚC KHI IN TIẾP", "ON THE FIRST PIECE, BEFORE THE OTHERS"}},
    {ALWAYS,
     {"  1. Đo cạnh mã QR, từ mép ngoài ô đen bên trái đến mép ngoài ô đen bên phải: {symbol} mm, lệch\n"
      "     không quá 0,5 mm. Đo cả chiều cao.",
      "  1. Measure the symbol from the outer edge of its left modules to the outer edge of its right ones:\n"
      "     {symbol} mm, within 0.5 mm. Measure its height too."}},
    {HAS_PROOF,
     {"     Thước trong {proofname} phải dài đúng 100 mm.",
      "     The ruler in {proofname} must measure exactly 100 mm."}},
    {ALWAYS,
     {"  2. Quét bằng hai điện thoại khác nhau, một máy cũ và một máy mới, dùng camera có sẵn, đứng cách\n"
      "     {distance} m.",
      "  2. Scan it with two different phones, an old one and a new one, with their own camera, from\n"
      "     {distance} m."}},
    {ALWAYS,
     {"  3. Địa chỉ hiện trên máy phải trùng với cột “url” trong manifest.csv ở dòng của bảng đó.",
      "  3. The address on the phone must be the one in the column “url” of the plate's line in\n"
      "     manifest.csv."}},
    {ALWAYS,
     {"  4. Soi cạnh các ô vuông: sắc, thẳng, không nhòe, không lem.",
      "  4. Look at the edges of the modules: sharp, straight, no smear, no bleeding."}},
    {ALWAYS,
     {"  Có điều gì không đúng, xin dừng và báo cho bên đặt in.",
      "  If anything is not right, please stop and tell the customer."}},
    {ALWAYS, {"", ""}},
    {ALWAYS, {"IN LẠI", "REPRINTS"}},
    {ALWAYS,
     {"  Bảng hỏng thì in lại từ chính tệp của bảng đó. Mã không bao giờ đổi.",
      "  A damaged plate is printed again from its own file. Its code never changes."}},
};

// --- figures

#define VALUE_SIZE 640

enum figure {
    NAME,
    PLATES,
    COPIES,
    PLATE,
    SYMBOL,
    MODULE,
    DISTANCE,
    URL,
    MATERIAL,
    DPI,
    SHEETS,
    SHEET_FILE,
    PROOF_FILE,
    PROOF_NAME,
    PAPER,
    QUIET,
    FIGURES
};

static const char *const figure_names[FIGURES] = {
    [NAME] = "name",
    [PLATES] = "plates",
    [COPIES] = "copies",
    [PLATE] = "plate",
    [SYMBOL] = "symbol",
    [MODULE] = "module",
    [DISTANCE] = "distance",
    [URL] = "url",
    [MATERIAL] = "material",
    [DPI] = "dpi",
    [SHEETS] = "sheets",
    [SHEET_FILE] = "sheetfile",
    [PROOF_FILE] = "prooffile",
    [PROOF_NAME] = "proofname",
    [PAPER] = "paper",
    [QUIET] = "quiet",
};

// "67.1", or "67.1 – 71.2"; the Vietnamese write a comma.
static void write_range(enum read_me_language language, int digits, double low, double high, char *out,
                        size_t size)
{
    int len = snprintf(out, size, "%.*f", digits, low);
    char least[32];
    snprintf(least, sizeof least, "%s", out);
    snprintf(out + len, size - (size_t)len, " – %.*f", digits, high);
    if (strcmp(least, out + len + strlen(" – ")) == 0)
        out[len] = '\0';
    for (char *dot = out; language == READ_ME_VI && (dot = strchr(dot, '.'));)
        *dot = ',';
}

static void write_count(enum read_me_language language, size_t n, const char *one, const char *many,
                        char *out)
{
    if (language == READ_ME_VI)
        snprintf(out, VALUE_SIZE, "%zu", n);
    else
        snprintf(out, VALUE_SIZE, "%zu %s", n, n == 1 ? one : many);
}

static void write_figures(const struct read_me *r, enum read_me_language lang,
                          char values[FIGURES][VALUE_SIZE])
{
    const struct order *o = r->order;
    char width[64], height[64];
    snprintf(values[NAME], VALUE_SIZE, "%s", o->name);
    snprintf(values[URL], VALUE_SIZE, "%s", o->base_url);
    snprintf(values[MATERIAL], VALUE_SIZE, "%s", o->material);
    snprintf(values[DPI], VALUE_SIZE, "%u", o->dpi);
    write_count(lang, r->plates, "plate", "plates", values[PLATES]);
    write_count(lang, r->copies, "copy", "copies", values[COPIES]);
    write_count(lang, r->sheets, "sheet", "sheets", values[SHEETS]);
    write_range(lang, 1, r->plate_mm[0][0], r->plate_mm[1][0], width, sizeof width);
    write_range(lang, 1, r->plate_mm[0][1], r->plate_mm[1][1], height, sizeof height);
    snprintf(values[PLATE], VALUE_SIZE, "%s × %s", width, height);
    write_range(lang, 1, r->symbol_mm[0], r->symbol_mm[1], values[SYMBOL], VALUE_SIZE);
    write_range(lang, 3, r->module_mm[0], r->module_mm[1], values[MODULE], VALUE_SIZE);
    write_range(lang, 2, r->distance_m[0], r->distance_m[0], values[DISTANCE],
                VALUE_SIZE); // the nearest suits all
    write_range(lang, 1, MATRIX_QUIET * r->module_mm[0], MATRIX_QUIET * r->module_mm[1], values[QUIET],
                VALUE_SIZE);
    snprintf(values[PAPER], VALUE_SIZE, "%g × %g", o->sheets.width_mm, o->sheets.height_mm);
    snprintf(values[SHEET_FILE], VALUE_SIZE, "%-14s", r->sheet_file);
    snprintf(values[PROOF_FILE], VALUE_SIZE, "%-14s", r->proof_file);
    snprintf(values[PROOF_NAME], VALUE_SIZE, "%s", r->proof_file);
}

// --- writing

// Appends the text with its figures, its line ends as CR LF.
static void expand(const char *text, char values[FIGURES][VALUE_SIZE], struct buf *out)
{
    for (; *text; text++) {
        size_t figure = 0, len = strcspn(text + 1, "}");
        while (figure < FIGURES && (*text != '{' || strlen(figure_names[figure]) != len ||
                                    strncmp(text + 1, figure_names[figure], len) != 0))
            figure++;
        if (figure < FIGURES) {
            buf_append_str(out, values[figure]);
            text += len + 1;
        } else if (*text == '\n') {
            buf_append_str(out, "\r\n");
        } else {
            buf_append_char(out, *text);
        }
    }
    buf_append_str(out, "\r\n");
}

void read_me_write(const struct read_me *r, enum read_me_language language, struct buf *out)
{
    const struct order *o = r->order;
    const bool holds[CONDITIONS] = {
        [ALWAYS] = true,
        [HAS_NAME] = o->name[0],
        [HAS_MATERIAL] = o->material[0],
        [HAS_PDF] = o->kinds & 1u << ORDER_PDF,
        [HAS_MARKS] = o->crop_marks && o->kinds & 1u << ORDER_PDF,
        [HAS_PNG] = o->kinds & 1u << ORDER_PNG,
        [HAS_SVG] = o->kinds & 1u << ORDER_SVG,
        [HAS_SHEETS] = r->sheets > 0,
        [HAS_PROOF] = o->proof,
    };
    char values[FIGURES][VALUE_SIZE];
    write_figures(r, language, values);
    buf_append_str(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (holds[lines[i].when])
            expand(lines[i].text[language], values, out);
}
