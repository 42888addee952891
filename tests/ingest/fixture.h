/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small valid data set, written into a folder of its own for each test, whole or with a change.
 */
#ifndef STUDYD_TESTS_INGEST_FIXTURE_H
#define STUDYD_TESTS_INGEST_FIXTURE_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

struct fixture_file {
    const char *name, *text;
};

static const struct fixture_file fixture_files[] = {
    {"README.md", "About this folder.\n"},
    {"edition.json", "{\n"
                     "  \"programme\": \"demo\", \"edition\": \"2024\",\n"
                     "  \"title\": {\"nb\": \"Utgave\", \"en\": null},\n"
                     "  \"as_of\": \"2024-12-31\", \"collected\": \"2025-04-01\", \"published\": null,\n"
                     "  \"licence\": null, \"attribution\": \"Demo\",\n"
                     "  \"document\": {\"id\": \"report\", \"title\": \"Report\", \"publisher\": null, \"lines\": 100}\n"
                     "}\n"},
    {"programme.json", "{ \"id\": \"demo\", \"name\": {\"nb\": \"Prøve\", \"en\": \"Demo\"}, \"short_name\": \"DEMO\", \"since\": 2016,\n"
                       "  \"purpose\": {\"nb\": \"Å prøve\", \"en\": null},\n"
                       "  \"owners\": [\n"
                       "    {\"name\": \"Helse A\", \"region\": \"vest\", \"basis\": \"general-knowledge\"} ],\n"
                       "  \"administered_by\": {\"name\": \"Helse A\"}, \"mandate\": null,\n"
                       "  \"reporting\": {\"frequency\": \"yearly\", \"date\": \"04-01\", \"text\": null},\n"
                       "  \"process\": {\"from_year\": 2025, \"steps\": [\n"
                       "    {\"step\": 1, \"name\": {\"nb\": \"Først\", \"en\": \"First\"}, \"text\": null} ]},\n"
                       "  \"user_involvement\": null,\n"
                       "  \"board\": [\n"
                       "    {\"name\": \"Per Leder\", \"role\": \"chair\", \"title\": null, \"region\": \"nord\", \"lines\": \"3\"} ],\n"
                       "  \"disclosure_threshold\": 20, \"lines\": \"1-9\" }\n"},
    {"regions.csv", "code,label_nb,label_en,basis,lines\n"
                    "vest,Vest,West,source,4\n"
                    "nord,Nord,,general-knowledge,\n"},
    {"mechanisms.csv", "code,report_code,label_nb,label_en,lines\n"
                       "open-call,OU,Ordinær utlysning,Open call,5\n"
                       "other,AT,,,5\n"},
    {"categories.csv", "code,label_nb,label_en,label_en_basis,lines\n"
                       "neurological,Hjerne,Neurological,source,6\n"
                       "oral,\"Munnhule, mage-tarm\",,,6\n"
                       "ear,Ører,Ear,general-knowledge,\n"
                       "ear-eye,Ører & øyne,,,7\n"
                       "skin,,Skin,general-knowledge,\n"},
    {"institutions.csv", "id,name,region,region_basis,part_of,part_of_basis,lines\n"
                         "helse-a,Helse A HF,vest,source,,,8\n"
                         "sykehus-b,Sykehus B,,,helse-a,general-knowledge,8\n"
                         "sykehus-c,Sykehus C,nord,general-knowledge,,,9\n"},
    {"aliases.csv", "kind,id,alias,lines\n"
                    "institution,sykehus-c,Sykehus C HF,9\n"
                    "leader,Kari Nordmann,Kari N.,10\n"
                    "study,alpha,alpha-old,\n"
                    "institution,sykehus-c,SC,\n"},
    {"studies.csv", "id,acronym,title_nb,title_en,status\n"
                    "alpha,ALPHA,Om alfa,,recruiting\n"
                    "beta,,,,unknown\n"
                    "gamma,GAMMA,,\"Gamma, in English\",completed\n"},
    {"awards.csv", "study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines\n"
                   "alpha,top-up,2021,AT,Alpha more,Kari Nordmann,Helse A HF,,500000,13\n"
                   "alpha,main,2019,OU,Alpha trial,Kari N.,Helse A HF,\"Hjerne & Munnhule, mage-tarm\",1000000,10-12\n"
                   "beta,main,2020,OU,\"Beta, a \"\"quoted\"\" trial\",Ola Hansen,Sykehus C HF,Ører & øyne & Ører,0,14;16-17\n"
                   "gamma,main,2022,OU,Gamma,Ola Hansen,Sykehus C,Hjerne,9999999999999,18\n"},
    {"plans.csv", "study,region,planned,as_of,planned_end,lines\n"
                  "alpha,,156,2024-12-31,2026-06,20\n"
                  "beta,vest,10,2024-12-31,,21\n"
                  "beta,nord,5,2024-12-31,,21\n"},
    {"reports.csv", "study,region,as_of,included,lines\n"
                    "alpha,,2024-12-31,104,22\n"
                    "alpha,,2023-12-31,80,22\n"
                    "alpha,vest,2024-12-31,60,23\n"
                    "gamma,,2024-12-31,0,24\n"},
    {"figures.csv", "id,measure,unit,call_year,mechanism,region,category,group,value,as_of,label_nb,label_en,printed,lines\n"
                    "total,amount,million-nok,,,,,,1313.5,2024,Sum,Total,\"1 313,5\",30\n"
                    "women,leaders-share,percent,2019,open-call,vest,neurological,women,-0.25,,,,,31\n"},
    {"notes.csv", "record,id,field,kind,text_nb,text_en,lines\n"
                  "study,alpha,recruitment.included,ambiguous,To tredjedeler.,,22\n"
                  "leader,Kari Nordmann,name,variant,,Two spellings.,10\n"
                  "edition,,,missing,\"Første linje\nandre linje\",,\n"
                  "figure,total,value,discrepancy,Ulikt.,,30\n"
                  "programme,demo,,interpretation,,Read so.,\n"},
    {"cards/alpha.json",
     "{ \"study\": \"alpha\",\n"
     "  \"hospitals\": [\"helse-a\",\n"
     "    \"sykehus-b\"], \"hospitals_stated\": 7, \"european_sites\": null,\n"
     "  \"inclusion_regions\": [\"vest\"],\n"
     "  \"headline\": {\"patients\": 156, \"kind\": \"planned\"},\n"
     "  \"patients\": {\"age_min\": 50, \"age_max\": 85,\n"
     "    \"age_text\": \"50-85 år\", \"sexes\": [\"male\", \"female\"],\n"
     "    \"children\": null, \"condition\": {\"nb\": \"Demens\", \"en\": null}},\n"
     "  \"aim\": \"treatment\", \"aim_text\": \"Behandling\", \"design\": \"parallel\", \"design_text\": \"Parallell\",\n"
     "  \"arms\": [\"Ambroxol\", \"Placebo\"],\n"
     "  \"summary\": {\"nb\": \"Kort.\", \"en\": \"Short.\"},\n"
     "  \"texts\": {\"about\": {\"nb\": \"Om\\nden\", \"en\": null}, \"novelty\": null, \"importance\": null,\n"
     "    \"progress\": null, \"next_steps\": {\"nb\": null, \"en\": \"Next\"}},\n"
     "  \"dates\": {\"start\": \"2021-06\", \"inclusion_end\": null, \"inclusion_end_expected\": \"2026\",\n"
     "    \"completion_expected\": null},\n"
     "  \"identifiers\": [ {\"system\": \"nct\", \"value\": \"NCT00000001\"} ],\n"
     "  \"links\": [ {\"url\": \"https://example.org/a\", \"label\": \"Side\"} ],\n"
     "  \"publications\": [ {\"citation\": \"A et al.\", \"doi\": \"10.1000/x\"} ],\n"
     "  \"lines\": \"40-60\" }\n"},
};
#define FIXTURE_LEN (sizeof(fixture_files) / sizeof(fixture_files[0]))

