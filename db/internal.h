/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of this folder share. No other folder includes it.
 */
#ifndef STUDYD_DB_INTERNAL_H
#define STUDYD_DB_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/arena.h"
#include "db/answers.h"
#include "db/db.h"
#include "gen/db_statements.h"

#define CLEANUP(function) __attribute__((cleanup(function)))
#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))

/* ── status.c ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status status_of(int sqlite_code); /* any result code, extended or not; ROW and DONE are DB_OK */
enum db_status status_of_errno(int error);

/* ── list.c ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A growing array in an arena. */
struct list {
    void *items;
    size_t len, room, size; /* size of one item; set by the caller */
};
void *list_add(struct list *list, struct arena *arena);                 /* the new item, zeroed; NULL = no memory */
void *list_extend(struct list *list, struct arena *arena, size_t more); /* the first of so many new items */

/* ── map.c: string → value ──────────────────────────────────────────────────────────────────────────────────── */

struct map_entry {
    const char *key; /* borrowed; must outlive the map */
    union {
        const char *text;
        struct db_study_state state;
        size_t index;
    };
};
struct map {
    struct map_entry *slots; /* zeroed = empty */
    size_t len, room;
};
bool map_reserve(struct map *map, size_t more); /* so many puts cannot fail then */
struct map_entry *map_find(const struct map *map, const char *key);
struct map_entry *map_put(struct map *map, const char *key); /* the entry of key, made if need be; room was reserved */
void map_free(struct map *map);

/* ── statement.c: statements prepared once, bound by name ───────────────────────────────────────────────────── */

#define SHAPES_MAX 64
struct shape { /* a statement put together for one shape of question */
    char *text;
    sqlite3_stmt *stmt;
    uint64_t used;
};

/* Where the parameters of a prepared statement are, by the address of a name that was looked up before. */
#define PLACES_MAX 40
struct places {
    const char *name[PLACES_MAX]; /* name[i] = parameter i + 1 */
};

struct statements {
    sqlite3 *sql;
    sqlite3_stmt *prepared[STMT_COUNT];
    struct places places[STMT_COUNT];
    struct shape shapes[SHAPES_MAX];
    uint64_t clock; /* of their use */
};
enum db_status statements_prepare_all(struct statements *statements); /* DB_DAMAGED: a table or column is missing */
void statements_close(struct statements *statements);

/* What a function of ours is handed through a statement: a struct search_each. */
#define POINTER_KIND "search_each"

/* One argument by name. ARG_KNOWN: −1 is NULL. The text must live until query_end. */
struct arg {
    const char *name;
    enum arg_kind { ARG_TEXT, ARG_INT, ARG_KNOWN, ARG_BLOB, ARG_POINTER } kind; /* ARG_POINTER: of struct sql_value only */
    const void *bytes;
    int64_t number; /* of ARG_BLOB: its length */
};
#define ARG_T(parameter, value)                                                                                                            \
    {                                                                                                                                      \
        .name = parameter, .kind = ARG_TEXT, .bytes = value                                                                                \
    }
#define ARG_I(parameter, value)                                                                                                            \
    {                                                                                                                                      \
        .name = parameter, .kind = ARG_INT, .number = value                                                                                \
    }
#define ARG_K(parameter, value)                                                                                                            \
    {                                                                                                                                      \
        .name = parameter, .kind = ARG_KNOWN, .number = value                                                                              \
    }
#define ARG_B(parameter, value, length)                                                                                                    \
    {                                                                                                                                      \
        .name = parameter, .kind = ARG_BLOB, .bytes = value, .number = (int64_t)(length)                                                   \
    }
#define ARGS(...) ((const struct arg[]){__VA_ARGS__, {0}})
#define NO_ARGS   NULL

/* A member of a struct that is a parameter on writing (name) and a column on reading (name without the colon). */
struct field {
    const char *name; /* NULL ends a table */
    enum field_kind {
        FIELD_TEXT, /* const char *, NULL is NULL */
        FIELD_INT64,
        FIELD_KNOWN, /* int64_t, −1 is NULL */
        FIELD_INT,
        FIELD_INT_KNOWN, /* int, −1 is NULL */
        FIELD_BOOL,
    } kind;
    size_t offset;
    const char *member; /* what the API calls it, for fields that can be edited in the register; else NULL */
};

