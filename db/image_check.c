/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image's file against a fresh building: the same records make the same columns, byte for byte.
 */
#define _GNU_SOURCE /* asprintf */
#include "db/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comparing {
    const char *database;
    const struct image *stored, *fresh;
    void (*each)(void *cls, const char *difference);
    void *cls;
};

static const char *const plain_names[COLUMN_DIM] = {
    [COLUMN_ID] = "numbers of studies",
    [COLUMN_VERSION] = "versions",
    [COLUMN_UPDATED] = "updated",
    [COLUMN_AMOUNT] = "amount_nok",
    [COLUMN_PLANNED] = "planned",
    [COLUMN_INCLUDED] = "included",
    [COLUMN_PERMILLE] = "percent",
    [COLUMN_DAY] = "included as_of",
    [COLUMN_AWARDS] = "awards",
    [COLUMN_CATEGORIES] = "number of categories",
    [COLUMN_TOTALS_ONLY] = "totals only",
    [COLUMN_AWARD_AMOUNT] = "amounts of awards",
    [COLUMN_PART_PLANNED] = "planned by region",
    [COLUMN_PART_INCLUDED] = "included by region",
    [COLUMN_PART_DAY] = "as_of by region",
    [COLUMN_CODES] = "ids",
    [COLUMN_CODES_AT] = "places of ids",
    [COLUMN_UNKNOWN] = "sort keys that end with the unknown",
};

static const char *const dim_names[DIM_COUNT] = {
    [DIM_PROGRAMME] = "programme",
    [DIM_CALL_YEAR] = "call_year",
    [DIM_MECHANISM] = "mechanism",
    [DIM_STATUS] = "status",
    [DIM_INSTITUTION] = "institution",
    [DIM_REGION] = "region",
    [DIM_LEADER] = "leader",
    [DIM_CARD] = "has_card",
    [DIM_BEHIND] = "behind_plan",
    [DIM_AGES] = "age",
    [DIM_CATEGORY] = "category",
    [DIM_HOSPITAL] = "hospital",
    [DIM_INCLUSION] = "inclusion_region",
    [DIM_AWARD_YEAR] = "award call_year",
    [DIM_AWARD_MECHANISM] = "award mechanism",
    [DIM_PART] = "region that takes part",
};

static const char *const dim_part_names[PART_COUNT] = {
    [PART_NAMES] = "values",
    [PART_NAMES_AT] = "places of values",
    [PART_VALUES] = "of each study",
    [PART_STARTS] = "places of each study",
    [PART_ROWS] = "studies of each value",
    [PART_ROWS_AT] = "places of the studies of each value",
    [PART_SETS] = "sets of studies",
    [PART_SETS_AT] = "values that have a set",
};

static const char *const sort_names[IMAGE_SORTS] = {
    [DB_SORT_ID] = "id",
    [DB_SORT_NAME] = "name",
    [DB_SORT_CALL_YEAR] = "call_year",
    [DB_SORT_AMOUNT_NOK] = "amount_nok",
    [DB_SORT_PLANNED] = "planned",
    [DB_SORT_INCLUDED] = "included",
    [DB_SORT_PERCENT] = "percent",
    [DB_SORT_LEADER] = "leader",
    [DB_SORT_INSTITUTION] = "institution",
    [DB_SORT_MECHANISM] = "mechanism",
    [DB_SORT_STATUS] = "status",
    [DB_SORT_UPDATED] = "updated",
};

static const char *const sort_part_names[SORT_PARTS] = {[SORT_ORDER] = "order", [SORT_RANK] = "ranks", [SORT_GROUPS] = "places of ranks"};

/* What a column is called, in two parts; the second may be empty. */
static const char *name_of(size_t column, const char **ret_part)
{
    *ret_part = "";
    if (column < COLUMN_DIM)
        return plain_names[column];
    if (column < COLUMN_SORT) {
        *ret_part = dim_part_names[(column - COLUMN_DIM) % PART_COUNT];
        return dim_names[(column - COLUMN_DIM) / PART_COUNT];
    }
    *ret_part = sort_part_names[(column - COLUMN_SORT) % SORT_PARTS];
    return sort_names[(column - COLUMN_SORT) / SORT_PARTS];
}

static bool is_same(const struct image_items *a, const struct image_items *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->items, b->items, a->len) == 0);
}

/* One sentence names the first column that differs: the others mostly follow from it. false = no memory. */
static bool tell(const struct comparing *c, const char *what, const char *part, size_t more)
{
    char *sentence = NULL, others[40] = "";
    if (more > 0)
        snprintf(others, sizeof others, ", and %zu more column%s", more, more == 1 ? "" : "s");
    if (asprintf(&sentence,
                 "The image %s-image is not what the records make it (%s%s%s%s): remove the file, and the next start makes it anew.",
                 c->database, what, part[0] == '\0' ? "" : ": ", part, others) < 0)
        return false;
    c->each(c->cls, sentence);
    free(sentence);
    return true;
}

static enum db_status compare(const struct comparing *c)
{
    size_t first = COLUMN_COUNT, differ = 0;
    const char *part = "";
    if (c->stored->len != c->fresh->len)
        return tell(c, "the number of studies", part, 0) ? DB_OK : DB_NO_MEMORY;
    for (size_t column = COLUMN_COUNT; column-- > 0;)
        if (!is_same(&c->stored->column[column], &c->fresh->column[column])) {
            first = column;
            differ++;
        }
    if (differ == 0)
        return DB_OK;
    const char *name = name_of(first, &part);
    return tell(c, name, part, differ - 1) ? DB_OK : DB_NO_MEMORY;
}

/* NULL: there is none of the data version that the transaction sees. */
static enum db_status find_file(struct statements *statements, const char *database, struct image **ret_image)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_register_get, NO_ARGS);
    *ret_image = NULL;
    if (query_row(&query)) {
        const char *epoch = query_text(&query, 0);
        *ret_image = epoch == NULL ? NULL : image_map(database, epoch, query_int(&query, 1));
    }
    return query_status(&query);
}

enum db_status image_check(struct statements *statements, const char *database, void (*each)(void *cls, const char *difference), void *cls)
{
    struct image *stored, fresh;
    enum db_status status = find_file(statements, database, &stored);
    if (stored == NULL)
        return status;
    status = image_build(statements, &fresh);
    if (status == DB_OK) {
        status = compare(&(struct comparing){database, stored, &fresh, each, cls});
        image_build_free(&fresh);
    }
    image_unmap(stored);
    return status;
}