/* Makes a folder; *dir holds its name. */
static inline void fixture_begin(char dir[64])
{
    (void)snprintf(dir, 64, "/tmp/studyd-ingest-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static inline void fixture_path(char path[200], const char *dir, const char *name)
{
    ck_assert_int_lt(snprintf(path, 200, "%s/%s", dir, name), 200);
}

static inline void fixture_write(const char *dir, const char *name, const char *bytes, size_t len)
{
    char path[200];
    fixture_path(path, dir, "cards");
    if (strncmp(name, "cards/", 6) == 0)
        (void)mkdir(path, 0700);
    fixture_path(path, dir, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static inline void fixture_fill(const char *dir)
{
    for (size_t i = 0; i < FIXTURE_LEN; i++)
        fixture_write(dir, fixture_files[i].name, fixture_files[i].text, strlen(fixture_files[i].text));
}

static inline void fixture_remove(const char *dir, const char *name)
{
    char path[200];
    fixture_path(path, dir, name);
    ck_assert_int_eq(unlink(path), 0);
}

static inline const char *fixture_text(const char *name)
{
    for (size_t i = 0; i < FIXTURE_LEN; i++)
        if (strcmp(fixture_files[i].name, name) == 0)
            return fixture_files[i].text;
    return NULL;
}

/* Writes a file of the fixture with the first `from` replaced by `to`. */
static inline void fixture_replace(const char *dir, const char *name, const char *from, const char *to)
{
    const char *text = fixture_text(name), *at = text != NULL ? strstr(text, from) : NULL;
    ck_assert_msg(at != NULL, "%s has no \"%s\" to replace", name, from);
    char *changed = NULL;
    size_t size;
    FILE *out = open_memstream(&changed, &size);
    ck_assert_ptr_nonnull(out);
    (void)fprintf(out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    ck_assert_int_eq(fclose(out), 0);
    fixture_write(dir, name, changed, size);
    free(changed);
}

/* Removes dir and everything in it. */
static inline void fixture_end(const char *dir)
{
    char path[400];
    DIR *listing = opendir(dir);
    ck_assert_ptr_nonnull(listing);
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        struct stat about;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ck_assert_int_lt(snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name), (int)sizeof(path));
        ck_assert_int_eq(lstat(path, &about), 0);
        if (S_ISDIR(about.st_mode))
            fixture_end(path);
        else
            ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_int_eq(closedir(listing), 0);
    ck_assert_int_eq(rmdir(dir), 0);
}

/* Runs the suite of a file as a program. */
static inline int fixture_run(Suite *suite)
{
    return suite_run(suite);
}

#endif
