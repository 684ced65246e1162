#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"
#include "common/options.h"

struct settings {
    const char *data, *listen, *log;
    int64_t threads, body, timeout;
    double module;
    bool force, compress;
    int level;
    struct options_list formats;
};

enum { SERVE, IMPORT, USER_ADD };

static const struct options_command commands[] = {
    [SERVE] = {"serve", "show the sites"},
    [IMPORT] = {"import", "read sites from files", .arguments = "BUNDLE|FILE.csv", .arguments_min = 1,
                .arguments_max = 1, .arguments_help = "What to read."},
    [USER_ADD] = {"user add", "make an account", .arguments = "NAME", .arguments_max = 1},
};

static const struct options_row rows[] = {
    {"data", OPTIONS_FOLDER, offsetof(struct settings, data), .required = OPTIONS_ALL,
     .help = "The data folder."},
    {"listen", OPTIONS_STRING, offsetof(struct settings, listen), .value = "ADDR:PORT",
     .fallback = "127.0.0.1:8080", .commands = OPTIONS_OF(SERVE), .help = "Where to listen."},
    {"log-file", OPTIONS_FILE, offsetof(struct settings, log), .help = "It's where \\logs go."},
    {"threads", OPTIONS_INTEGER, offsetof(struct settings, threads), .fallback = "2", .least = 1, .most = 64,
     .help = "HTTP threads."},
    {"body-limit", OPTIONS_SIZE, offsetof(struct settings, body), .fallback = "8M", .least = 1024,
     .most = 64 << 20, .help = "The largest body."},
    {"timeout", OPTIONS_DURATION, offsetof(struct settings, timeout), .fallback = "10s", .most = 3600000,
     .help = "How long to wait."},
    {"module-mm", OPTIONS_NUMBER, offsetof(struct settings, module), .fallback = "2.032", .least = 1,
     .most = 20, .help = "A module's edge."},
    {"force", OPTIONS_BOOL, offsetof(struct settings, force), .flag_only = true,
     .commands = OPTIONS_OF(IMPORT), .help = "Replace what is there."},
    {"compress", OPTIONS_BOOL, offsetof(struct settings, compress), .fallback = "yes",
     .help = "Compress pages."},
    {"level", OPTIONS_ENUM, offsetof(struct settings, level), .choices = "low|middle|high",
     .fallback = "middle", .help = "How much."},
    {"format", OPTIONS_LIST, offsetof(struct settings, formats), .choices = "png|svg|pdf", .fallback = "png",
     .help = "What to write."},
};

static const struct options_program program = {
    .name = "stele",
    .version = "1.2.3",
    .summary = "heritage sites behind QR codes",
    .description = "First paragraph.\n\n.Second paragraph.",
    .commands = commands,
    .command_count = 3,
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .env_prefix = "STELETEST_",
};

struct run {
    struct settings s;
    struct options_given given;
    struct problem p;
    enum err e;
};

static void run_clear(struct run *r)
{
    options_given_clear(&r->given);
}

#define cleanup_run CLEANUP(run_clear)

static struct run run(const struct options_program *of, const char *const *words)
{
    struct run r = {.given = OPTIONS_GIVEN_INIT, .p = PROBLEM_INIT};
    int argc = 0;
    while (words[argc])
        argc++;
    r.e = options_read(of, argc, (char **)words, &r.s, &r.given, &r.p);
    return r;
}

#define RUN(...) run(&program, (const char *const[]){"stele", __VA_ARGS__, NULL})

static void defaults_are_typed(void **state)
{
    (void)state;
    cleanup_run struct run r = RUN("serve", "--data", "d");
    assert_int_equal(r.e, ERR_NONE);
    assert_int_equal(r.given.command, SERVE);
    assert_string_equal(r.s.data, "d");
    assert_string_equal(r.s.listen, "127.0.0.1:8080");
    assert_null(r.s.log);
    assert_int_equal(r.s.threads, 2);
    assert_int_equal(r.s.body, 8 << 20);
    assert_int_equal(r.s.timeout, 10000);
    assert_true(r.s.module == 2.032);
    assert_true(r.s.compress);
    assert_int_equal(r.s.level, 1);
    assert_int_equal(r.s.formats.count, 1);
    assert_string_equal(r.s.formats.items[0], "png");
}

