/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the edition says of a study beyond its row. The vocabulary holds nothing that JSON would have to escape.
 */
#include "tools/scale/scale.h"

#include <string.h>

enum { TOPIC_CARD = 100, HOSPITALS_OF_ONE = 8, DRAWS = 40 };

static const struct {
    int min, max;
    const char *text;
} ages[] = {
    {18, -1, "over 18 år"}, {18, 75, "18-75 år"}, {50, 85, "50-85 år"}, {0, 17, "under 18 år"}, {65, -1, "65 år og eldre"}, {-1, -1, NULL},
};
static const char *const aims[][2] = {
    {"treatment", "Behandling"},  {"treatment", "Behandling"}, {"prevention", "Forebygging"},
    {"diagnosis", "Diagnostikk"}, {"screening", "Screening"},  {"other", "Annet"},
};
static const char *const forms[][2] = {
    {"parallel", "Parallell"},     {"parallel", "Parallell"},      {"single-arm", "Enarmet"},
    {"crossover", "Overkrysning"}, {"registry", "Registerbasert"}, {"platform", "Plattform"},
};

static void string_put(FILE *file, const char *text)
{
    if (text == NULL)
        fputs("null", file);
    else
        fprintf(file, "\"%s\"", text);
}

static void number_put(FILE *file, int number)
{
    if (number < 0)
        fputs("null", file);
    else
        fprintf(file, "%d", number);
}

/* {"nb": …, "en": …} of one template; has false: both null. */
static void text_put(FILE *file, const char *name, struct draw *draw, enum sentence kind, const struct wording *wording, bool has)
{
    static struct text nb, en;
    const struct word *template = &sentences[kind].items[draw_below(draw, sentences[kind].len)];
    nb.len = en.len = 0;
    text_fill(&nb, template->nb, wording, NB);
    text_fill(&en, template->en, wording, EN);
    fprintf(file, "\"%s\":{\"nb\":", name);
    string_put(file, has ? nb.bytes : NULL);
    fputs(",\"en\":", file);
    string_put(file, has ? en.bytes : NULL);
    fputs("}", file);
}

/* Hospitals in the regions of the study, none twice. */
static void hospitals_put(FILE *file, const struct scale *scale, const struct outline *outline, struct draw *draw)
{
    size_t chosen[HOSPITALS_OF_ONE], len = 0, want = 1 + draw_below(draw, HOSPITALS_OF_ONE);
    for (int i = 0; i < DRAWS && len < want; i++) {
        size_t hospital = skew_draw(&scale->hospitals, draw);
        bool fits = hospital_region(hospital) >= 0 && (outline->regions >> hospital_region(hospital) & 1) != 0;
        for (size_t k = 0; k < len; k++)
            fits = fits && chosen[k] != hospital;
        if (fits)
            chosen[len++] = hospital;
    }
    fputs("\"hospitals\":[", file);
    for (size_t i = 0; i < len; i++) {
        struct text id = {0};
        hospital_id(&id, chosen[i]);
        fprintf(file, "%s\"%s\"", i > 0 ? "," : "", id.bytes);
    }
    fprintf(file, "],\"hospitals_stated\":%zu,\"european_sites\":", len);
    number_put(file, draw_permille(draw, 200) ? (int)draw_from(draw, 0, 30) : -1);
}

static void regions_put(FILE *file, const struct outline *outline, bool states)
{
    const char *separator = "";
    fputs(",\"inclusion_regions\":[", file);
    for (int i = 0; i < REGIONS && states; i++)
        if (outline->regions >> i & 1) {
            fprintf(file, "%s\"%s\"", separator, regions[i].code);
            separator = ",";
        }
    fputs("],", file);
}

