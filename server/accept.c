/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/accept.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

const char *const coding_names[CODING_COUNT] = {"identity", "gzip"};

/* One element of a list: its name, and its weight in thousandths. */
struct element {
    const char *name;
    size_t len;
    int weight;
};

/* 0, 0.5, 1.000 … in thousandths; −1 = not a weight. */
static int weight_read(const char *text, size_t len)
{
    if (len == 0 || len > 5 || (text[0] != '0' && text[0] != '1') || (len > 1 && text[1] != '.'))
        return -1;
    int weight = (text[0] - '0') * 1000, unit = 100;
    for (size_t i = 2; i < len; i++, unit /= 10) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        weight += (text[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : -1;
}

/* The weight among the parameters from text to end; 1000 when there is none. */
static int weight_of(const char *text, const char *end)
{
    while (text < end) {
        text += 1 + strspn(text + 1, BLANKS); /* over the semicolon */
        size_t len = strcspn(text, ";,");
        while (len > 0 && strchr(BLANKS, text[len - 1]))
            len--;
        if (len > 2 && strncasecmp(text, "q=", 2) == 0)
            return weight_read(text + 2, len - 2);
        text += strcspn(text, ";,");
    }
    return 1000;
}

/* The next element of *list, which moves on. false = none is left. */
static bool next_element(const char **list, struct element *ret_element)
{
    while (*list && **list) {
        const char *text = *list + strspn(*list, BLANKS ","), *end = text + strcspn(text, ",");
        *list = end;
        *ret_element = (struct element){text, strcspn(text, ";," BLANKS), 0};
        const char *rest = text + strcspn(text, ";,");
        ret_element->weight = weight_of(rest, end);
        if (ret_element->len > 0 && ret_element->weight >= 0)
            return true;
    }
    return false;
}

/* How closely a range names the type: 3 the type itself, 2 its main type, 1 anything, 0 not at all. */
static int closeness(const struct element *range, const char *type, size_t len)
{
    if (range->len == len && strncasecmp(range->name, type, len) == 0)
        return 3;
    size_t main_len = strcspn(type, "/");
    if (range->len == main_len + 2 && strncasecmp(range->name, type, main_len + 1) == 0 && range->name[main_len + 1] == '*')
        return 2;
    return range->len == 3 && strncmp(range->name, "*/*", 3) == 0;
}

struct accept_wish accept_wish(const char *accept, const char *content_type)
{
    if (!accept || accept[strspn(accept, BLANKS ",")] == '\0')
        return (struct accept_wish){.weight = 1000};
    size_t len = strcspn(content_type, "; ");
    struct element range;
    struct accept_wish wish = {0};
    while (next_element(&accept, &range)) {
        int close = closeness(&range, content_type, len);
        if (close > wish.closeness || (close == wish.closeness && close > 0 && range.weight > wish.weight))
            wish = (struct accept_wish){range.weight, close};
    }
    return wish;
}

bool accept_prefers(struct accept_wish a, struct accept_wish b)
{
    return a.weight > b.weight || (a.weight == b.weight && a.closeness > b.closeness);
}

static bool names(const struct element *element, const char *name)
{
    return strlen(name) == element->len && strncasecmp(element->name, name, element->len) == 0;
}

struct accept_coding accept_coding(const char *accept_encoding)
{
    int gzip = -1, identity = -1, any = -1;
    struct element coding;
    while (next_element(&accept_encoding, &coding)) {
        if (names(&coding, "gzip") || names(&coding, "x-gzip"))
            gzip = coding.weight;
        else if (names(&coding, "identity"))
            identity = coding.weight;
        else if (names(&coding, "*"))
            any = coding.weight;
    }
    gzip = gzip >= 0 ? gzip : any;
    /* Plain bytes that are not named are admitted, but asked for by nobody. */
    return (struct accept_coding){.gzip_admitted = gzip > 0, .gzip_wanted = gzip > 0 && gzip >= identity};
}
