/* SPDX-License-Identifier: GPL-3.0-or-later
 * The numbers of one study: made once, in the transaction of the change, and read from there.
 */
#include "db/internal.h"
#include "db/sortkey.h"

#include <stdlib.h>
#include <string.h>

/* ── days ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* "YYYY", "YYYY-MM" or "YYYY-MM-DD" into numbers; what is missing stays. */
static bool date_parts(const char *date, int part[3])
{
    static const size_t digits[] = {4, 2, 2};
    const char *p = date;
    for (int i = 0; i < 3 && *p != '\0'; i++) {
        if (i > 0 && *p++ != '-')
            return false;
        if (strspn(p, "0123456789") != digits[i])
            return false;
        part[i] = (int)strtol(p, NULL, 10);
        p += digits[i];
    }
    return p != date && *p == '\0';
}

int64_t day_number(const char *date, bool last)
{
    int part[3] = {0, last ? 12 : 1, 0};
    if (date == NULL || !date_parts(date, part) || part[0] == 0 || part[1] < 1 || part[1] > 12)
        return -1;
    if (part[2] == 0)
        part[2] = last ? days_of(part[0], part[1]) : 1;
    int64_t before = part[0] - 1;
    int64_t day = before * 365 + before / 4 - before / 100 + before / 400 + part[2];
    for (int month = 1; month < part[1]; month++)
        day += days_of(part[0], month);
    return day;
}

/* ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────── */

#define SORTED_BY 3 /* name, leader, institution */
struct inputs {
    int64_t threshold;
    const char *start, *end_expected; /* of the study */
    int64_t planned;
    const char *planned_end; /* of the plan */
    int64_t reported;
    const char *reported_as_of;
    int64_t regions, regions_reported, sum; /* of those that take part */
    const char *oldest, *newest;
    const char *sorted_by[SORTED_BY];
};

int64_t permille_of(int64_t included, int64_t planned)
{
    if (included < 0 || planned <= 0)
        return -1;
    __int128 doubled = (__int128)2000 * included + planned;
    __int128 permille = doubled / (2 * (__int128)planned);
    return permille > INT64_MAX ? INT64_MAX : (int64_t)permille;
}

/* The sum of the regions counts when all that take part have reported, and each of them after the reported total. Where it is less than
 * that total, which counts of one kind never are, others take part too. */
static bool is_sum_the_total(const struct inputs *in)
{
    if (in->regions == 0 || in->regions_reported < in->regions)
        return false;
    return in->reported < 0 || (strcmp(in->oldest, in->reported_as_of) > 0 && in->sum >= in->reported);
}

static struct db_recruitment numbers_of(const struct inputs *in)
{
    bool is_sum = is_sum_the_total(in);
    struct db_recruitment numbers = {
        .planned = in->planned,
        .included = is_sum ? in->sum : in->reported,
        .remaining = -1,
        .exceeded_by = -1,
        .as_of = is_sum ? in->newest : in->reported_as_of,
    };
    numbers.permille = permille_of(numbers.included, numbers.planned);
    if (numbers.planned >= 0 && numbers.included >= 0) {
        int64_t left = numbers.planned - numbers.included;
        numbers.remaining = left > 0 ? left : 0;
        numbers.exceeded_by = left < 0 ? -left : -1;
    }
    return numbers;
}

/* Where the count is not known, the regions that reported are all that tells how many there are. */
static bool is_small(const struct inputs *in, const struct db_recruitment *numbers)
{
    int64_t known = numbers->included < 0 && in->regions_reported > 0 ? in->sum : numbers->included;
    return (numbers->planned >= 0 && numbers->planned < in->threshold) || (known >= 0 && known < in->threshold);
}

