/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an edition says of regions, mechanisms, categories, institutions and leaders. The statements decide whether a known record
 * changes; where one did, the studies that show it are made anew.
 */
#include "db/internal.h"
#include "db/sortkey.h"

#include <string.h>

/* After a put: what it touched, or a sentence. */
static enum db_status after_put(struct db_import *import, enum db_status status, enum db_statement touch, const char *what,
                                const char *code)
{
    if (status == DB_OK && sqlite3_changes(import->st->sql) > 0)
        status = statement_run(import->st, touch, ARGS(ARG_T(":code", code)));
    return status == DB_OK ? DB_OK : import_fail(import, status, "%s %s: %s", what, code, db_status_text(status));
}

static enum db_status put(struct db_import *import, enum db_statement which, const struct field *fields, const void *record,
                          const struct arg *more)
{
    struct query query CLEANUP(query_end) = query_begin(
        import->st, which,
        ARGS(ARG_T(":programme", import->programme), ARG_I(":edition", import->revision.edition), ARG_I(":newest", import->newest)));
    query_bind(&query, more);
    query_bind_fields(&query, fields, record);
    return query_run(&query);
}

enum db_status db_import_region(struct db_import *import, const struct db_region *region)
{
    if (import->failed != DB_OK)
        return import->failed;
    return after_put(import, put(import, STMT_region_put, region_fields, region, NO_ARGS), STMT_touch_of_region, "region", region->code);
}

enum db_status db_import_mechanism(struct db_import *import, const struct db_mechanism *mechanism)
{
    if (import->failed != DB_OK)
        return import->failed;
    return after_put(import, put(import, STMT_mechanism_put, mechanism_fields, mechanism, NO_ARGS), STMT_touch_of_mechanism, "mechanism",
                     mechanism->code);
}

enum db_status db_import_category(struct db_import *import, const struct db_category *category)
{
    if (import->failed != DB_OK)
        return import->failed;
    return after_put(import, put(import, STMT_category_put, category_fields, category, NO_ARGS), STMT_touch_of_category, "category",
                     category->code);
}

static enum db_status add_alias(struct db_import *import, const char *code, const char *alias)
{
    return statement_run(import->st, STMT_institution_alias_add,
                         ARGS(ARG_T(":code", code), ARG_T(":alias", alias), ARG_I(":edition", import->revision.edition)));
}

/* The name itself is an alias where another one stands: of another programme, or of a later edition. */
static enum db_status add_aliases(struct db_import *import, const struct db_institution *institution)
{
    enum db_status status = add_alias(import, institution->code, institution->name);
    for (size_t i = 0; i < institution->aliases_len && status == DB_OK; i++)
        status = add_alias(import, institution->code, institution->aliases[i]);
    return status == DB_OK ? DB_OK : import_fail(import, status, "institution %s: %s", institution->code, db_status_text(status));
}

enum db_status db_import_institution(struct db_import *import, const struct db_institution *institution)
{
    if (import->failed != DB_OK)
        return import->failed;
    unsigned char key[SORT_KEY_BYTES];
    size_t len = sortkey_nb(institution->name, key, sizeof key);
    enum db_status status = put(import, STMT_institution_put, institution_fields, institution, ARGS(ARG_B(":name_key", key, len)));
    status = after_put(import, status, STMT_touch_of_institution, "institution", institution->code);
    return status == DB_OK ? add_aliases(import, institution) : status;
}

enum db_status db_import_leader_alias(struct db_import *import, const char *name, const char *alias)
{
    if (import->failed != DB_OK)
        return import->failed;
    enum db_status status = statement_run(import->st, STMT_person_add, ARGS(ARG_T(":name", name)));
    if (status == DB_OK)
        status = statement_run(import->st, STMT_person_alias_add,
                               ARGS(ARG_T(":name", name), ARG_T(":alias", alias), ARG_I(":edition", import->revision.edition)));
    return status == DB_OK ? DB_OK : import_fail(import, status, "leader %s: %s", name, db_status_text(status));
}