/* A run of one statement. Errors stick: binding and stepping may be written down without looking in between. */
struct query {
    sqlite3_stmt *stmt;
    int code;              /* the first error, else the last step's */
    int column;            /* next to be read by query_fields */
    struct places *places; /* NULL = parameters are looked up by their names each time */
};
struct query query_begin(struct statements *statements, enum db_statement which, const struct arg *args);
struct query query_on(sqlite3_stmt *stmt); /* a statement of one's own */
void query_end(struct query *query);       /* for CLEANUP: resets */
void query_bind(struct query *query, const struct arg *args);
void query_bind_fields(struct query *query, const struct field *fields, const void *record);
bool query_row(struct query *query); /* false: no more, or an error */
/* The next columns into record; texts are copied into arena, or borrowed until the next step when it is NULL. */
void query_fields(struct query *query, const struct field *fields, void *ret_record, struct arena *arena);
const char *query_text(struct query *query, int column); /* borrowed until the next step */
int64_t query_int(struct query *query, int column);
int64_t query_known(struct query *query, int column); /* −1 when NULL */
enum db_status query_status(const struct query *query);
enum db_status query_run(struct query *query); /* steps to the end */

/* A statement without an answer. */
enum db_status statement_run(struct statements *statements, enum db_statement which, const struct arg *args);

/* ── connection.c, lock.c ───────────────────────────────────────────────────────────────────────────────────── */

enum connection_role {
    CONNECTION_WRITER,
    CONNECTION_READER,
    CONNECTION_LOOKER, /* leaves nothing beside the file, where it may write to it */
    CONNECTION_STILL,  /* needs nothing beside the file, which nobody changes */
};
enum db_status connection_open(const char *path, enum connection_role role, bool create, sqlite3 **ret_sql);
bool connection_is_still(sqlite3 *sql);  /* nobody has the file open, and this process may not make what it takes to open it */
char *connection_name(const char *path); /* malloc'd: a name that the engine cannot take for a URI; NULL = no memory */
enum db_status open_to_look(const char *path, sqlite3 **ret_sql, char **ret_detail);                      /* of open.c */
enum db_status open_to_copy(const char *path, sqlite3 **ret_sql, int64_t *ret_format, char **ret_detail); /* also of an earlier format */
enum db_status connection_keep_log(sqlite3 *sql); /* the writer's journal settings, once the file is known to be ours */
/* On PATH.lock. in_vain: what it was taken for was refused, so the file goes again where taking it made it. */
struct lock {
    int fd; /* −1 = not held */
    bool is_new;
};
enum db_status lock_take(const char *path, struct lock *ret_lock, char **ret_detail);
void lock_release(const char *path, struct lock *lock, bool in_vain); /* NULL and not held are fine */
void detail_set(char **ret_detail, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ── backup.c, restore.c ────────────────────────────────────────────────────────────────────────────────────── */

/* All of the database, as it is at one instant, into a file that is empty or not there. Not yet on disk when it returns. */
enum db_status copy_whole(sqlite3 *from, const char *to, const struct db_check_listener *listener);
enum db_status file_sync(const char *path); /* no connection of this process may be on it */
/* Whether a restore was broken off after the new register had become the one that counts. Any process; finishing it needs the lock. */
enum db_status restore_is_pending(const char *path, bool *ret_is);
enum db_status restore_finish(const char *path, char **ret_detail);

/* ── versions.c: what is known in memory ────────────────────────────────────────────────────────────────────── */

struct image;
struct versions {
    pthread_rwlock_t lock; /* guards map; it is written by an import's end only */
    struct map map;
    struct arena keys;        /* never shrinks: codes do not go */
    const struct image *base; /* may be NULL; until db_close */
    char epoch[17];
    _Atomic int64_t data_version, data_updated;
    _Atomic int64_t facts_version; /* of the last change of anything but counts */
};
/* One study with the version it will have. */
struct new_version {
    const char *code;
    struct db_study_state state;
};
enum db_status versions_begin(struct db *db); /* the register's; then the image is made */
enum db_status versions_load(struct db *db);  /* the studies' */
/* prepare before the commit: after it, publish cannot fail. */
enum db_status versions_prepare(struct db *db, struct list *new_versions);
void versions_publish(struct db *db, const struct list *new_versions, int64_t data_version, int64_t updated, bool is_of_facts);
int64_t versions_facts(const struct db *db);
const char *versions_code(const struct db *db, const char *code); /* the code as kept here: for ever; NULL = no such study */
void versions_each(const struct db *db, bool (*each)(void *cls, const char *code), void *cls);

/* ── studies.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct page_rows {
    int64_t total;
    struct list ids;              /* int64_t, in the order of the walk */
    struct db_position near, far; /* of the first and the last row of the walk */
    bool has_more, has_behind;    /* rows beyond the last; rows before the first */
};
enum db_status reader_version(struct db_reader *reader, int64_t *ret_version); /* that the transaction sees */