/* Patients are expected evenly between the start and the planned end. What is not known is not behind. */
static bool is_behind(const struct inputs *in, const struct db_recruitment *numbers)
{
    int64_t start = day_number(in->start, false);
    int64_t end = day_number(in->planned_end != NULL ? in->planned_end : in->end_expected, true);
    int64_t as_of = day_number(numbers->as_of, false);
    if (numbers->planned < 0 || numbers->included < 0 || start < 0 || end <= start || as_of < 0)
        return false;
    int64_t elapsed = as_of <= start ? 0 : as_of >= end ? end - start : as_of - start;
    return (__int128)numbers->included * (end - start) < (__int128)numbers->planned * elapsed;
}

/* ── reading what they are made from ────────────────────────────────────────────────────────────────────────── */

static enum db_status remake_regions(struct statements *st, int64_t study, struct made_from from)
{
    const struct {
        enum db_statement statement;
        bool is_needed;
    } steps[] = {
        {STMT_regions_forget, !from.is_new},
        {STMT_regions_make, !from.has_no_parts},
        {STMT_region_counts_forget, !from.is_new},
        {STMT_region_counts_make, true},
    };
    enum db_status status = DB_OK;
    for (size_t i = 0; i < COUNT_OF(steps) && status == DB_OK; i++)
        if (steps[i].is_needed)
            status = statement_run(st, steps[i].statement, ARGS(ARG_I(":study", study)));
    return status;
}

/* *cls: whether the study shows totals only. */
static enum db_status store(struct statements *st, int64_t study, const struct inputs *in, void *cls)
{
    struct db_recruitment numbers = numbers_of(in);
    bool *is_withheld = cls;
    *is_withheld = is_small(in, &numbers);
    unsigned char key[SORTED_BY][SORT_KEY_BYTES];
    size_t len[SORTED_BY];
    for (int i = 0; i < SORTED_BY; i++)
        len[i] = in->sorted_by[i] == NULL ? 0 : sortkey_nb(in->sorted_by[i], key[i], SORT_KEY_BYTES);
    return statement_run(
        st, STMT_study_refresh,
        ARGS(ARG_I(":study", study), ARG_K(":planned", numbers.planned), ARG_K(":included", numbers.included),
             ARG_K(":remaining", numbers.remaining), ARG_K(":exceeded_by", numbers.exceeded_by), ARG_K(":permille", numbers.permille),
             ARG_T(":included_as_of", numbers.as_of), ARG_I(":behind_plan", is_behind(in, &numbers)), ARG_I(":totals_only", *is_withheld),
             ARG_B(":name_key", key[0], len[0]), ARG_B(":leader_key", key[1], len[1]), ARG_B(":institution_key", key[2], len[2])));
}

/* That a region has reported, and so takes part, tells whose the patients are that a total grew by. Until it is known that the study
 * shows totals only, its regions are made as if it showed them. */
static enum db_status hide_regions(struct statements *st, int64_t study)
{
    const struct arg *args = ARGS(ARG_I(":study", study));
    enum db_status status = statement_run(st, STMT_regions_hide, args);
    return status == DB_OK ? statement_run(st, STMT_regions_take_part, args) : status;
}

static enum db_status show_regions(struct statements *st, int64_t study)
{
    const struct arg *args = ARGS(ARG_I(":study", study));
    enum db_status status = statement_run(st, STMT_regions_make, args);
    return status == DB_OK ? statement_run(st, STMT_regions_take_part, args) : status;
}

