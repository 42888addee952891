/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include "server/accept.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const struct {
    const char *accept, *type;
    bool admitted;
} types[] = {
    {NULL, "application/json", true},
    {"", "application/json", true},
    {" , ", "application/json", true},
    {"*/*", "application/json", true},
    {"application/json", "application/json", true},
    {"Application/JSON", "application/json", true},
    {"application/*", "application/json", true},
    {"application/json; charset=utf-8", "application/json", true},
    {"application/json", "application/json; charset=utf-8", true},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json", true}, /* a browser */
    {"text/csv , application/json ;q=0.1", "application/json", true},
    {"text/html", "application/json", false},
    {"application/problem+json", "application/json", false},
    {"application/jso", "application/json", false},
    {"application/json5", "application/json", false},
    {"*/*;q=0", "application/json", false},
    {"*/*, application/json;q=0", "application/json", false}, /* the closest range decides, not the widest */
    {"application/*;q=0, application/json", "application/json", true},
    {"application/json;q=0.000", "application/json", false},
    {"application/json;q=0.001", "application/json", true},
    {"application/json;q=2", "application/json", false}, /* not a weight: passed over */
    {"application/json;q=x, */*", "application/json", true},
    {"application/json;Q=0", "application/json", false},
    {"*", "application/json", false},
    {"application", "application/json", false},
    {";q=1", "application/json", false},
    {"text/*", "application/yaml", false},
};

START_TEST(the_closest_range_decides_on_a_type)
{
    ck_assert_msg((accept_wish(types[_i].accept, types[_i].type).weight > 0) == types[_i].admitted, "%s",
                  types[_i].accept ? types[_i].accept : "none");
}
END_TEST

static const struct {
    const char *accept;
    bool admitted, wanted;
} codings[] = {
    {NULL, false, false},
    {"", false, false},
    {"gzip", true, true},
    {"GZIP", true, true},
    {"x-gzip", true, true},
    {"gzip, deflate, br, zstd", true, true},
    {"deflate, br", false, false},
    {"*", true, true},
    {"gzip;q=0", false, false},
    {"gzip;q=0, *", false, false},
    {"*;q=0", false, false},
    {"identity, gzip;q=0.5", true, false},
    {"identity;q=0.5, gzip", true, true},
    {"identity;q=0.5, gzip;q=0.5", true, true},
    {"gzip;q=0.001", true, true},
    {"gzip;q=1.001", false, false},
    {"gzip ; q=0.3 , br", true, true},
    {"identity", false, false},
    {"gzipped", false, false},
};

START_TEST(gzip_is_sent_only_where_it_is_admitted_and_not_wanted_less)
{
    struct accept_coding coding = accept_coding(codings[_i].accept);
    ck_assert_msg(coding.gzip_admitted == codings[_i].admitted, "%s", codings[_i].accept);
    ck_assert_msg(coding.gzip_wanted == codings[_i].wanted, "%s", codings[_i].accept);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("accept");
    TCase *tcase = tcase_create("accept");
    tcase_add_loop_test(tcase, the_closest_range_decides_on_a_type, 0, COUNT(types));
    tcase_add_loop_test(tcase, gzip_is_sent_only_where_it_is_admitted_and_not_wanted_less, 0, COUNT(codings));
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