/* DB_NOT_FOUND always, unless asking fails; *ret_since: from when on it is known how the study stood, −1 = there is no such study. */
enum db_status study_kept_since(struct db_reader *reader, const char *code, int64_t *ret_since); /* known.c */
enum db_status study_look_moved(struct db_reader *reader, const char *code, char **ret_moved);   /* as db_studies_get ends */

/* ── image_file.c: see db/image.h ───────────────────────────────────────────────────────────────────────────── */

struct image;
struct image_slot {
    pthread_mutex_t lock;
    struct image *current;  /* NULL = there is none */
    pthread_mutex_t making; /* held while one is made; before the other */
};
void images_end(struct db *db);

/* ── clock.c: the instants of transactions ──────────────────────────────────────────────────────────────────── */

struct clock {
    pthread_mutex_t lock;
    int64_t promised; /* nothing comes any more that is recorded with this instant or an earlier one */
    int64_t last;     /* that was given */
    int64_t writing;  /* of the transaction under way; 0 = there is none */
};
/* An instant that is later than every one before, and than what was promised. Between begin and end it is a transaction's, which is seen by
 * everybody when end is called. */
int64_t clock_begin(struct db *db);
void clock_end(struct db *db);

/* ── the two handles ────────────────────────────────────────────────────────────────────────────────────────── */

struct db {
    char *path; /* NULL = in memory */
    struct lock lock;
    sqlite3 *sql;
    struct statements statements;
    const struct db_renderer *renderer;
    struct versions versions;
    struct stats_store answers;
    struct image_slot images;
    struct clock clock;
    bool only_reads;       /* its readers ask by this connection */
    struct db_reader *own; /* asks in the writer's transaction; NULL = not needed yet */
    _Atomic int readers;
    bool is_writing; /* an import or what is filed: from begin to its end */
};

struct vocabulary {
    struct map found;    /* what is asked → canonical spelling */
    struct map any_case; /* the same in lower case, for those that are asked so */
    struct list values;  /* const char *, canonical, in order */
    struct arena arena;
    int64_t facts_version; /* that it was read of; −1 = not read yet */
};

struct db_reader {
    struct db *db;
    struct db_bound bound;
    struct statements statements;
    struct statements *st;              /* &statements, or those of the database, when it is in memory or only read */
    int depth;                          /* of begin … end */
    bool began;                         /* this reader opened the transaction */
    bool is_writers;                    /* it sees what is not committed yet, which nobody else may be told */
    int64_t data_version, data_updated; /* of the state seen in it */
    int64_t facts_version;              /* of the same: what is no count, nor made of counts, is as it was at that one */
    struct vocabulary vocabularies[DB_VOCAB_STATUS + 1];
    struct map words; /* every canonical spelling handed out; lives as long as the reader */
    struct arena word_arena;
    struct kept_editions {
        int64_t facts_version; /* that they are of; −1 = none are kept */
        struct arena arena;
        struct list items; /* struct db_edition */
    } newest;              /* editions: every list names their licence */
};

bool bound_is_passed(const struct db_bound *bound);
enum db_status reader_own(struct db *db); /* db->own, from its first use until db_close */
enum db_status reader_enter(struct db_reader *reader);
void reader_leave(struct db_reader *reader);
void reader_leave_at(struct db_reader **reader); /* for CLEANUP; a NULL reader is fine */
void vocabularies_close(struct db_reader *reader);

#include "db/stats_parts.h" /* in the terms above */

/* ── study_fields.c, study_load.c ───────────────────────────────────────────────────────────────────────────── */

/* A list of a study: how it is cleared, written and read. */
struct study_list {
    const char *name;                   /* in local_edit and in notes */
    enum db_statement clear, add, load; /* add = STMT_COUNT: read only */
    bool positioned;
    const struct field *fields; /* written and read */
    const struct field *labels; /* read only, after them; may be NULL */
    size_t size;                /* of an item */
    size_t items, len;          /* offsets in struct db_study */
};
extern const struct field study_facts[], study_texts[], study_made[];
extern const struct study_list study_lists[];
#define LIST_HOSPITALS 2 /* its place there */
extern const size_t study_lists_len;

