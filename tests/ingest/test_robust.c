/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random changes to the bytes of a data set: whatever comes, an import ends with a status and says why.
 */
#include "ingest/ingest.h"

#include "ingest/fake_db.h"
#include "ingest/fixture.h"

#define ROUNDS 4000
#define SEED   20241231u

static char dir[64];

static void setup(void)
{
    fixture_begin(dir);
    fixture_fill(dir);
    fake_begin();
}

static void teardown(void)
{
    fake_end();
    fixture_end(dir);
}

/* xorshift: the same rounds everywhere. */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t pick(uint32_t *state, size_t bound)
{
    return bound > 0 ? next(state) % bound : 0;
}

/* Bytes that mean something to a reader, besides any byte. */
static char some_byte(uint32_t *state)
{
    static const char telling[] = "\",\n{}[]:;-.0129ae& \\\xc3\x80\0\r";
    return pick(state, 2) == 0 ? telling[pick(state, sizeof(telling) - 1)] : (char)next(state);
}

/* One change: a byte replaced, put in or taken out, a part doubled or cut away. bytes has room for twice *len + 1. */
static void mutate(char *bytes, size_t *len, uint32_t *state)
{
    size_t at = pick(state, *len), part = pick(state, *len - at + 1);
    part = part > 40 ? 40 : part;
    switch (pick(state, 5)) {
    case 0:
        if (*len > 0)
            bytes[at] = some_byte(state);
        break;
    case 1:
        memmove(bytes + at + 1, bytes + at, *len - at);
        bytes[at] = some_byte(state);
        *len += 1;
        break;
    case 2:
        memmove(bytes + at + part, bytes + at, *len - at);
        *len += part;
        break;
    case 3:
        memmove(bytes + at, bytes + at + part, *len - at - part);
        *len -= part;
        break;
    case 4: *len = pick(state, 20) == 0 ? at : *len; break;
    }
}

struct seen {
    size_t told;
    bool last_counts;
};

static void tell(void *cls, const struct ingest_fault *fault)
{
    struct seen *seen = cls;
    ck_assert_ptr_nonnull(fault->message);
    ck_assert_int_ge(fault->line, 0);
    ck_assert_uint_gt(strlen(fault->message), 0);
    seen->told++;
    seen->last_counts = fault->file == NULL;
}

static void import_changed(const char *name, const char *bytes, size_t len, size_t counts[4])
{
    struct ingest_outcome outcome;
    struct seen seen = {0};
    fixture_write(dir, name, bytes, len);
    enum ingest_status status = ingest_dataset(NULL, dir, true, tell, &seen, &outcome);
    ck_assert_int_le(status, INGEST_UNREADABLE);
    ck_assert_int_eq(status == INGEST_FAULTS, outcome.faults > 0);
    ck_assert_uint_eq(seen.told, outcome.faults > INGEST_FAULTS_TOLD ? INGEST_FAULTS_TOLD + 1 : outcome.faults);
    ck_assert_int_eq(seen.last_counts, outcome.faults > INGEST_FAULTS_TOLD);
    free(outcome.detail);
    counts[status]++;
    (void)fseek(fake.out, 0, SEEK_SET);
}

START_TEST(any_change_ends_with_a_status)
{
    uint32_t state = SEED + (uint32_t)_i;
    size_t counts[4] = {0};
    char *bytes = malloc(1 << 16);
    for (int round = 0; round < ROUNDS / 8; round++) {
        const struct fixture_file *file = &fixture_files[1 + pick(&state, FIXTURE_LEN - 1)];
        size_t len = strlen(file->text);
        memcpy(bytes, file->text, len);
        for (size_t changes = 1 + pick(&state, 4); changes > 0; changes--)
            mutate(bytes, &len, &state);
        import_changed(file->name, bytes, len, counts);
        fixture_write(dir, file->name, file->text, strlen(file->text));
    }
    free(bytes);
    /* Both ends must be reached, or the rounds prove nothing. */
    ck_assert_uint_gt(counts[INGEST_OK], 0);
    ck_assert_uint_gt(counts[INGEST_FAULTS], ROUNDS / 8 / 3);
    ck_assert_uint_eq(counts[INGEST_STORAGE] + counts[INGEST_UNREADABLE], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ingest/robust");
    TCase *cases = tcase_create("robust");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, any_change_ends_with_a_status, 0, 8);
    suite_add_tcase(suite, cases);
    return fixture_run(suite);
}
