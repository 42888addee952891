/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image: what studies are filtered, sorted and summed by, as columns, in a file beside the database that is mapped into memory. It is
 * made from the records after an import, at open where it is not of this data version, and now and then after filings; it is never the
 * only place of anything.
 * A reader uses it when it is of the data version that its transaction sees, or differs from that in nothing that the question is about;
 * else it asks the engine: the answers are the same.
 *
 * Rows are studies in the order of their primary key, numbered from 0. A set of rows is a bit for each, in words of 64.
 */
#ifndef STUDYD_DB_IMAGE_H
#define STUDYD_DB_IMAGE_H

#include "db/internal.h"

/* What a study is filtered by, each a list of values (in the order of their bytes) with the rows that have it. */
enum image_dim {
    DIM_PROGRAMME, /* one value for each study, up to DIM_AGES */
    DIM_CALL_YEAR,
    DIM_MECHANISM,
    DIM_STATUS,
    DIM_INSTITUTION,
    DIM_REGION, /* the institution's; a study may have none */
    DIM_LEADER,
    DIM_CARD,
    DIM_BEHIND,
    DIM_AGES,     /* "18 64", an open end as 0 or the greatest number; NO_VALUE = neither is known */
    DIM_CATEGORY, /* several, from here on; in the order printed */
    DIM_HOSPITAL, /* named, or coordinating */
    DIM_INCLUSION,
    DIM_AWARD_YEAR, /* these two: one for each award, in the same order */
    DIM_AWARD_MECHANISM,
    DIM_PART, /* regions it takes part in, with numbers of their own */
    DIM_COUNT,
    DIM_SINGLE = DIM_CATEGORY
};
#define NO_VALUE UINT32_MAX

enum image_dim_part {
    PART_NAMES,    /* char: the values, each ended by NUL */
    PART_NAMES_AT, /* uint32_t: where each begins */
    PART_VALUES,   /* uint32_t: of single dimensions a value for each row, else those of each row in turn */
    PART_STARTS,   /* uint32_t: of the others where each row's begin, and the end */
    PART_ROWS,     /* uint32_t: the rows of each value in turn, each once */
    PART_ROWS_AT,  /* uint32_t: where each value's begin, and the end */
    PART_SETS,     /* uint64_t: the rows of values that many have, as sets */
    PART_SETS_AT,  /* uint32_t: the number of the value's set, from 1; 0 = it has none */
    PART_COUNT
};

enum image_sort_part {
    SORT_ORDER,  /* uint32_t: rows by the key, then by id; what is not known comes last */
    SORT_RANK,   /* uint32_t: of each row; rows with the same key have the same */
    SORT_GROUPS, /* uint32_t: where the rows of each rank begin in the order, and the end */
    SORT_PARTS
};
#define IMAGE_SORTS (DB_SORT_UPDATED + 1)

enum image_column {
    COLUMN_ID, /* int64_t, as all up to COLUMN_DAY; −1 = not known */
    COLUMN_VERSION,
    COLUMN_UPDATED,
    COLUMN_AMOUNT,
    COLUMN_PLANNED,
    COLUMN_INCLUDED,
    COLUMN_PERMILLE,
    COLUMN_DAY, /* of the count, as 20241231 */
    COLUMN_AWARDS,
    COLUMN_CATEGORIES,
    COLUMN_TOTALS_ONLY,  /* the last of each study */
    COLUMN_AWARD_AMOUNT, /* of each award, as DIM_AWARD_YEAR */
    COLUMN_PART_PLANNED, /* of each region, as DIM_PART */
    COLUMN_PART_INCLUDED,
    COLUMN_PART_DAY,
    COLUMN_CODES,    /* char: the ids, each ended by NUL */
    COLUMN_CODES_AT, /* uint32_t */
    COLUMN_UNKNOWN,  /* uint32_t: for each sort key 1 where its last rank stands for the unknown */
    COLUMN_DIM,
    COLUMN_SORT = COLUMN_DIM + DIM_COUNT * PART_COUNT,
    COLUMN_COUNT = COLUMN_SORT + IMAGE_SORTS * SORT_PARTS
};

struct image_items {
    const void *items;
    size_t len; /* bytes */
};

struct image {
    struct image_items column[COLUMN_COUNT];
    size_t len, words; /* rows; words of a set */
    int64_t data_version;
    void *mapped;
    size_t mapped_size;
    int uses; /* guarded by the lock of struct image_slot */
};

static inline const int64_t *image_numbers(const struct image *image, size_t column)
{
    return image->column[column].items;
}
static inline const uint32_t *image_indexes(const struct image *image, size_t column)
{
    return image->column[column].items;
}
static inline size_t dim_column(enum image_dim dim, enum image_dim_part part)
{
    return COLUMN_DIM + (size_t)dim * PART_COUNT + part;
}
static inline const uint32_t *image_dim(const struct image *image, enum image_dim dim, enum image_dim_part part)
{
    return image->column[dim_column(dim, part)].items;
}
static inline size_t dim_values(const struct image *image, enum image_dim dim)
{
    return image->column[dim_column(dim, PART_NAMES_AT)].len / sizeof(uint32_t);
}
static inline const char *dim_name(const struct image *image, enum image_dim dim, size_t value)
{
    return (const char *)image->column[dim_column(dim, PART_NAMES)].items + image_dim(image, dim, PART_NAMES_AT)[value];
}
static inline const uint32_t *image_sort(const struct image *image, enum db_study_sort_key key, enum image_sort_part part)
{
    return image->column[COLUMN_SORT + (size_t)key * SORT_PARTS + part].items;
}
static inline const char *image_code(const struct image *image, size_t row)
{
    return (const char *)image->column[COLUMN_CODES].items + image_indexes(image, COLUMN_CODES_AT)[row];
}
uint32_t dim_find(const struct image *image, enum image_dim dim, const char *name); /* NO_VALUE = nothing has it */
uint32_t image_find(const struct image *image, const char *code);                   /* the row of an id, or NO_VALUE */