/* study_members.c: what can be edited in the register, by its name in local_edit: a column, or a list. */
struct study_member {
    const struct field *field;     /* NULL where it is a list; both NULL: there is no such member */
    const struct study_list *list; /* NULL where it is a column */
    bool is_fact;                  /* a column of study, not of study_text */
};
struct study_member study_member_named(const char *name);
bool study_member_is_equal(const struct study_member *member, const struct db_study *a, const struct db_study *b);
void study_member_copy(const struct study_member *member, struct db_study *to, const struct db_study *from); /* borrows */
size_t study_list_len(const struct study_list *list, const struct db_study *study);
enum db_status study_list_store(struct statements *statements, int64_t id, const struct study_list *list, const struct db_study *study,
                                bool is_new);

enum db_status study_load(struct statements *statements, struct arena *arena, int64_t id, struct db_study *ret_study);
/* The same, but for the lists that are known to be empty: bits, by place in study_lists. */
enum db_status study_load_known(struct statements *statements, struct arena *arena, int64_t id, unsigned empty, struct db_study *ret_study);

/* ── recruitment.c, refresh.c ───────────────────────────────────────────────────────────────────────────────── */

/* What is known of a study beforehand. */
struct made_from {
    bool is_new;                /* nothing was made of it yet */
    bool has_no_parts;          /* neither a hospital nor a report of a region */
    const struct list *reports; /* struct report_place: nothing but these has come; NULL = anything may be other than it was */
    const struct past *was;     /* with reports: how the study stood */
};
struct report_place {
    const char *region, *as_of; /* region NULL = the whole study */
    int64_t included;
};
struct past;
enum db_status recruitment_refresh(struct statements *statements, int64_t study, struct made_from from);
int64_t permille_of(int64_t included, int64_t planned); /* rounded half up; −1 when planned is not above 0 */
int64_t day_number(const char *date, bool last);        /* of YYYY[-MM[-DD]], its first or last day; −1 = none */

/* What is made of a study, against a fresh making: each names what differs. Nothing is written. */
enum db_status made_numbers_check(struct statements *statements, int64_t study, void (*each)(void *cls, const char *what), void *cls);

bool study_next(struct statements *statements, int64_t *id, enum db_status *ret_status); /* id 0 = the first; false: no further one */
/* Whether the study looks other than it is stored, and whether all are stored in this representation. */
enum db_status render_differs(struct statements *statements, const struct db_renderer *renderer, int64_t id, const struct db_study *study,
                              bool *ret_differs);
enum db_status render_is_current(struct statements *statements, const struct db_renderer *renderer, bool *ret_is);
enum db_statement rendered_get(enum db_form form); /* takes :study; one column */
enum db_status render_all(struct db *db);
enum db_status write_at_open(struct db *db, enum db_status (*write)(struct db *db)); /* in a transaction of its own */

#include "db/revision.h" /* in the terms above */

/* ── import ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A study that this import has met. */
struct import_study {
    int64_t id;
    bool is_new;                 /* added by this import: nothing was said of it before */
    bool has_plans, has_reports; /* of this import */
    bool by_region;              /* a report was of a region */
    unsigned empty;              /* lists of a new study, by place in study_lists */
};

