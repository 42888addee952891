/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)

static bool take(const char **at, int digits, int least, int most, int *ret_value)
{
    int value = 0;
    for (; digits > 0; digits--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *ret_value = value;
    return value >= least && value <= most;
}

static bool take_one_of(const char **at, const char *characters)
{
    if (**at == '\0' || !strchr(characters, **at))
        return false;
    (*at)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* The first millisecond of the day at *at, which moves on. */
static bool take_day(const char **at, int64_t *ret_ms)
{
    int year, month, day;
    if (!take(at, 4, 0, 9999, &year) || !take_one_of(at, "-") || !take(at, 2, 1, 12, &month) || !take_one_of(at, "-") ||
        !take(at, 2, 1, days_in_month(year, month), &day))
        return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    *ret_ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

/* As many as there are; what is finer than a millisecond lies within it. */
static bool take_decimals(const char **at, int *ret_ms)
{
    *ret_ms = 0;
    if (!take_one_of(at, "."))
        return true;
    int digit;
    const char *first = *at;
    for (int unit = 100; **at >= '0' && **at <= '9'; unit /= 10) {
        take(at, 1, 0, 9, &digit);
        *ret_ms += digit * unit;
    }
    return *at > first;
}

static bool take_offset(const char **at, int *ret_minutes)
{
    int hours, minutes;
    *ret_minutes = 0;
    if (take_one_of(at, "Zz"))
        return true;
    int sign = **at == '-' ? -1 : 1;
    if (!take_one_of(at, "+-") || !take(at, 2, 0, 23, &hours) || !take_one_of(at, ":") || !take(at, 2, 0, 59, &minutes))
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

/* *ret_leap: it is within second 60, which no clock of the register shows. Then it is read as the last millisecond before. */
static bool take_time(const char **at, int64_t *ret_ms, bool *ret_leap)
{
    int hour, minute, second, ms, offset;
    if (!take_one_of(at, "Tt") || !take(at, 2, 0, 23, &hour) || !take_one_of(at, ":") || !take(at, 2, 0, 59, &minute) ||
        !take_one_of(at, ":") || !take(at, 2, 0, 60, &second) || !take_decimals(at, &ms) || !take_offset(at, &offset))
        return false;
    *ret_leap = second == 60;
    *ret_ms = (((int64_t)hour * 60 + minute - offset) * 60 + second) * 1000 + (*ret_leap ? -1 : ms);
    return true;
}

/* A second is put in where a month ends in UTC, and nowhere else (RFC 3339, 5.7). */
static bool ends_month(int64_t at)
{
    char next[INSTANT_SIZE];
    instant_write(at + 1, next);
    return strcmp(next + strlen("2026-01-"), "01T00:00:00Z") == 0;
}

bool day_is_real(const char *text)
{
    int64_t unused;
    return take_day(&text, &unused) && *text == '\0';
}

/* An offset must not carry an instant into a year that cannot be written. */
static bool is_writable(int64_t at)
{
    int64_t first = 0, last = 0;
    const char *year_0 = "0000-01-01", *year_9999 = "9999-12-31";
    take_day(&year_0, &first);
    take_day(&year_9999, &last);
    return at >= first && at < last + DAY_MS;
}

bool instant_read(const char *text, int64_t *ret_first, int64_t *ret_last)
{
    int64_t day, time;
    bool leap;
    if (!take_day(&text, &day))
        return false;
    *ret_first = day;
    *ret_last = day + DAY_MS - 1;
    if (*text == '\0')
        return true;
    if (!take_time(&text, &time, &leap) || *text != '\0' || !is_writable(day + time) || (leap && !ends_month(day + time)))
        return false;
    *ret_first = *ret_last = day + time;
    return true;
}

void instant_write(int64_t at, char ret_text[INSTANT_SIZE])
{
    int64_t ms = (at % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((at - ms) / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    int len = snprintf(ret_text, INSTANT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u", (unsigned)(tm.tm_year + 1900) % 10000,
                       (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
                       (unsigned)tm.tm_sec % 100);
    if (ms == 0)
        snprintf(ret_text + len, (size_t)(INSTANT_SIZE - len), "Z");
    else
        snprintf(ret_text + len, (size_t)(INSTANT_SIZE - len), ".%03uZ", (unsigned)ms % 1000);
}

void day_write(int64_t at, char ret_text[INSTANT_SIZE])
{
    instant_write(at, ret_text);
    ret_text[strlen("2026-01-01")] = '\0';
}