/* image_build.c: everything from the records, in the caller's transaction. The columns are malloc'd. */
enum db_status image_build(struct statements *statements, struct image *ret_image);
void image_build_free(struct image *image);

/* image_file.c. Where the file cannot be written or mapped there is no image, which is no failure. */
void image_make(struct db *db);    /* the writer's thread, outside of a transaction */
void image_use(struct db *db);     /* the same, but that none is made */
void images_forget(struct db *db); /* from now on the engine is asked, until there is a new one; readers keep what they hold */
/* The file beside this database, where it is of this life and data version; NULL = there is none. For image_unmap. */
struct image *image_map(const char *database, const char *epoch, int64_t data_version);
void image_unmap(struct image *image);
/* The image of what the reader's transaction sees; NULL = there is none. */
enum db_status reader_image(struct db_reader *reader, const struct image **ret_image);
/* Likewise, or an earlier one that differs from it in counts alone, and in what is made of counts: for questions that ask of neither. Its
 * rows are the same studies. */
enum db_status reader_image_of_facts(struct db_reader *reader, const struct image **ret_image);
/* Any thread; NULL = there is none of these data versions. */
const struct image *image_take(struct db *db, int64_t oldest, int64_t newest);
void image_let_go(struct db *db, const struct image *image); /* NULL is fine */

/* image_check.c: the file, where there is one of the data version that the transaction sees, against a fresh building. What differs is one
 * sentence. */
enum db_status image_check(struct statements *statements, const char *database, void (*each)(void *cls, const char *difference), void *cls);

/* image_filter.c: the rows that the filter lets through. DB_NO_MEMORY, or what the engine said where it was asked (q, hospitals). */
enum db_status image_select(struct db_reader *reader, const struct image *image, struct arena *arena, const struct db_study_filter *filter,
                            uint64_t **ret_set);
int64_t image_count(const struct image *image, const uint64_t *set);
/* The same, found once for all who ask it of one data version; use is called once with it, unless that failed. */
struct image_rows {
    const uint64_t *set;
    int64_t count;
};
typedef void (*image_use_fn)(void *cls, const struct image_rows *rows);
/* answer_shared, of a question whose answer is rows. */
enum db_status image_shared(struct db_reader *reader, const struct shared_question *question, image_use_fn use, void *cls);
enum db_status image_passing(struct db_reader *reader, const struct image *image, const struct db_study_filter *filter, image_use_fn use,
                             void *cls);

/* image_ranges.c: filters of numbers that studies are also sorted by. */
struct image_range {
    size_t offset; /* of the filter, in struct db_study_filter */
    enum image_column column;
    enum db_study_sort_key key; /* the order of that column: what is not known comes last */
    int64_t least;              /* of what is known */
};
extern const struct image_range image_ranges[];
extern const size_t image_ranges_len;
/* The places of the order with numbers from min to max: from *ret_from up to what is returned. */
size_t image_places(const struct image *image, const struct image_range *range, int64_t min, int64_t max, size_t *ret_from);
/* Places of a sort's order where the filter of the same number lets nobody through: [from, to). At most DB_RANGES_MAX; how many. */
struct image_gap {
    uint32_t from, to;
};
size_t image_gaps(const struct image *image, const struct db_study_filter *filter, enum db_study_sort_key key, struct image_gap *ret_gaps);

/* image_search.c: those that fit what is looked for, and how well; found once as above. */
enum db_status image_matching(struct db_reader *reader, const struct image *image, const struct db_search *search, bool in_titles,
                              image_use_fn use, void *cls);
enum db_status image_fitting(struct db_reader *reader, const struct image *image, const struct db_search *search, int64_t *ret_count);
/* A number for each row, greater where it fits better; the caller frees it. */
enum db_status image_relevance(struct db_reader *reader, const struct image *image, const struct db_search *search, bool is_bounded,
                               uint32_t **ret_relevance);

/* For each award whether the filters of awards pick it, each award by itself; NULL = all. */
enum db_status image_awards(const struct image *image, struct arena *arena, const struct db_study_filter *filter, bool **ret_awards);
/* image_stats.c: fills the sums of a table whose axes are read. */
enum db_status image_stats(struct db_reader *reader, const struct image *image, struct arena *arena, const struct db_stats_query *query,
                           struct stats_table *table);

/* image_page.c */
struct page_question {
    const struct db_study_filter *filter;
    const struct ordering *ordering;
    const struct db_position *from; /* NULL = from the beginning */
    const struct sql_value *values; /* of from */
    bool backwards, is_bounded;
    int limit;
};
/* ret_is_answered false: the study of the position is gone or stands elsewhere now; the engine is to be asked. */
enum db_status image_page(struct db_reader *reader, const struct image *image, struct arena *arena, const struct page_question *question,
                          struct page_rows *rows, bool *ret_is_answered);

/* Adds the rows of a value. */
void dim_add(const struct image *image, enum image_dim dim, size_t value, uint64_t *set);

#endif
