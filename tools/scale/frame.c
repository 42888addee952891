/* SPDX-License-Identifier: GPL-3.0-or-later
 * The edition, the programme and the reference data. Each says that it is synthetic.
 */
#include "tools/scale/scale.h"

#include <errno.h>
#include <string.h>

/* ── files ── */

FILE *file_open(const char *dir, const char *name)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = len > 0 && (size_t)len < sizeof path ? fopen(path, "wx") : NULL;
    if (file == NULL)
        scale_fail("%s: %s", path, strerror(errno));
    return file;
}

void file_close(FILE *file)
{
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        scale_fail("the folder could not be written: %s", strerror(errno));
}

void field_put(FILE *file, char separator, const char *text)
{
    if (separator != 0)
        fputc(separator, file);
    if (text == NULL)
        return;
    bool is_quoted = strpbrk(text, ",\"\n") != NULL;
    if (is_quoted)
        fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    if (is_quoted)
        fputc('"', file);
}

void field_number(FILE *file, int64_t number)
{
    fprintf(file, ",%lld", (long long)number);
}

/* ── institutions ── */

/* Half of the trusts lie in the first region, as people do; the last one's is not known. */
int trust_region(size_t trust)
{
    static const int of[] = {0, 1, 0, 2, 0, 3, 0, 1, 0, 2};
    return trust == TRUSTS - 1 ? -1 : of[trust % COUNT_OF(of)];
}

void trust_id(struct text *text, size_t trust)
{
    text_add(text, "syn-hf-");
    text_number(text, (int64_t)trust + 1, 2);
}

void trust_alias(struct text *text, size_t trust)
{
    words_place(text, trust);
    text_add(text, trust < 6 ? " universitetssykehus" : " helseforetak");
}

void trust_name(struct text *text, size_t trust)
{
    trust_alias(text, trust);
    text_add(text, " (syntetisk)");
}

static size_t hospital_trust(size_t hospital)
{
    return hospital % TRUSTS;
}

int hospital_region(size_t hospital)
{
    return trust_region(hospital_trust(hospital));
}

void hospital_id(struct text *text, size_t hospital)
{
    text_add(text, "syn-sykehus-");
    text_number(text, (int64_t)hospital + 1, 3);
}

void hospital_name(struct text *text, size_t hospital)
{
    words_place(text, TRUSTS + hospital);
    text_add(text, " sykehus (syntetisk)");
}

static void institution_put(FILE *file, const char *id, const char *name, int region, const char *part_of)
{
    field_put(file, 0, id);
    field_put(file, ',', name);
    field_put(file, ',', region < 0 ? NULL : regions[region].code);
    field_put(file, ',', region < 0 ? NULL : "source");
    field_put(file, ',', part_of);
    field_put(file, ',', part_of == NULL ? NULL : "source");
    fputs(",\n", file);
}

static void institutions_write(FILE *file)
{
    fputs("id,name,region,region_basis,part_of,part_of_basis,lines\n", file);
    for (size_t i = 0; i < TRUSTS; i++) {
        struct text id = {0}, name = {0};
        trust_id(&id, i);
        trust_name(&name, i);
        institution_put(file, id.bytes, name.bytes, trust_region(i), NULL);
    }
    for (size_t i = 0; i < HOSPITALS; i++) {
        struct text id = {0}, name = {0}, trust = {0};
        hospital_id(&id, i);
        hospital_name(&name, i);
        trust_id(&trust, hospital_trust(i));
        institution_put(file, id.bytes, name.bytes, hospital_region(i), trust.bytes);
    }
}

static void aliases_write(FILE *file)
{
    fputs("kind,id,alias,lines\n", file);
    for (size_t i = 0; i < TRUSTS; i++) {
        struct text id = {0}, alias = {0};
        trust_id(&id, i);
        trust_alias(&alias, i);
        fputs("institution", file);
        field_put(file, ',', id.bytes);
        field_put(file, ',', alias.bytes);
        fputs(",\n", file);
    }
}