/* The four questions stay open while the numbers are looked at: their texts are borrowed. */
static enum db_status with_inputs(struct statements *st, int64_t study,
                                  enum db_status (*then)(struct statements *st, int64_t study, const struct inputs *in, void *cls),
                                  void *cls)
{
    const struct arg *args = ARGS(ARG_I(":study", study));
    struct inputs in = {.planned = -1, .reported = -1};
    struct query dates CLEANUP(query_end) = query_begin(st, STMT_study_inputs, args);
    struct query plan CLEANUP(query_end) = query_begin(st, STMT_plan_total, args);
    struct query report CLEANUP(query_end) = query_begin(st, STMT_report_total, args);
    struct query sums CLEANUP(query_end) = query_begin(st, STMT_region_sums, args);
    if (query_row(&dates))
        in.threshold = query_int(&dates, 0), in.start = query_text(&dates, 1), in.end_expected = query_text(&dates, 2);
    for (int i = 0; i < SORTED_BY && dates.code == SQLITE_ROW; i++)
        in.sorted_by[i] = query_text(&dates, 3 + i);
    if (query_row(&plan))
        in.planned = query_int(&plan, 0), in.planned_end = query_text(&plan, 1);
    if (query_row(&report))
        in.reported = query_int(&report, 0), in.reported_as_of = query_text(&report, 1);
    if (query_row(&sums)) {
        in.regions = query_int(&sums, 0), in.regions_reported = query_int(&sums, 3), in.sum = query_int(&sums, 4);
        in.oldest = query_text(&sums, 5), in.newest = query_text(&sums, 6);
    }
    const struct query *const all[] = {&dates, &plan, &report, &sums};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (query_status(all[i]) != DB_OK)
            return query_status(all[i]);
    return then(st, study, &in, cls);
}

/* After the numbers: what may be shown, and the plan beside it, follow from them. */
static enum db_status remake_shown(struct statements *st, int64_t study, bool is_new)
{
    const struct arg *args = ARGS(ARG_I(":study", study));
    enum db_status status = is_new ? DB_OK : statement_run(st, STMT_shown_reports_forget, args);
    if (status == DB_OK)
        status = statement_run(st, STMT_shown_reports_make, args);
    return status == DB_OK ? statement_run(st, STMT_shown_reports_count, args) : status;
}

/* ── after reports alone: what can follow from them ─────────────────────────────────────────────────────────── */

static bool has_reported(const struct past *was, const char *region)
{
    const struct db_region_count *regions = was->regions.items;
    for (size_t i = 0; i < was->regions.len; i++)
        if (strcmp(regions[i].region, region) == 0)
            return regions[i].included >= 0;
    return false;
}

static enum db_status follow_regions(struct statements *st, int64_t study, const struct made_from *from)
{
    const struct report_place *places = from->reports->items;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < from->reports->len && status == DB_OK; i++) {
        const struct arg *args = ARGS(ARG_I(":study", study), ARG_T(":region", places[i].region));
        if (places[i].region == NULL)
            continue;
        if (!has_reported(from->was, places[i].region))
            status = statement_run(st, STMT_region_reports, args);
        if (status == DB_OK)
            status = statement_run(st, STMT_region_count_follow, args);
    }
    return status;
}

/* *cls: whether the study shows totals only. */
static enum db_status follow_numbers(struct statements *st, int64_t study, const struct inputs *in, void *cls)
{
    struct db_recruitment numbers = numbers_of(in);
    bool *is_withheld = cls;
    *is_withheld = is_small(in, &numbers);
    enum db_status status = statement_run(st, STMT_study_follow_count,
                                          ARGS(ARG_I(":study", study), ARG_K(":included", numbers.included),
                                               ARG_K(":remaining", numbers.remaining), ARG_K(":exceeded_by", numbers.exceeded_by),
                                               ARG_K(":permille", numbers.permille), ARG_T(":included_as_of", numbers.as_of)));
    if (status == DB_OK)
        status = statement_run(
            st, STMT_study_follow_marks,
            ARGS(ARG_I(":study", study), ARG_I(":behind_plan", is_behind(in, &numbers)), ARG_I(":totals_only", *is_withheld)));
    return status;
}

