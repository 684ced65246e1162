// The parcel itself, in parts where the line is weak, and pictures of a few plates.

#include "common/clock.h"
#include "content/print/batch_file.h"
#include "content/print/parcel_count.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/parcel/parcel_parts.h"

static enum err open_parcel(struct http_request *req, struct parcel *ret, enum parcel_answer *ret_answer,
                            struct problem *p)
{
    const struct app *app = req->app;
    struct connection *reader;
    enum err e = store_reader(app->store, &reader, p);
    return e ? e : parcel_open(reader, req, ret, ret_answer, p);
}

static const char *folder_of(const struct http_request *req)
{
    const struct app *app = req->app;
    return batch_file_folder(app->store, req->arena);
}

void parcel_delivered(void *arg, const struct route_seen *seen)
{
    const struct app *app = arg;
    parcel_count_add(app->downloads, request_value(seen->request, "token"), clock_now());
}

static enum err add_headers(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                            struct problem *p)
{
    enum err e = response_attachment(res, batch_file_saved_as(req->arena, parcel->batch.id), p);
    if (!e)
        e = response_header(res, "Referrer-Policy", "no-referrer", p);
    return e ? e : response_header(res, "X-Robots-Tag", "noindex, nofollow", p);
}

enum err parcel_zip(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct parcel parcel = {.path = NULL};
    enum parcel_answer answer;
    enum err e = open_parcel(req, &parcel, &answer, problem);
    if (e)
        return e;
    if (answer == PARCEL_CLOSED)
        return desk_see_other(res, parcel.path, problem); // where the password is asked for
    if (answer != PARCEL_OPEN)
        return parcel_send(req, res, &parcel, answer, problem);
    e = response_file_in(res, folder_of(req), batch_file_name(req->arena, parcel.batch.id), problem);
    if (e == ERR_NOT_FOUND)
        return parcel_send(req, res, &parcel, PARCEL_LATER, problem);
    res->etag = parcel.batch.sha256;
    res->content_type = "application/zip";
    return e ? e : add_headers(req, res, &parcel, problem);
}

enum err parcel_picture(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct parcel parcel = {.path = NULL};
    enum parcel_answer answer;
    int64_t number = batch_file_picture_number(request_value(req, "number"));
    enum err e = open_parcel(req, &parcel, &answer, problem);
    if (e)
        return e;
    if (!number || answer != PARCEL_OPEN)
        return parcel_send(req, res, &parcel, number ? answer : PARCEL_UNKNOWN, problem);
    res->content_type = "image/png";
    e = response_file_in(res, folder_of(req), batch_file_picture(req->arena, parcel.batch.id, number),
                         problem);
    return e ? e : response_header(res, "X-Robots-Tag", "noindex, nofollow", problem);
}