struct db_import {
    struct db *db;
    struct statements *st;
    struct revision revision;    /* its edition is this one */
    struct arena arena, scratch; /* of the whole import; of one call */
    const char *programme, *edition_code, *as_of;
    bool newest;           /* no edition of the programme is later */
    int64_t position;      /* of the next figure */
    enum db_status failed; /* the first failure: nothing works after it */
    char *detail;          /* malloc'd, may be NULL */
    struct map studies;    /* code → place in met */
    struct list met;       /* struct import_study */
    struct list added;     /* uint32_t: places in met of the new ones, in the order of their ids, which should follow one another */
    int64_t first_added;
    struct map persons; /* leaders known to be stored */
    bool has_old_ids;   /* a code may be an old id of a study */
    db_step_fn step;    /* may be NULL */
    void *step_cls;
    struct list set_aside; /* what is to be made again */
    struct db_import_result result;
};
enum db_status import_fail(struct db_import *import, enum db_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
void import_step(const struct db_import *import, const char *what, int64_t done, int64_t of);
struct touch {
    bool added, named, reported;
};
enum db_status import_touch(struct db_import *import, int64_t study, struct touch why);
/* A touched study leaves the kept sums, once an import. Before anything is written that they are made of (its facts, awards and
 * categories, and what is made anew at the end); then it enters again. */
enum db_status import_depart(struct db_import *import, int64_t study);
/* The study of that code; NULL with DB_OK: there is none. DB_CONFLICT: it is of another programme. Valid until another one is met. */
enum db_status import_study_find(struct db_import *import, const char *code, struct import_study **ret_study);
enum db_status import_study_met(struct db_import *import, const char *code, const struct import_study *study);
const struct import_study *import_study_added(const struct db_import *import, int64_t id); /* NULL = none that is known of */
enum db_status import_conflict(struct db_import *import, const char *study, const char *field, const char *lines, const char *nb,
                               const char *en);
enum db_status import_refresh(struct db_import *import);
/* import_great.c; in an ordinary import they do nothing, but for the sums. */
enum db_status import_set_aside(struct db_import *import); /* before the first study */
enum db_status import_take_room(struct db_import *import); /* when the caller has nothing more */
enum db_status import_put_back(struct db_import *import);  /* when all is written */
enum db_status import_count_shown(struct db_import *import);
enum db_status import_store_sums(struct db_import *import);
void import_end_great(struct db_import *import); /* after the transaction */
extern const struct field programme_fields[], edition_fields[], region_fields[], mechanism_fields[], category_fields[],
    institution_fields[], figure_fields[], note_fields[];

/* ── position.c, studies_query.c ────────────────────────────────────────────────────────────────────────────── */

/* A statement in the making, from constant fragments; values are bound. */
struct sql_value {
    enum arg_kind kind;
    int64_t number;    /* or length */
    const void *bytes; /* NULL with ARG_TEXT or ARG_BLOB is NULL */
};
struct sql {
    struct arena *arena;
    struct list text;   /* char */
    struct list values; /* struct sql_value */
    bool failed;        /* no memory */
};
struct sql sql_begin(struct arena *arena);
void sql_add(struct sql *sql, const char *fragment);
void sql_int(struct sql *sql, int64_t value);
void sql_value(struct sql *sql, struct sql_value value);
void sql_keep(struct sql *sql); /* copies what the values borrow, so that it need not outlive the question */
void sql_filter(struct sql *sql, const struct db_study_filter *filter);       /* " WHERE 1 AND …" over study s */
void sql_award_filter(struct sql *sql, const struct db_study_filter *filter); /* " AND …" over award a, each award by itself */
bool filter_is_empty(const struct db_study_filter *filter);
bool filter_is_of_facts(const struct db_study_filter *filter); /* neither counts nor what is made of counts has a say in it */
/* Text and values as bytes: equal for the same question. NULL = no memory. Before sql_query. */
const char *sql_key(const struct sql *sql, size_t *ret_len);
enum db_status sql_query(struct sql *sql, struct statements *statements, struct query *ret_query);

#define SORT_KEYS_MAX  (DB_SORT_LEN + 1)
#define SORT_KEY_BYTES 100 /* so that any SORT_KEYS_MAX keys fit into a struct db_position */
struct sort_column {
    const char *up, *down; /* the same, but that what is not known comes last either way */
    enum arg_kind kind;    /* ARG_TEXT, ARG_INT or ARG_BLOB: never NULL */
};
extern const struct sort_column sort_columns[];
struct ordering {
    struct db_sort keys[SORT_KEYS_MAX];
    size_t len;
};
struct ordering ordering_of(const struct db_studies_query *query); /* without repetition, the id last */
void position_write(const struct ordering *ordering, sqlite3_stmt *row, int column, struct db_position *ret_position);
/* The values lie in the position. false = no position of this ordering. */
bool position_read(const struct ordering *ordering, const struct db_position *position, struct sql_value *ret_values);

/* ── studies.c: what pages and walks share ──────────────────────────────────────────────────────────────────── */

struct walk {
    const struct db_studies_query *query;
    struct ordering ordering;
    const struct sql_value *from; /* NULL = from the beginning */
    bool backwards;
    bool any;        /* whichever row comes first will do */
    bool is_bounded; /* relevance is: see search_index.h */
    int64_t limit;   /* −1 = none */
};
/* Rows: the id, then the keys of the ordering. arena must outlive the query. */
enum db_status walk_begin(struct db_reader *reader, struct arena *arena, const struct walk *walk, struct query *ret_query);
/* Where relevance sorts: whether it is bounded, as the place of the cursor says, or as there are few or many that fit. */
enum db_status walk_settle(struct db_reader *reader, struct arena *arena, struct walk *walk);
enum db_status studies_count(struct db_reader *reader, struct arena *arena, const struct db_study_filter *filter, int64_t *ret_count);

/* ── sortkey.c ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The next character of UTF-8 text, which moves on; 0 at the end. A broken byte stands for itself. */
uint32_t utf8_lax_next(const char **text);

#endif