static void flags_are_read_in_any_form(void **state)
{
    (void)state;
    cleanup_run struct run r =
        RUN("--threads=64", "import", "--force", "a b.csv", "--no-compress", "--data", "-odd", "--body-limit",
            "512kib", "--timeout", "2m", "--level", "HIGH", "--format", "PDF, svg", "--format=png",
            "--module-mm", "1e1", "--log_file", "x");
    assert_string_equal(r.p.text, "");
    assert_int_equal(r.e, ERR_NONE);
    assert_int_equal(r.given.command, IMPORT);
    assert_int_equal(r.given.argument_count, 1);
    assert_string_equal(r.given.arguments[0], "a b.csv");
    assert_true(r.s.force);
    assert_false(r.s.compress);
    assert_string_equal(r.s.data, "-odd");
    assert_int_equal(r.s.body, 512 << 10);
    assert_int_equal(r.s.timeout, 120000);
    assert_int_equal(r.s.level, 2);
    assert_int_equal(r.s.formats.count, 3);
    assert_string_equal(r.s.formats.items[0], "pdf");
    assert_string_equal(r.s.formats.items[2], "png");
    assert_true(r.s.module == 10);
    assert_string_equal(r.s.log, "x");
    cleanup_run struct run two = RUN("user", "add", "--data=d", "--", "--name");
    assert_int_equal(two.e, ERR_NONE);
    assert_int_equal(two.given.command, USER_ADD);
    assert_string_equal(two.given.arguments[0], "--name");
}

static void wrong_use_is_answered_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *const words[8];
        const char *field, *part;
    } cases[] = {
        {{"serve", "--data", "d", "--lsiten", "x"},
         "lsiten",
         "There is no flag --lsiten; did you mean --listen?"},
        {{"serve", "-data", "d"}, "data", "did you mean --data?"},
        {{"serve", "--body"}, "body", "did you mean --body-limit?"},
        {{"serve", "--zebra"}, "zebra", "stele --help lists them"},
        {{"serve"}, "data", "stele serve needs --data DIR (or STELETEST_DATA)."},
        {{"serve", "--data"}, "data", "--data needs a value behind it: the path of a folder"},
        {{"serve", "--data", "--listen", "x"}, "data", "--data needs a value"},
        {{"serve", "--data="}, "data", "--data: \"\" does not fit"},
        {{"serve", "--data", "d", "--threads", "65"},
         "threads",
         "--threads: \"65\" does not fit; it must be a whole number from 1 to 64."},
        {{"serve", "--data", "d", "--threads", "2x"}, "threads", "whole number"},
        {{"serve", "--data", "d", "--threads", "99999999999999999999"}, "threads", "whole number"},
        {{"serve", "--data", "d", "--body-limit", "1000"},
         "body-limit",
         "such as 512K or 8M, from 1K to 64M"},
        {{"serve", "--data", "d", "--body-limit", "9223372036854775807T"}, "body-limit", "size"},
        {{"serve", "--data", "d", "--timeout", "10"},
         "timeout",
         "a duration such as 500ms, 10s or 2h, from 0 to 1h"},
        {{"serve", "--data", "d", "--module-mm", "0x2"}, "module-mm", "a number from 1 to 20"},
        {{"serve", "--data", "d", "--module-mm", "0.5"}, "module-mm", "a number from 1 to 20"},
        {{"serve", "--data", "d", "--level", "top"}, "level", "one of low, middle, high"},
        {{"serve", "--data", "d", "--format", "png,gif"},
         "format",
         "a list separated by commas, each one of png, svg, pdf"},
        {{"serve", "--data", "d", "--compress=maybe"}, "compress", "yes or no"},
        {{"serve", "--data", "d", "--no-compress=yes"}, "compress", "takes no value"},
        {{"serve", "--data", "d", "--no-data"}, "no-data", "There is no flag --no-data"},
        {{"serve", "--data", "d", "--force"},
         "force",
         "stele serve takes no --force; that is for stele import."},
        {{"serve", "--data", "d", "extra"}, "", "stele serve takes no argument, but was given \"extra\""},
        {{"import", "--data", "d"}, "", "stele import needs BUNDLE|FILE.csv: What to read."},
        {{"import", "--data", "d", "a", "b"}, "", "was also given \"b\""},
        {{"improt", "--data", "d"}, "", "There is no command \"improt\"; did you mean stele import?"},
        {{"user", "--data", "d"}, "", "did you mean stele user add?"},
        {{"--data", "d"}, "", "Say what stele shall do: serve, import, user add"},
        {{"--config", "/nonexistent/stele.ini", "serve"}, "", "/nonexistent/stele.ini"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words[10] = {"stele"};
        memcpy(words + 1, cases[i].words, sizeof cases[i].words);
        cleanup_run struct run r = run(&program, words);
        if (r.e == ERR_NONE)
            fail_msg("case %zu was accepted", i);
        assert_problem(r.p, r.e, cases[i].part);
        if (*cases[i].field)
            assert_string_equal(r.p.field, cases[i].field);
    }
}

