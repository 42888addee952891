/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/upload.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "server/lint.h"
#include "server/route.h"

#define ROOM_LEAST 2048
/* Of a body that is refused so much is read, so that the client comes to read why. */
#define DROPPED_MAX ((size_t)64 * 1024 * 1024)

const char *upload_limit(struct arena *arena, const struct route *route)
{
    return arena_printf(arena, "The body may have at most %zu bytes.", route->body_max);
}

enum api_error upload_announced(struct arena *arena, const struct route *route, const struct head *head, const char **ret_detail)
{
    *ret_detail = NULL;
    if (!head->body)
        return API_OK;
    if (!route->bodies) {
        *ret_detail = "The resource takes no body with this method.";
        return API_BAD_REQUEST;
    }
    if (head->body_len <= route->body_max)
        return API_OK;
    *ret_detail = upload_limit(arena, route);
    return API_PAYLOAD_TOO_LARGE;
}

/* ── collecting ──────────────────────────────────────────────────────────────────────────────────────────────── */

static bool make_room(struct upload *upload, size_t needed, size_t max)
{
    size_t room = upload->room ? upload->room : ROOM_LEAST;
    if (needed <= upload->room)
        return true;
    while (room < needed)
        room *= 2;
    if (room > max + 1)
        room = max + 1;
    char *bytes = realloc(upload->bytes, room);
    if (!bytes)
        return false;
    upload->bytes = bytes;
    upload->room = room;
    return true;
}

enum api_error upload_add(struct upload *upload, const char *bytes, size_t len, size_t max)
{
    bool fits = len <= max - upload->len;
    if (fits && make_room(upload, upload->len + len + 1, max)) {
        memcpy(upload->bytes + upload->len, bytes, len);
        upload->len += len;
        upload->bytes[upload->len] = '\0';
        return API_OK;
    }
    upload_free(upload);
    return fits ? API_UNAVAILABLE : API_PAYLOAD_TOO_LARGE;
}

bool upload_drop(struct upload *upload, size_t len)
{
    upload->dropped += len;
    return upload->dropped <= DROPPED_MAX;
}

void upload_free(struct upload *upload)
{
    free(upload->bytes);
    upload->bytes = NULL;
    upload->len = upload->room = 0;
}

/* ── what it is ──────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *types_named(struct arena *arena, const struct route *route)
{
    const char *text = "";
    for (const struct route_body *row = route->bodies; text && row->content_type; row++) {
        const char *join = row == route->bodies ? "" : row[1].content_type ? ", " : " or ";
        text = arena_printf(arena, "%s%s%s", text, join, row->content_type);
    }
    return text;
}

/* A charset other than UTF-8 (RFC 9110, 8.3.2). Other parameters say nothing that would change how it is read. */
static bool is_foreign(const char *parameters)
{
    for (const char *at = parameters; (at = strchr(at, ';')) != NULL;) {
        at += 1 + strspn(at + 1, " \t");
        if (strncasecmp(at, "charset=", 8) != 0)
            continue;
        at += 8 + (at[8] == '"');
        if (strncasecmp(at, "utf-8", 5) != 0 || (at[5] != '\0' && !strchr("\"; \t", at[5])))
            return true;
    }
    return false;
}

enum api_error upload_media(struct arena *arena, const struct route *route, const struct head *head, enum body_media *ret_media,
                            const char **ret_detail)
{
    const char *type = head->content_type ? head->content_type : "", *coding = head->content_encoding;
    size_t len = strcspn(type, "; \t");
    if (coding && strcasecmp(coding, "identity") != 0) {
        *ret_detail = "The body has a Content-Encoding: send it plain.";
        return API_UNSUPPORTED_MEDIA_TYPE;
    }
    for (const struct route_body *row = route->bodies; row->content_type; row++) {
        if (strlen(row->content_type) != len || strncasecmp(row->content_type, type, len) != 0)
            continue;
        *ret_media = row->media;
        if (!is_foreign(type))
            return API_OK;
        *ret_detail = "The body is in another charset than UTF-8.";
        return API_UNSUPPORTED_MEDIA_TYPE;
    }
    const char *types = types_named(arena, route);
    *ret_detail = types ? arena_printf(arena, "Content-Type has to be %s.", types) : NULL;
    return API_UNSUPPORTED_MEDIA_TYPE;
}