/* ── the other reference data ── */

static void regions_write(FILE *file)
{
    fputs("code,label_nb,label_en,basis,lines\n", file);
    for (size_t i = 0; i < REGIONS; i++)
        fprintf(file, "%s,%s,%s,general-knowledge,\n", regions[i].code, regions[i].nb, regions[i].en);
}

static void mechanisms_write(FILE *file)
{
    fputs("code,report_code,label_nb,label_en,lines\n"
          "open-call,OU,Ordinær utlysning,Open call,\n"
          "needs-identified,BF,Behovsidentifisert forskning,Needs-identified research,\n"
          "other,AT,Annen tildeling,Other allocation,\n",
          file);
}

static void categories_write(FILE *file)
{
    fputs("code,label_nb,label_en,label_en_basis,lines\n", file);
    for (size_t i = 0; i < CATEGORIES; i++) {
        field_put(file, 0, categories[i].code);
        field_put(file, ',', categories[i].nb);
        field_put(file, ',', categories[i].en);
        fputs(",general-knowledge,\n", file);
    }
}

static void figures_write(FILE *file)
{
    fputs("id,measure,unit,call_year,mechanism,region,category,group,value,as_of,label_nb,label_en,printed,lines\n", file);
}

static void programme_write(FILE *file)
{
    fputs("{\"id\":\"synthetic\",\"name\":{\"nb\":\"Syntetisk register (oppdiktede data)\",\"en\":\"Synthetic register (invented data)\"},"
          "\"short_name\":\"SYNTETISK\",\"since\":1990,"
          "\"purpose\":{\"nb\":\"Til prøver og målinger. Ingenting her er om virkelige studier, steder eller mennesker.\","
          "\"en\":\"For tests and measurements. Nothing here is about real studies, places or people.\"},"
          "\"owners\":[],\"administered_by\":{\"name\":\"Ingen: syntetiske data\"},\"mandate\":{\"nb\":null,\"en\":null},"
          "\"reporting\":{\"frequency\":\"yearly\",\"date\":\"12-31\",\"text\":{\"nb\":null,\"en\":null}},"
          "\"process\":{\"from_year\":1990,\"steps\":[]},"
          "\"user_involvement\":{\"nb\":null,\"en\":null},\"board\":[],\"disclosure_threshold\":20,\"lines\":null}\n",
          file);
}

static const struct {
    const char *name;
    void (*write)(FILE *file);
} frames[] = {
    {"regions.csv", regions_write},           {"mechanisms.csv", mechanisms_write}, {"categories.csv", categories_write},
    {"institutions.csv", institutions_write}, {"aliases.csv", aliases_write},       {"figures.csv", figures_write},
    {"programme.json", programme_write},
};

static void edition_write(const struct scale *scale)
{
    FILE *file = file_open(scale->dir, "edition.json");
    fprintf(file,
            "{\"programme\":\"synthetic\",\"edition\":\"seed-%llu\","
            "\"title\":{\"nb\":\"Syntetiske data: %lld studier og %lld rapporter, frø %llu\","
            "\"en\":\"Synthetic data: %lld studies and %lld reports, seed %llu\"},"
            "\"as_of\":\"%s\",\"collected\":null,\"published\":null,\"licence\":null,"
            "\"attribution\":\"Synthetic data made by a program; no real studies, places or people.\","
            "\"document\":{\"id\":\"synthetic\",\"title\":\"Synthetic data\",\"publisher\":null,\"lines\":%lld}}\n",
            (unsigned long long)scale->seed, (long long)scale->studies, (long long)scale->reports, (unsigned long long)scale->seed,
            (long long)scale->studies, (long long)scale->reports, (unsigned long long)scale->seed, day_text(edition_day).text,
            (long long)scale->studies * 8 + 8);
    file_close(file);
}

void frame_write(const struct scale *scale)
{
    edition_write(scale);
    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        FILE *file = file_open(scale->dir, frames[i].name);
        frames[i].write(file);
        file_close(file);
    }
}
