/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handlers/json_put.h"

/* Far beyond any answer that is a tree. */
#define BODY_MAX ((size_t)1 << 30)

json_t *json_maybe(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *json_known(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

json_t *json_percent(int64_t permille)
{
    return permille < 0 ? json_null() : json_real((double)permille / 10.0);
}

json_t *json_text(const struct db_text *text)
{
    return json_pack("{s:o, s:o}", "nb", json_maybe(text->nb), "en", json_maybe(text->en));
}

bool json_instant_text(int64_t ms, char ret_text[JSON_INSTANT_SIZE])
{
    time_t seconds = ms / 1000;
    struct tm utc;
    size_t len = gmtime_r(&seconds, &utc) ? strftime(ret_text, JSON_INSTANT_SIZE, "%Y-%m-%dT%H:%M:%S", &utc) : 0;
    int fraction = (int)(ms % 1000);
    if (len == 0 || len + sizeof ".000Z" > JSON_INSTANT_SIZE)
        return false;
    ret_text[len++] = '.';
    ret_text[len++] = (char)('0' + fraction / 100);
    ret_text[len++] = (char)('0' + fraction / 10 % 10);
    ret_text[len++] = (char)('0' + fraction % 10);
    memcpy(ret_text + len, "Z", sizeof "Z");
    return true;
}

json_t *json_instant(int64_t ms)
{
    char text[JSON_INSTANT_SIZE];
    return json_instant_text(ms, text) ? json_string(text) : NULL;
}

json_t *json_recruitment(const struct db_recruitment *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "planned", json_known(r->planned), "included", json_known(r->included), "remaining",
                     json_known(r->remaining), "exceeded_by", json_known(r->exceeded_by), "percent", json_percent(r->permille), "as_of",
                     json_maybe(r->as_of));
}

json_t *json_source(const char *document, const char *lines)
{
    if (!document && !lines)
        return json_null();
    return json_pack("{s:o, s:o}", "document", json_maybe(document), "lines", json_maybe(lines));
}

json_t *json_note(const struct db_note *note)
{
    return json_pack("{s:o, s:s, s:o, s:o}", "field", json_maybe(note->field), "kind", note->kind, "text", json_text(&note->text), "source",
                     json_maybe(note->source));
}

bool json_push(json_t *array, json_t *value)
{
    return json_array_append_new(array, value) == 0;
}

enum api_error reply_json(struct reply *ret_reply, json_t *root)
{
    struct buffer buffer;
    if (!root)
        return API_UNAVAILABLE;
    buffer_init(&buffer, BODY_MAX);
    json_put_value(&buffer, root);
    json_decref(root);
    buffer_text(&buffer, "\n");
    ret_reply->bytes = buffer_take(&buffer, &ret_reply->len);
    return ret_reply->bytes ? API_OK : API_UNAVAILABLE;
}