/* What is filed stands above all that was said of that day before. */
static enum db_status follow_shown(struct statements *st, int64_t study, const struct list *reports)
{
    const struct report_place *places = reports->items;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < reports->len && status == DB_OK; i++) {
        const struct arg *args = ARGS(ARG_I(":study", study), ARG_T(":region", places[i].region), ARG_T(":as_of", places[i].as_of),
                                      ARG_I(":included", places[i].included));
        status = statement_run(st, STMT_shown_report_add, args);
        if (status != DB_OK)
            return status;
        bool is_new = sqlite3_changes(st->sql) > 0;
        status = is_new ? statement_run(st, STMT_shown_reports_more, ARGS(ARG_I(":study", study)))
                        : statement_run(st, STMT_shown_report_change, args);
    }
    return status;
}

/* Where something is withheld, or was, other rows than theirs may come or go. */
static enum db_status follow(struct statements *st, int64_t study, struct made_from from)
{
    bool is_withheld = true;
    enum db_status status = follow_regions(st, study, &from);
    if (status == DB_OK)
        status = with_inputs(st, study, follow_numbers, &is_withheld);
    if (status == DB_OK && is_withheld)
        status = hide_regions(st, study);
    else if (status == DB_OK && from.was->totals_only)
        status = show_regions(st, study);
    if (status != DB_OK)
        return status;
    return is_withheld || from.was->totals_only ? remake_shown(st, study, false) : follow_shown(st, study, from.reports);
}

enum db_status recruitment_refresh(struct statements *st, int64_t study, struct made_from from)
{
    if (from.reports != NULL)
        return follow(st, study, from);
    bool is_withheld = false;
    enum db_status status = remake_regions(st, study, from);
    if (status == DB_OK)
        status = with_inputs(st, study, store, &is_withheld);
    if (status == DB_OK && is_withheld && !from.has_no_parts)
        status = hide_regions(st, study);
    return status == DB_OK ? remake_shown(st, study, from.is_new) : status;
}

/* ── against a fresh making ─────────────────────────────────────────────────────────────────────────────────── */

struct findings {
    void (*each)(void *cls, const char *what);
    void *cls;
};

static enum db_status compare_numbers(struct statements *st, int64_t study, const struct inputs *in, void *cls)
{
    const struct findings *findings = cls;
    struct db_recruitment numbers = numbers_of(in);
    const struct {
        const char *name;
        int64_t fresh;
    } columns[] = {
        {"planned", numbers.planned},
        {"included", numbers.included},
        {"remaining", numbers.remaining},
        {"exceeded_by", numbers.exceeded_by},
        {"percent", numbers.permille},
        {"behind_plan", is_behind(in, &numbers)},
        {"totals_only", is_small(in, &numbers)},
    };
    struct query query CLEANUP(query_end) = query_begin(st, STMT_check_numbers, ARGS(ARG_I(":study", study)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_BUG : query_status(&query);
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        if (query_known(&query, (int)i) != columns[i].fresh)
            findings->each(findings->cls, columns[i].name);
    const char *as_of = query_text(&query, (int)COUNT_OF(columns));
    if ((as_of == NULL) != (numbers.as_of == NULL) || (as_of != NULL && strcmp(as_of, numbers.as_of) != 0))
        findings->each(findings->cls, "included as_of");
    return query_status(&query);
}

/* Each column of the row is a number of differences, and its name says of what. */
static enum db_status compare_lists(struct statements *st, int64_t study, const struct findings *findings)
{
    struct query query CLEANUP(query_end) = query_begin(st, STMT_check_made, ARGS(ARG_I(":study", study)));
    bool has_row = query_row(&query);
    for (int i = 0; has_row && i < sqlite3_column_count(query.stmt); i++)
        if (query_int(&query, i) != 0)
            findings->each(findings->cls, sqlite3_column_name(query.stmt, i));
    return query_status(&query);
}

enum db_status made_numbers_check(struct statements *st, int64_t study, void (*each)(void *cls, const char *what), void *cls)
{
    struct findings findings = {each, cls};
    enum db_status status = compare_lists(st, study, &findings);
    return status == DB_OK ? with_inputs(st, study, compare_numbers, &findings) : status;
}
