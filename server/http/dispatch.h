// What libmicrohttpd calls: connections, request lines, requests, and their ends. `cls` is the http_server.
#pragma once

#include <microhttpd.h>

void dispatch_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                         enum MHD_ConnectionNotificationCode what);
void *dispatch_request_line(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result dispatch_request(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_len, void **request_context);
void dispatch_end(void *cls, struct MHD_Connection *connection, void **request_context,
                  enum MHD_RequestTerminationCode how);

// Leaves escapes as they are: target.c reads the address.
size_t dispatch_keep_escapes(void *cls, struct MHD_Connection *connection, char *text);
