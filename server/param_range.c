/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/instant.h"
#include "server/param_kind.h"
#include "server/percent.h"

/* What stands at one end of a range. A bare day is many instants: its first one begins a range, its last one ends it. */
struct range_form {
    bool (*read)(const struct param *row, const char *text, int64_t *ret_first, int64_t *ret_last);
    void (*write)(int64_t min, int64_t max, struct buffer *query);
    const char *(*wanted)(struct param_reading *reading); /* what a part must be; NULL = no memory */
};

static bool number_read(const struct param *row, const char *text, int64_t *ret_first, int64_t *ret_last)
{
    if (!param_int(text, ret_first) || *ret_first < row->min || *ret_first > row->max)
        return false;
    *ret_last = *ret_first;
    return true;
}

static void number_write(int64_t min, int64_t max, struct buffer *query)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, min);
    buffer_text(query, min == INT64_MIN ? "" : digits);
    if (min == max)
        return;
    snprintf(digits, sizeof digits, "%" PRId64, max);
    buffer_text(query, "..");
    buffer_text(query, max == INT64_MAX ? "" : digits);
}

static const char *number_wanted(struct param_reading *reading)
{
    const struct param *row = reading->row;
    return arena_printf(reading->arena, "must be a whole number from %" PRId64 " to %" PRId64 " or a range a..b, a.. or ..b of such",
                        row->min, row->max);
}

static bool time_read(const struct param *row, const char *text, int64_t *ret_first, int64_t *ret_last)
{
    (void)row;
    return instant_read(text, ret_first, ret_last);
}

static void time_write(int64_t min, int64_t max, struct buffer *query)
{
    char from[INSTANT_SIZE], to[INSTANT_SIZE], day[INSTANT_SIZE];
    int64_t first, last;
    if (min != INT64_MIN) {
        instant_write(min, from);
        day_write(min, day);
        bool whole = instant_read(day, &first, &last) && first == min && last == max;
        percent_encode(query, whole ? day : from);
        if (whole || min == max)
            return;
    }
    buffer_text(query, "..");
    if (max != INT64_MAX) {
        instant_write(max, to);
        percent_encode(query, to);
    }
}

static const char *time_wanted(struct param_reading *reading)
{
    (void)reading;
    return "must be an instant with its offset, as 2026-01-31T12:00:00Z, a day, as 2026-01-31, or a range a..b, a.. or ..b of such";
}

static const struct range_form numbers = {number_read, number_write, number_wanted};
static const struct range_form times = {time_read, time_write, time_wanted};

/* One of a  a..b  a..  ..b; text is as it was afterwards. */
static bool range_read(const struct param *row, const struct range_form *form, char *text, int64_t *ret_min, int64_t *ret_max)
{
    int64_t unused;
    char *dots = strstr(text, "..");
    if (!dots)
        return form->read(row, text, ret_min, ret_max);
    *ret_min = INT64_MIN;
    *ret_max = INT64_MAX;
    const char *to = dots + 2;
    *dots = '\0';
    bool good = (*text || *to) && (!*text || form->read(row, text, ret_min, &unused)) && (!*to || form->read(row, to, &unused, ret_max));
    *dots = '.';
    return good;
}

static bool part_read(struct param_reading *reading, const struct range_form *form, char *text, int64_t *ret_min, int64_t *ret_max)
{
    const char *reason;
    if (!range_read(reading->row, form, text, ret_min, ret_max)) {
        const char *wanted = form->wanted(reading);
        reason = wanted ? arena_printf(reading->arena, "\"%s\" %s", text, wanted) : NULL;
    } else if (*ret_min > *ret_max) {
        reason = arena_printf(reading->arena, "\"%s\" ends before it begins", text);
    } else {
        return true;
    }
    return param_fault(reading, reason, NULL);
}

static void range_add(struct db_ranges *ranges, int64_t min, int64_t max)
{
    for (size_t i = 0; i < ranges->len; i++) {
        if (ranges->r[i].min == min && ranges->r[i].max == max)
            return;
    }
    ranges->r[ranges->len].min = min;
    ranges->r[ranges->len++].max = max;
}

static bool ranges_read(struct param_reading *reading, const struct range_form *form, char *text, struct db_ranges *ranges)
{
    bool good = true;
    size_t parts = 0;
    ranges->negate = *text == '!';
    text += ranges->negate;
    while (text) {
        int64_t min, max;
        char *part = strsep(&text, ",");
        if (++parts > DB_RANGES_MAX)
            return param_fault(reading, arena_printf(reading->arena, "takes at most %d ranges", DB_RANGES_MAX), NULL);
        if (part_read(reading, form, part, &min, &max))
            range_add(ranges, min, max);
        else
            good = false;
    }
    return good;
}

static void ranges_write(const struct range_form *form, const struct db_ranges *ranges, struct buffer *query)
{
    for (size_t i = 0; i < ranges->len; i++) {
        buffer_text(query, i > 0 ? "," : ranges->negate ? "!" : "");
        form->write(ranges->r[i].min, ranges->r[i].max, query);
    }
}

bool param_ranges_read(struct param_reading *reading, char *text, void *field)
{
    return ranges_read(reading, &numbers, text, field);
}

void param_ranges_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    ranges_write(&numbers, field, query);
}

bool param_time_ranges_read(struct param_reading *reading, char *text, void *field)
{
    return ranges_read(reading, &times, text, field);
}

void param_time_ranges_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    ranges_write(&times, field, query);
}