static void sources_win_in_their_order(void **state)
{
    (void)state;
    char folder[] = "/tmp/stele-unit-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/stele.ini", folder);
    static const char text[] =
        "\xEF\xBB\xBF# a comment\r\n; and one that is much longer than inih would like it to be: "
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n[stele]\r\ndata = from-file\r\n"
        "  threads = 3\nbody_limit = 2M ; why not\nlevel=low\nformat = svg,pdf\n";
    assert_int_equal(file_write_atomic(path, text, sizeof text - 1, NULL), ERR_NONE);
    setenv("STELETEST_CONFIG", path, 1);
    setenv("STELETEST_THREADS", "4", 1);
    setenv("STELETEST_LEVEL", "high", 1);
    setenv("STELETEST_LISTEN", "", 1);
    setenv("STELETEST_FORCE", "yes", 1);
    cleanup_run struct run r = RUN("serve", "--threads", "5", "--format", "png");
    assert_string_equal(r.p.text, "");
    assert_string_equal(r.given.file, path);
    assert_string_equal(r.s.data, "from-file");
    assert_int_equal(r.s.threads, 5);
    assert_int_equal(r.s.body, 2 << 20);
    assert_int_equal(r.s.level, 2);
    assert_string_equal(r.s.listen, "127.0.0.1:8080");
    assert_int_equal(r.s.formats.count, 1);
    assert_false(r.s.force);
    assert_int_equal(r.given.sources[0], OPTIONS_FROM_FILE);
    assert_int_equal(r.given.sources[1], OPTIONS_DEFAULT);
    assert_int_equal(r.given.sources[3], OPTIONS_FROM_FLAG);
    assert_int_equal(r.given.sources[9], OPTIONS_FROM_ENVIRONMENT);
    setenv("STELETEST_LEVEL", "top", 1);
    cleanup_run struct run bad = RUN("serve");
    assert_problem(bad.p, ERR_INVALID,
                   "STELETEST_LEVEL: \"top\" does not fit; it must be one of low, middle, high");
    static const char *const variables[] = {"CONFIG", "THREADS", "LEVEL", "LISTEN", "FORCE"};
    for (size_t i = 0; i < 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "STELETEST_%s", variables[i]);
        unsetenv(name);
    }
    assert_int_equal(file_remove_tree(folder, NULL), ERR_NONE);
}

static void the_file_stands_in_the_folder_that_an_option_names(void **state)
{
    (void)state;
    char folder[] = "/tmp/stele-unit-XXXXXX", path[64];
    struct options_program in_folder = program;
    in_folder.file = "stele.ini";
    in_folder.folder = "data";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/stele.ini", folder);
    assert_int_equal(file_write_atomic(path, "threads = 7\n", 12, NULL), ERR_NONE);
    cleanup_run struct run flag = run(
        &in_folder, (const char *const[]){"stele", "--data", "/nowhere", "serve", "--data", folder, NULL});
    assert_int_equal(flag.s.threads, 7);
    assert_string_equal(flag.given.file, path);
    setenv("STELETEST_DATA", folder, 1);
    cleanup_run struct run environment = run(&in_folder, (const char *const[]){"stele", "serve", NULL});
    assert_int_equal(environment.s.threads, 7);
    cleanup_run struct run other =
        run(&in_folder, (const char *const[]){"stele", "serve", "--data", "/nowhere", NULL});
    assert_int_equal(other.e, ERR_NONE);
    assert_int_equal(other.s.threads, 2);
    unsetenv("STELETEST_DATA");
    assert_int_equal(chdir(folder), 0); // that of the working folder is nobody's
    cleanup_run struct run none = run(&in_folder, (const char *const[]){"stele", "serve", NULL});
    assert_problem(none.p, ERR_INVALID, "needs --data");
    assert_null(none.given.file);
    assert_int_equal(chdir("/"), 0);
    cleanup_run struct run man = run(&in_folder, (const char *const[]){"stele", "--man", NULL});
    assert_non_null(strstr(man.given.print.data, "DATA/stele.ini"));
    assert_int_equal(file_remove_tree(folder, NULL), ERR_NONE);
}

