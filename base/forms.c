/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/forms.h"

#include <string.h>

#include "base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_code_character(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

size_t forms_character(const char *text, size_t len)
{
    const char *at = text;
    if (len > 0 && (unsigned char)*text < 0x80)
        return 1;
    return len > 0 && utf8_next(&at, text + len) >= 0 ? (size_t)(at - text) : 0;
}

bool forms_utf8(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t length = forms_character(text + at, len - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

size_t forms_cut(const char *text, size_t len)
{
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    return len;
}

bool forms_id(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > FORMS_ID_MAX || text[0] == '-' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_code_character(text[i]) && !(text[i] == '-' && text[i + 1] != '-'))
            return false;
    return true;
}

/* The number of exactly `digits` digits at text, −1 when there is another character. */
static int fixed_number(const char *text, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool month_is_real(const char *text, int *ret_month)
{
    *ret_month = fixed_number(text, 2);
    return *ret_month >= 1 && *ret_month <= 12;
}

static bool day_is_real(const char *text, int year, int month)
{
    int day = fixed_number(text, 2);
    return day >= 1 && day <= days_of(year, month);
}

bool forms_calendar(const char *text)
{
    size_t length = strlen(text);
    if (length != 4 && length != 7 && length != 10)
        return false;
    int year = fixed_number(text, 4), month = 0;
    if (year < 0 || (length > 4 && (text[4] != '-' || !month_is_real(text + 5, &month))))
        return false;
    return length < 10 || (text[7] == '-' && day_is_real(text + 8, year, month));
}

bool forms_calendar_day(const char *text)
{
    return strlen(text) == 10 && forms_calendar(text);
}

bool forms_date(const char *text)
{
    int year = forms_calendar(text) ? fixed_number(text, 4) : -1;
    return year >= FORMS_YEAR_MIN && year <= FORMS_YEAR_MAX;
}

bool forms_day(const char *text)
{
    return strlen(text) == 10 && forms_date(text);
}

bool forms_month_day(const char *text)
{
    int month;
    return strlen(text) == 5 && text[2] == '-' && month_is_real(text, &month) && day_is_real(text + 3, 2000, month);
}

/* Digits at *at as a number within min … max; moves *at behind them. */
static bool number_at(const char **at, int64_t min, int64_t max, int64_t *ret_value)
{
    const char *text = *at;
    int64_t value = 0;
    if (!is_digit(*text) || (text[0] == '0' && is_digit(text[1])))
        return false;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(value, (int64_t)10, &value) || __builtin_add_overflow(value, (int64_t)(*text - '0'), &value))
            return false;
    *at = text;
    *ret_value = value;
    return value >= min && value <= max;
}

bool forms_lines(const char *text, int64_t max)
{
    for (;;) {
        int64_t first, last;
        if (!number_at(&text, 1, max, &first))
            return false;
        if (*text == '-') {
            text++;
            if (!number_at(&text, first, max, &last))
                return false;
        }
        if (*text == '\0')
            return true;
        if (*text++ != ';')
            return false;
    }
}

bool forms_url(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    if (scheme == 0 || strlen(text) > 2000)
        return false;
    for (const char *c = text + scheme; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c) != NULL)
            return false;
    return strcspn(text + scheme, "/?#") > 0;
}

bool forms_doi(const char *text)
{
    const char *slash = strchr(text, '/');
    if (strncmp(text, "10.", 3) != 0 || slash == NULL || slash - text < 7 || slash[1] == '\0')
        return false;
    return forms_text(text, false) && strchr(text, ' ') == NULL;
}

bool forms_member(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
        if (!is_code_character(*text) && !(*text >= 'A' && *text <= 'Z') && strchr("_.[]-", *text) == NULL)
            return false;
    return true;
}

/* Characters that show nothing, besides ASCII: no-break and other spaces, zero widths, the byte order mark. */
static bool is_white(const char *text, size_t length)
{
    static const char *const white[] = {" ",
                                        "\n",
                                        "\xc2\xa0",
                                        "\xe2\x80\x80",
                                        "\xe2\x80\x81",
                                        "\xe2\x80\x82",
                                        "\xe2\x80\x83",
                                        "\xe2\x80\x84",
                                        "\xe2\x80\x85",
                                        "\xe2\x80\x86",
                                        "\xe2\x80\x87",
                                        "\xe2\x80\x88",
                                        "\xe2\x80\x89",
                                        "\xe2\x80\x8a",
                                        "\xe2\x80\x8b",
                                        "\xe2\x80\xaf",
                                        "\xe2\x81\xa0",
                                        "\xe3\x80\x80",
                                        "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof(white) / sizeof(white[0]); i++)
        if (strlen(white[i]) == length && memcmp(text, white[i], length) == 0)
            return true;
    return false;
}

/* C0, DEL and C1. */
static bool is_control(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    return first < 0x20 || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0);
}

/* U+202A to U+202E and U+2066 to U+2069: they turn the direction of what is written, also of what others write behind it. */
static bool is_direction(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    return length == 3 && byte[0] == 0xe2 &&
           ((byte[1] == 0x80 && byte[2] >= 0xaa && byte[2] <= 0xae) || (byte[1] == 0x81 && byte[2] >= 0xa6 && byte[2] <= 0xa9));
}

bool forms_text(const char *text, bool breaks)
{
    size_t left = strlen(text);
    bool seen = false;
    while (left > 0) {
        size_t length = forms_character(text, left);
        if (length == 0 || (is_control(text) && !(breaks && *text == '\n')) || is_direction(text, length))
            return false;
        /* A text that is not all white begins with something else soon: the table is rarely walked. */
        seen = seen || !is_white(text, length);
        text += length;
        left -= length;
    }
    return seen;
}

bool forms_integer(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    return number_at(&text, min, max, ret_value) && *text == '\0';
}

bool forms_decimal(const char *text, int64_t *ret_value, int *ret_decimals)
{
    const int64_t whole_max = INT64_C(999999999999); /* times 10^6 stays far inside 64 bits */
    bool negative = *text == '-';
    int64_t value;
    int decimals = 0;
    text += negative;
    if (!number_at(&text, 0, whole_max, &value))
        return false;
    if (*text == '.') {
        for (text++; is_digit(*text) && decimals < FORMS_DECIMALS_MAX; text++, decimals++)
            value = value * 10 + (*text - '0');
        if (decimals == 0)
            return false;
    }
    *ret_value = negative ? -value : value;
    *ret_decimals = decimals;
    return *text == '\0';
}