static void patients_put(FILE *file, struct draw *draw, const struct wording *wording)
{
    static const char *const sexes[] = {"null", "[\"female\",\"male\"]", "[\"female\",\"male\"]", "[\"female\"]", "[\"male\"]"};
    size_t age = draw_below(draw, COUNT_OF(ages));
    fputs("\"patients\":{\"age_min\":", file);
    number_put(file, ages[age].min);
    fputs(",\"age_max\":", file);
    number_put(file, ages[age].max);
    fputs(",\"age_text\":", file);
    string_put(file, ages[age].text);
    fprintf(file, ",\"sexes\":%s,\"children\":%s,\"condition\":{\"nb\":\"%s\",\"en\":\"%s\"}},", sexes[draw_below(draw, COUNT_OF(sexes))],
            ages[age].max == 17 ? "true" : "null", wording->slots[SLOT_CONDITION].nb, wording->slots[SLOT_CONDITION].en);
}

static void design_put(FILE *file, struct draw *draw, const struct wording *wording)
{
    const char *const *aim = aims[draw_below(draw, COUNT_OF(aims))], *const *form = forms[draw_below(draw, COUNT_OF(forms))];
    fprintf(file, "\"aim\":\"%s\",\"aim_text\":\"%s\",\"design\":\"%s\",\"design_text\":\"%s\",\"arms\":[", aim[0], aim[1], form[0],
            form[1]);
    if (strcmp(form[0], "parallel") == 0)
        fprintf(file, "\"%s\",\"Placebo\"", wording->slots[SLOT_DRUG].nb);
    fputs("],", file);
}

static void dates_put(FILE *file, const struct outline *outline)
{
    struct day_text start = day_text(outline->start), end = day_text(outline->end), done = day_text(outline->end + 700);
    bool is_over = outline->end < edition_day;
    start.text[7] = end.text[7] = '\0'; /* year and month */
    done.text[4] = '\0';                /* year */
    fprintf(file, "\"dates\":{\"start\":\"%s\",\"inclusion_end\":", start.text);
    string_put(file, is_over ? end.text : NULL);
    fputs(",\"inclusion_end_expected\":", file);
    string_put(file, is_over ? NULL : end.text);
    fprintf(file, ",\"completion_expected\":\"%s\"},", done.text);
}

static void references_put(FILE *file, struct draw *draw, const char *id)
{
    fprintf(file, "\"identifiers\":[{\"system\":\"synthetic\",\"value\":\"%s\"}],", id);
    fprintf(file, "\"links\":[{\"url\":\"https://example.org/%s\",\"label\":\"Syntetisk nettside\"}],\"publications\":[", id);
    if (draw_permille(draw, 300))
        fprintf(file, "{\"citation\":\"Synthetic citation of %s. An invented journal.\",\"doi\":null}", id);
    fputs("],\"lines\":null}\n", file);
}

void card_write(struct scale *scale, const struct outline *outline, const struct wording *wording, const char *id)
{
    struct draw draw = draw_of(scale->seed, TOPIC_CARD, (uint64_t)outline->number);
    FILE *file = scale->files[FILE_CARDS];
    bool has_texts = draw_permille(&draw, 400);
    fprintf(file, "{\"study\":\"%s\",", id);
    hospitals_put(file, scale, outline, &draw);
    regions_put(file, outline, draw_permille(&draw, 700));
    fputs("\"headline\":", file);
    if (outline->has_plan)
        fprintf(file, "{\"patients\":%lld,\"kind\":\"planned\"},", (long long)outline->target);
    else
        fputs("null,", file);
    patients_put(file, &draw, wording);
    design_put(file, &draw, wording);
    text_put(file, "summary", &draw, SENTENCE_SUMMARY, wording, true);
    fputs(",\"texts\":{", file);
    text_put(file, "about", &draw, SENTENCE_ABOUT, wording, has_texts);
    fputs(",\"novelty\":{\"nb\":null,\"en\":null},\"importance\":{\"nb\":null,\"en\":null},\"progress\":{\"nb\":null,\"en\":null},", file);
    text_put(file, "next_steps", &draw, SENTENCE_NEXT, wording, has_texts);
    fputs("},", file);
    dates_put(file, outline);
    references_put(file, &draw, id);
}
