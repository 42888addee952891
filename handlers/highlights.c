/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/highlights.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/json.h"

/* In bytes. A longer text is cut to a window that begins a few words before its first hit. */
#define WHOLE_MAX 280
#define BEFORE    60
#define WINDOW    220

struct window {
    size_t start, end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* From words to words, where there are blanks; never through a character, and never through a hit. */
static struct window window_of(const struct db_hit *hit)
{
    const struct db_span *first = &hit->spans[0];
    struct window window = {0, hit->len};
    if (hit->len <= WHOLE_MAX)
        return window;
    if (first->start > BEFORE)
        window.start = first->start - BEFORE;
    while (window.start > 0 && window.start < first->start && !is_blank(hit->text[window.start - 1]))
        window.start++;
    if (hit->len - window.start <= WINDOW)
        return window;
    window.end = window.start + WINDOW;
    while (window.end > first->end && !is_blank(hit->text[window.end]))
        window.end--;
    if (window.end < first->end)
        window.end = first->end;
    for (size_t i = 0; i < hit->spans_len; i++)
        if (hit->spans[i].start < window.end && hit->spans[i].end > window.end)
            window.end = hit->spans[i].end;
    return window;
}

/* What lies between start and end, with what says that more was there. */
static json_t *part_json(const struct db_hit *hit, const struct window *window, size_t start, size_t end, bool is_hit)
{
    bool cut_before = !is_hit && start == window->start && start > 0, cut_after = !is_hit && end == window->end && end < hit->len;
    json_t *text = json_sprintf("%s%.*s%s", cut_before ? "… " : "", (int)(end - start), hit->text + start, cut_after ? " …" : "");
    return json_pack("{s:o, s:b}", "text", text, "hit", (int)is_hit);
}

static json_t *parts_json(const struct db_hit *hit)
{
    struct window window = window_of(hit);
    json_t *parts = json_array();
    size_t at = window.start;
    bool good = parts != NULL;
    for (size_t i = 0; good && i < hit->spans_len && hit->spans[i].start < window.end; i++) {
        const struct db_span *span = &hit->spans[i];
        bool says_cut = at == window.start && at > 0;
        if (span->start > at || says_cut)
            good = json_push(parts, part_json(hit, &window, at, span->start, false));
        good = good && json_push(parts, part_json(hit, &window, span->start, span->end, true));
        at = span->end;
    }
    if (good && (at < window.end || window.end < hit->len))
        good = json_push(parts, part_json(hit, &window, at, window.end, false));
    return good ? parts : (json_decref(parts), NULL);
}

void highlights_take(void *cls, const struct db_hit *hits, size_t len)
{
    struct highlights *highlights = cls;
    json_auto_t *list = json_array();
    bool good = list != NULL;
    for (size_t i = 0; good && i < len; i++)
        good = json_push(list, json_pack("{s:s, s:o}", "field", hits[i].field, "parts", parts_json(&hits[i])));
    highlights_free(highlights);
    highlights->json = good ? json_dumps(list, JSON_COMPACT) : NULL;
}

bool highlights_append(struct highlights *highlights, struct buffer *buffer)
{
    if (!highlights->json || buffer->failed || buffer->len == 0)
        return false;
    buffer->len--; /* the closing brace */
    return buffer_text(buffer, ",\"highlights\":") && buffer_text(buffer, highlights->json) && buffer_text(buffer, "}");
}

void highlights_free(struct highlights *highlights)
{
    free(highlights->json);
    highlights->json = NULL;
}