static void a_bad_file_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned long line;
        const char *part;
    } cases[] = {
        {"data = d\n\nthreads = 0\n", 3, "line 3: threads: \"0\" does not fit"},
        {"data = d\nlsiten = x\n", 2, "line 2: there is no setting \"lsiten\"; did you mean listen?"},
        {"data = d\n[other]\nlisten = x\n", 3, "line 3: there is no section [other]"},
        {"data = d\nforce = yes\n", 2,
         "line 2: \"force\" is no setting for a file; give it as the flag --force"},
        {"data = d\nwhat is this\n", 2, "line 2: it is neither a comment nor NAME = VALUE"},
        {"data = d\xFF\n", 0, "not a UTF-8 text file"},
    };
    char folder[] = "/tmp/stele-unit-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/stele.ini", folder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(file_write_atomic(path, cases[i].text, strlen(cases[i].text), NULL), ERR_NONE);
        cleanup_run struct run r = RUN("serve", "--config", path);
        assert_problem(r.p, ERR_INVALID, cases[i].part);
        assert_non_null(strstr(r.p.text, path));
        assert_int_equal(r.p.line, cases[i].line);
    }
    struct options_program guest = program;
    guest.shared_file = true;
    guest.file = path;
    static const char text[] = "of-another-program = 1\n[guest]\nx = y\n[stele]\ndata = d\n";
    assert_int_equal(file_write_atomic(path, text, sizeof text - 1, NULL), ERR_NONE);
    cleanup_run struct run r = run(&guest, (const char *const[]){"stele", "serve", NULL});
    assert_string_equal(r.p.text, "");
    assert_string_equal(r.s.data, "d");
    assert_int_equal(file_remove_tree(folder, NULL), ERR_NONE);
    cleanup_run struct run missing =
        run(&guest, (const char *const[]){"stele", "serve", "--data", "d", NULL});
    assert_int_equal(missing.e, ERR_NONE);
    assert_null(missing.given.file);
}

