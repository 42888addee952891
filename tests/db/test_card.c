/* SPDX-License-Identifier: GPL-3.0-or-later
 * Cards that are edited in the register: what is shown, searched and filtered follows, and editions leave it.
 */
#include "filing.h"

static void keep_card(void *cls, const struct db_study *card)
{
    struct db_study *kept = cls;
    *kept = (struct db_study){.code = strdup(card->code), .status = strdup(card->status), .links_len = card->links_len};
}

static enum db_status edit(struct db_write *write, const struct db_study *card, uint32_t fields)
{
    int told = 0;
    ck_assert_int_eq(db_write_part_begin(write, &editor), DB_OK);
    enum db_status status = db_write_card(write, card, fields);
    if (status == DB_OK)
        status = db_write_settle(write, keep_settled, &told);
    if (status == DB_OK) {
        ck_assert_int_eq(told, 1);
        return db_write_part_keep(write);
    }
    db_write_part_undo(write);
    return status;
}

static void edit_at_once(const struct db_study *card, uint32_t fields)
{
    struct db_write *write = begin();
    ck_assert_int_eq(edit(write, card, fields), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
}

static int64_t count_found(const char *word)
{
    const struct db_search search = {.terms = {{.text = word}}, .len = 1};
    const struct db_study_filter filter = {.q = &search};
    return count_of(&filter);
}

static int64_t edits(void)
{
    return sql("SELECT count(*) FROM local_edit");
}

START_TEST(every_field_can_be_edited_and_is_left_by_editions)
{
    static const struct db_pair links[] = {{"https://example.org/b", "B"}, {"https://example.org/c", NULL}};
    static const struct db_pair identifiers[] = {{"eudract", "2020-000001-11"}};
    static const struct db_pair publications[] = {{"A paper", "10.1/x"}};
    const struct db_study card = {
        .code = "alpha",
        .status = "stopped",
        .start = "2022-01",
        .inclusion_end = "2024-02-03",
        .inclusion_end_expected = NULL,
        .completion_expected = "2030",
        .title = {"Nytt", "New"},
        .summary = {"Kort", NULL},
        .about = {"Om", "On"},
        .novelty = {"Nyhet", NULL},
        .importance = {"Viktig", NULL},
        .progress = {"Gang", NULL},
        .next_steps = {"Videre", NULL},
        .condition = {"Gikt", "Gout"},
        .contact = "post@example.org",
        .identifiers = identifiers,
        .identifiers_len = 1,
        .links = links,
        .links_len = 2,
        .publications = publications,
        .publications_len = 1,
    };
    static const char *const shown[] = {"status stopped",
                                        "dates 2022-01 2024-02-03 - 2030",
                                        "title Nytt|New",
                                        "summary Kort|-",
                                        "about Om",
                                        "condition Gikt",
                                        "contact post@example.org",
                                        "identifier eudract|2020-000001-11",
                                        "link https://example.org/b|B\nlink https://example.org/c|-\n",
                                        "publication A paper|10.1/x"};
    import_ok(&first_said);
    edit_at_once(&card, (UINT32_C(1) << DB_CARD_FIELDS) - 1);
    for (size_t i = 0; i < LEN(shown); i++)
        assert_shows("alpha", shown[i]);
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(sql("SELECT novelty_nb || importance_nb || progress_nb || next_steps_nb = 'NyhetViktigGangVidere' FROM study_text "
                         "WHERE study = 1"),
                     1);
    ck_assert_int_eq(edits(), 21);
    ck_assert_int_eq(sql("SELECT count(*) FROM local_edit WHERE edited = (SELECT updated FROM register)"), 21);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'editor'"), 1);
    struct said *later = edition_of("2025", "2025-12-31", "Report 2025");
    ck_assert_int_gt(import_ok(later).conflicts, 0);
    for (size_t i = 0; i < LEN(shown); i++)
        assert_shows("alpha", shown[i]);
    assert_shows("alpha", "note study title conflict");
    assert_shows("alpha", "note study links conflict");
    free(later);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

START_TEST(what_is_not_named_or_is_as_it_was_is_not_edited)
{
    import_ok(&first_said);
    const struct db_study card = {.code = "alpha", .status = "recruiting", .title = {"Alfa", "Other"}, .contact = "x"};
    edit_at_once(&card, 1u << DB_CARD_STATUS | 1u << DB_CARD_TITLE);
    ck_assert_int_eq(edits(), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM local_edit WHERE field = 'title_en'"), 1);
    assert_shows("alpha", "title Alfa|Other");
    assert_shows("alpha", "contact -");
    assert_nothing_wrong();
}
END_TEST

START_TEST(a_card_that_stays_as_it_is_has_no_next_version)
{
    import_ok(&first_said);
    int64_t before = rows(), data = db_data_version(fixture.db);
    const struct db_study card = {.code = "alpha", .status = "recruiting"};
    edit_at_once(&card, 1u << DB_CARD_STATUS);
    ck_assert(!settled.changed);
    ck_assert_int_eq(settled.version, 1);
    ck_assert_str_eq(settled_study, "alpha");
    ck_assert_int_eq(rows(), before);
    ck_assert_int_eq(db_data_version(fixture.db), data);
    assert_nothing_wrong();
}
END_TEST

START_TEST(what_is_searched_and_filtered_follows)
{
    import_ok(&first_said);
    const struct db_study card = {.code = "beta", .status = "completed", .title = {"Krokodille", NULL}};
    const struct db_codes completed = {.values = (const char *const[]){"completed"}, .len = 1};
    struct db_write *write = begin();
    ck_assert_int_eq(edit(write, &card, 1u << DB_CARD_STATUS | 1u << DB_CARD_TITLE), DB_OK);
    ck_assert_int_eq(db_write_part_begin(write, &editor), DB_OK); /* an edit that is undone after another one */
    ck_assert_int_eq(db_write_card(write, &(struct db_study){.code = "alpha", .title = {"Flodhest", NULL}}, 1u << DB_CARD_TITLE), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    db_write_part_undo(write);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(count_found("krokodille"), 1);
    ck_assert_int_eq(count_found("flodhest"), 0);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.status = completed}), 1);
    ck_assert_int_eq(edits(), 2);
    assert_nothing_wrong();
}
END_TEST

START_TEST(a_value_that_is_not_allowed_is_refused)
{
    import_ok(&first_said);
    int64_t before = rows();
    struct db_write *write = begin();
    ck_assert_int_eq(edit(write, &(struct db_study){.code = "alpha", .status = "nonsense"}, 1u << DB_CARD_STATUS), DB_CONFLICT);
    ck_assert_int_eq(edit(write, &(struct db_study){.code = "nobody", .status = "stopped"}, 1u << DB_CARD_STATUS), DB_NOT_FOUND);
    ck_assert_int_eq(edit(write, &(struct db_study){.code = "beta", .status = "stopped"}, 1u << DB_CARD_STATUS), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    assert_shows("alpha", "status recruiting");
    assert_shows("beta", "status stopped");
    ck_assert_int_ne(rows(), before);
    assert_nothing_wrong();
}
END_TEST

START_TEST(the_card_as_it_stands_is_told)
{
    import_ok(&first_said);
    struct db_study card = {0};
    struct db_write *write = begin();
    ck_assert_int_eq(db_write_card_get(write, "nobody", keep_card, &card), DB_NOT_FOUND);
    ck_assert_ptr_null(card.code);
    ck_assert_int_eq(edit(write, &(struct db_study){.code = "alpha", .status = "stopped"}, 1u << DB_CARD_STATUS), DB_OK);
    ck_assert_int_eq(db_write_card_get(write, "alpha", keep_card, &card), DB_OK);
    db_write_abandon(write);
    ck_assert_str_eq(card.status, "stopped");
    ck_assert_uint_eq(card.links_len, 1);
    free((void *)(uintptr_t)card.code);
    free((void *)(uintptr_t)card.status);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("card");
    tcase_add_test(cases, every_field_can_be_edited_and_is_left_by_editions);
    tcase_add_test(cases, what_is_not_named_or_is_as_it_was_is_not_edited);
    tcase_add_test(cases, a_card_that_stays_as_it_is_has_no_next_version);
    tcase_add_test(cases, what_is_searched_and_filtered_follows);
    tcase_add_test(cases, a_value_that_is_not_allowed_is_refused);
    tcase_add_test(cases, the_card_as_it_stands_is_told);
    return run("card", cases, true);
}