static void help_says_it_all(void **state)
{
    (void)state;
    cleanup_run struct run all = RUN("--help");
    assert_non_null(strstr(all.given.print.data, "  user add                make an account\n"));
    cleanup_run struct run r = RUN("import", "--help", "--force");
    assert_int_equal(r.e, ERR_NONE);
    const char *text = r.given.print.data;
    assert_non_null(strstr(text, "stele import: read sites from files\n\n"
                                 "usage: stele import --data DIR [options] BUNDLE|FILE.csv\n"));
    assert_non_null(strstr(text, "\n  --data DIR              The data folder. Required.\n"));
    assert_non_null(strstr(text, "\n  --[no-]compress         Compress pages. Default: yes.\n"));
    assert_non_null(strstr(text, "The largest body. From 1K to 64M. Default: 8M.\n"));
    assert_non_null(strstr(text, "Default: 8M."));
    assert_null(strstr(text, "--listen"));
    assert_null(strstr(text, "--completion"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 80);
    cleanup_run struct run version = RUN("-V");
    assert_string_equal(version.given.print.data, "stele 1.2.3\n");
}

static void the_manual_is_roff(void **state)
{
    (void)state;
    cleanup_run struct run r = RUN("--man");
    const char *text = r.given.print.data;
    assert_int_equal(strncmp(text, ".TH STELE 1 ", 12), 0);
    assert_non_null(strstr(text, "\n\\&.Second paragraph.\n"));
    assert_non_null(strstr(text, "\\fB\\-\\-listen ADDR:PORT\\fR"));
    assert_non_null(strstr(text, "It's where \\elogs go."));
    assert_non_null(strstr(text, "\\fBSTELETEST_BODY_LIMIT\\fR"));
}

// Completes in a real bash what stands behind "stele".
static void complete(const char *script, const char *words, char *out, size_t size)
{
    char path[] = "/tmp/stele-unit-XXXXXX", command[400];
    int fd = mkstemp(path);
    assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    close(fd);
    snprintf(command, sizeof command,
             "bash -c 'source %s; COMP_WORDS=(stele %s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _stele; "
             "echo \"${COMPREPLY[*]}\"'",
             path, words);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    out[fread(out, 1, size - 1, pipe)] = '\0';
    pclose(pipe);
    unlink(path);
}

static void bash_completes(void **state)
{
    (void)state;
    static const struct {
        const char *words, *completed;
    } cases[] = {
        {"s", "serve\n"},
        {"user a", "add\n"},
        {"serve --li", "--listen\n"},
        {"import --li", "\n"},
        {"import --fo", "--force --format\n"},
        {"serve --level m", "middle\n"},
        {"--vers", "--version\n"},
        {"--completion f", "fish\n"},
    };
    cleanup_run struct run r = RUN("--completion", "bash");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[256];
        complete(r.given.print.data, cases[i].words, out, sizeof out);
        assert_string_equal(out, cases[i].completed);
    }
    cleanup_run struct run fish = RUN("--completion", "fish");
    assert_non_null(
        strstr(fish.given.print.data,
               "complete -c stele -l force -n '__fish_seen_subcommand_from import' -d 'Replace what"));
    assert_non_null(strstr(fish.given.print.data, "-d 'It\\'s where \\\\logs go.'"));
    cleanup_run struct run zsh = RUN("--completion=zsh");
    assert_int_equal(strncmp(zsh.given.print.data, "#compdef stele\n", 15), 0);
}

static void values_are_written_as_they_are_read(void **state)
{
    (void)state;
    cleanup_run struct run r =
        RUN("serve", "--data", "d", "--timeout=90s", "--body-limit=1536K", "--format=svg,pdf");
    static const char *const want[] = {"d",   "127.0.0.1:8080", "",       "2", "1536K", "90s", "2.032", "no",
                                       "yes", "middle",         "svg,pdf"};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        cleanup_buf struct buf out = BUF_INIT;
        options_write_value(&rows[i], &r.s, &out);
        assert_string_equal(out.data, want[i]);
    }
}

static void a_program_may_have_no_commands(void **state)
{
    (void)state;
    static const struct options_command only[] = {{.arguments = "FILE", .arguments_max = 2}};
    struct options_program plain = program;
    plain.commands = only;
    plain.command_count = 1;
    cleanup_run struct run r = run(&plain, (const char *const[]){"x", "a", "b", "--data", "d", NULL});
    assert_int_equal(r.e, ERR_NONE);
    assert_int_equal(r.given.command, 0);
    assert_int_equal(r.given.argument_count, 2);
    cleanup_run struct run help = run(&plain, (const char *const[]){"x", "--help", NULL});
    assert_non_null(strstr(help.given.print.data, "usage: stele --data DIR [options] [FILE]\n"));
    cleanup_run struct run man = run(&plain, (const char *const[]){"x", "--man", NULL});
    assert_null(strstr(man.given.print.data, ".SH COMMANDS"));
    cleanup_run struct run none = run(&plain, (const char *const[]){"x", NULL});
    assert_problem(none.p, ERR_INVALID, "stele needs --data DIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_typed),
        cmocka_unit_test(flags_are_read_in_any_form),
        cmocka_unit_test(wrong_use_is_answered_in_one_sentence),
        cmocka_unit_test(sources_win_in_their_order),
        cmocka_unit_test(the_file_stands_in_the_folder_that_an_option_names),
        cmocka_unit_test(a_bad_file_is_named_with_its_line),
        cmocka_unit_test(help_says_it_all),
        cmocka_unit_test(the_manual_is_roff),
        cmocka_unit_test(bash_completes),
        cmocka_unit_test(values_are_written_as_they_are_read),
        cmocka_unit_test(a_program_may_have_no_commands),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
