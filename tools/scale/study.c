/* SPDX-License-Identifier: GPL-3.0-or-later
 * One study: first when, where and how many are drawn, then its words, and all its rows are written.
 */
#include "tools/scale/scale.h"

#include <string.h>

enum topic { TOPIC_OUTLINE, TOPIC_WORDS, TOPIC_COUNTS };

enum { YEARS = 35, MECHANISMS = 3 };
const int edition_year = 2024;
const int64_t edition_day = 20088; /* 2024-12-31 */
static const char *const report_codes[MECHANISMS] = {"OU", "BF", "AT"};

void study_id(struct text *text, int64_t number)
{
    text_add(text, "syn-");
    text_number(text, number + 1, 7);
}

/* ── the outline ── */

static const char *status_of(struct draw *draw, const struct outline *outline)
{
    static const struct {
        const char *status;
        unsigned permille;
    } over[] = {{"completed", 850}, {"stopped", 80}, {"unknown", 70}},
      ended[] = {{"follow-up", 500}, {"recruitment-ended", 300}, {"completed", 100}, {"recruiting", 100}},
      running[] = {{"recruiting", 850}, {"stopped", 50}, {"unknown", 100}};
    const int64_t two_years = 730;
    if (outline->start > edition_day)
        return "planned";
    bool is_over = outline->end < edition_day - two_years, is_ended = outline->end < edition_day;
    size_t len = is_over ? COUNT_OF(over) : is_ended ? COUNT_OF(ended) : COUNT_OF(running), i = 0;
    int64_t left = draw_from(draw, 0, 999);
    for (; i + 1 < len; i++) {
        left -= (is_over ? over : is_ended ? ended : running)[i].permille;
        if (left < 0)
            break;
    }
    return (is_over ? over : is_ended ? ended : running)[i].status;
}

static void draw_times(struct draw *draw, struct outline *outline)
{
    /* The smaller of two: more of late than long ago. */
    uint64_t one = draw_below(draw, YEARS), other = draw_below(draw, YEARS);
    outline->call_year = edition_year - (int)(one < other ? one : other);
    outline->start = day_of(outline->call_year, 1, 1) + draw_from(draw, 100, 800);
    outline->end = outline->start + draw_from(draw, 500, 3000);
    outline->status = status_of(draw, outline);
    outline->active_end = outline->end < edition_day ? outline->end : edition_day;
    if (strcmp(outline->status, "stopped") == 0)
        outline->active_end = outline->start + (outline->active_end - outline->start) / 2 + 1;
}

static void draw_places(const struct scale *scale, struct draw *draw, struct outline *outline)
{
    int64_t parts[REGIONS] = {0}, sum = 0, rest = 1000;
    outline->trust = skew_draw(&scale->trusts, draw);
    outline->region = trust_region(outline->trust);
    int home = outline->region < 0 ? 0 : outline->region;
    for (int i = 0; i < REGIONS; i++) {
        bool takes_part = draw_permille(draw, 350) || i == home;
        outline->regions |= (unsigned)takes_part << i;
        parts[i] = takes_part ? draw_from(draw, 1, 3) + (i == home ? 3 : 0) : 0;
        sum += parts[i];
    }
    for (int i = 0; i < REGIONS; i++) {
        outline->share[i] = parts[i] * 1000 / sum;
        rest -= outline->share[i];
    }
    outline->share[home] += rest;
    outline->by_region = draw_permille(draw, 600);
}

static int regions_len(const struct outline *outline)
{
    int len = 0;
    for (int i = 0; i < REGIONS; i++)
        len += (outline->regions >> i & 1) != 0;
    return len;
}

struct outline outline_of(const struct scale *scale, int64_t number)
{
    struct draw draw = draw_of(scale->seed, TOPIC_OUTLINE, (uint64_t)number);
    struct outline outline = {.number = number};
    uint64_t kind = draw_below(&draw, 100);
    outline.mechanism = kind < 70 ? 0 : kind < 95 ? 1 : 2;
    draw_times(&draw, &outline);
    draw_places(scale, &draw, &outline);
    /* Each size from ten to thousands is as likely as its double. */
    outline.target = draw_from(&draw, 10, 20) << draw_below(&draw, 9);
    outline.has_plan = draw_permille(&draw, 880);
    outline.achieved = draw_from(&draw, 100, 1150);
    outline.curve = (int)draw_below(&draw, 4);
    int64_t years = (outline.active_end - outline.start) / 365 + 1, often = draw_from(&draw, 1, 4);
    bool reports = outline.start < edition_day && !draw_permille(&draw, 70);
    outline.weight = reports ? (uint64_t)(years * often * (1 + (outline.by_region ? regions_len(&outline) : 0))) : 0;
    return outline;
}

/* ── reports ── */

/* Permille of a thousand that are there after so many permille of the time; never falls. */
static int64_t curve_at(int curve, int64_t p)
{
    switch (curve) {
    case 0: return p;                                         /* even */
    case 1: return p * p / 1000;                              /* slow at first */
    case 2: return 2 * p - p * p / 1000;                      /* quick at first */
    default: return (3000 * p * p - 2 * p * p * p) / 1000000; /* slow at both ends */
    }
}

static int64_t included_at(const struct outline *outline, int region, int64_t day)
{
    int64_t p = (day - outline->start) * 1000 / (outline->end - outline->start);
    int64_t share = outline->target * outline->share[region] * outline->achieved / 1000000;
    return share * curve_at(outline->curve, p < 0 ? 0 : p > 1000 ? 1000 : p) / 1000;
}

static void report_put(struct scale *scale, const char *id, const char *region, int64_t day, int64_t included)
{
    FILE *file = scale->files[FILE_REPORTS];
    field_put(file, 0, id);
    field_put(file, ',', region);
    field_put(file, ',', day_text(day).text);
    field_number(file, included);
    fputs(",\n", file);
    scale->reported++;
}

/* The total and, where the study has them, its regions; the last skip of those say nothing this time. */
static void reports_of_day(struct scale *scale, const struct outline *outline, const char *id, int64_t day, int64_t skip)
{
    int64_t total = 0, left = (outline->by_region ? regions_len(outline) : 0) - skip;
    for (int i = 0; i < REGIONS; i++)
        total += included_at(outline, i, day);
    report_put(scale, id, NULL, day, total);
    for (int i = 0; i < REGIONS && left > 0; i++)
        if (outline->regions >> i & 1) {
            report_put(scale, id, regions[i].code, day, included_at(outline, i, day));
            left--;
        }
}

/* How many it files, so that all together file what was asked for: its part of the sum so far, and what others left. */
static int64_t reports_due(struct scale *scale, const struct outline *outline, int64_t series)
{
    scale->weight += outline->weight;
    int64_t due = (int64_t)((unsigned __int128)scale->reports * scale->weight / scale->weights) - scale->reported;
    int64_t days = outline->active_end - outline->start;
    return outline->weight == 0 || days < 1 ? 0 : due < days * series ? due : days * series;
}

static void reports_write(struct scale *scale, const struct outline *outline, const char *id)
{
    int64_t series = 1 + (outline->by_region ? regions_len(outline) : 0), len = reports_due(scale, outline, series);
    int64_t days = (len + series - 1) / series, skip = days * series - len;
    int64_t span = outline->active_end - outline->start;
    for (int64_t i = 0; i < days; i++) {
        int64_t day = outline->start + span * (i + 1) / days;
        /* Months are reported where they are far enough apart to stay different ones. */
        reports_of_day(scale, outline, id, span / days >= 62 ? day_month_end_before(day) : day, i == 0 ? skip : 0);
    }
}

/* ── plans ── */

static void plan_put(struct scale *scale, const struct outline *outline, const char *id, const char *region, int64_t planned, int64_t day)
{
    FILE *file = scale->files[FILE_PLANS];
    field_put(file, 0, id);
    field_put(file, ',', region);
    field_number(file, planned);
    field_put(file, ',', day_text(day).text);
    struct day_text end = day_text(outline->end);
    end.text[7] = '\0'; /* year and month */
    field_put(file, ',', region == NULL ? end.text : NULL);
    fputs(",\n", file);
}

static void plans_write(struct scale *scale, const struct outline *outline, const char *id, struct draw *draw)
{
    int64_t day = outline->start < edition_day ? outline->start : edition_day, later = day + draw_from(draw, 200, 900);
    if (!outline->has_plan)
        return;
    if (draw_permille(draw, 120) && later <= edition_day) {
        plan_put(scale, outline, id, NULL, outline->target * draw_from(draw, 600, 1400) / 1000, day);
        day = later;
    }
    plan_put(scale, outline, id, NULL, outline->target, day);
    int64_t left = outline->target;
    bool by_region = outline->by_region && draw_permille(draw, 500);
    for (int i = 0; i < REGIONS && by_region; i++) {
        if ((outline->regions >> i & 1) == 0)
            continue;
        bool is_last = outline->regions >> (i + 1) == 0;
        int64_t planned = is_last ? left : outline->target * outline->share[i] / 1000;
        plan_put(scale, outline, id, regions[i].code, planned, day);
        left -= planned;
    }
}

/* ── words ── */

struct words {
    struct text drug, rare, acronym;
    struct wording wording;
    const struct condition *condition;
    size_t other_category; /* the study's second one; CATEGORIES: none */
    bool has_rare;
};

static const struct condition *condition_in(struct draw *draw, int category)
{
    size_t first = 0, len = 0;
    while (conditions[first].category != category)
        first++;
    while (first + len < conditions_len && conditions[first + len].category == category)
        len++;
    return &conditions[first + draw_below(draw, len)];
}

static const struct word *word_of(struct draw *draw, const struct word *words, size_t len)
{
    return &words[draw_below(draw, len)];
}

static void draw_words(const struct scale *scale, struct draw *draw, struct words *words)
{
    struct word *slots = words->wording.slots;
    words->drug.len = words->rare.len = words->acronym.len = 0;
    words->condition = condition_in(draw, (int)skew_draw(&scale->categories, draw));
    words->other_category = draw_permille(draw, 150) ? skew_draw(&scale->categories, draw) : CATEGORIES;
    words_drug(&words->drug, skew_draw(&scale->drugs, draw));
    words->has_rare = draw_permille(draw, 100);
    words_rare(&words->rare, draw_below(draw, scale->rare));
    words_acronym(&words->acronym, draw);
    slots[SLOT_DRUG] = (struct word){words->drug.bytes, words->drug.bytes};
    slots[SLOT_RARE] = (struct word){words->rare.bytes, words->rare.bytes};
    slots[SLOT_ACRONYM] = (struct word){words->acronym.bytes, words->acronym.bytes};
    slots[SLOT_CONDITION] = (struct word){words->condition->nb, words->condition->en};
    slots[SLOT_PEOPLE] = *word_of(draw, people, people_len);
    slots[SLOT_THERAPY] = *word_of(draw, therapies, therapies_len);
    slots[SLOT_OUTCOME] = *word_of(draw, outcomes, outcomes_len);
    /* The first two are the randomised ones. Four titles of five name a design: a third of all say the word. */
    slots[SLOT_DESIGN] = draw_permille(draw, 417) ? *word_of(draw, designs, 2) : *word_of(draw, designs + 2, designs_len - 2);
}

static void title(struct text *text, struct draw *draw, enum sentence kind, const struct words *words, enum language language)
{
    const struct word *template = word_of(draw, sentences[kind].items, sentences[kind].len);
    text_fill(text, language == NB ? template->nb : template->en, &words->wording, language);
}

static void study_put(struct scale *scale, const struct outline *outline, const char *id, const struct words *words, struct draw *draw)
{
    FILE *file = scale->files[FILE_STUDIES];
    struct text nb = {0}, en = {0};
    struct draw again = *draw; /* one template for both languages */
    bool has_title = draw_permille(&again, 700), has_english = draw_permille(&again, 700);
    *draw = again;
    title(&nb, draw, SENTENCE_LAY, words, NB);
    title(&en, &again, SENTENCE_LAY, words, EN);
    field_put(file, 0, id);
    field_put(file, ',', draw_permille(draw, 600) ? words->acronym.bytes : NULL);
    field_put(file, ',', has_title ? nb.bytes : NULL);
    field_put(file, ',', has_title && has_english ? en.bytes : NULL);
    field_put(file, ',', outline->status);
    fputc('\n', file);
}

/* ── awards ── */

static void categories_put(FILE *file, const struct words *words)
{
    struct text text = {0};
    size_t own = (size_t)words->condition->category;
    text_add(&text, categories[own].nb);
    if (words->other_category < CATEGORIES && words->other_category != own) {
        text_add(&text, " & ");
        text_add(&text, categories[words->other_category].nb);
    }
    field_put(file, ',', text.bytes);
}

struct award {
    const char *kind, *title;
    int call_year, mechanism;
    size_t leader;
    int64_t amount, line;
};

static void award_put(struct scale *scale, const struct outline *outline, const char *id, const struct words *words,
                      const struct award *award, bool is_alias)
{
    FILE *file = scale->files[FILE_AWARDS];
    struct text leader = {0}, place = {0}, lines = {0};
    words_person(&leader, award->leader, scale->leaders.len);
    if (is_alias)
        trust_alias(&place, outline->trust);
    else
        trust_name(&place, outline->trust);
    text_number(&lines, award->line, 1);
    field_put(file, 0, id);
    field_put(file, ',', award->kind);
    field_number(file, award->call_year);
    field_put(file, ',', report_codes[award->mechanism]);
    field_put(file, ',', award->title);
    field_put(file, ',', leader.bytes);
    field_put(file, ',', place.bytes);
    categories_put(file, words);
    field_number(file, award->amount);
    field_put(file, ',', lines.bytes);
    fputc('\n', file);
}

static void awards_write(struct scale *scale, const struct outline *outline, const char *id, const struct words *words, struct draw *draw)
{
    struct text text = {0};
    title(&text, draw, SENTENCE_SCIENTIFIC, words, draw_permille(draw, 300) ? NB : EN);
    if (words->has_rare)
        text_fill(&text, " [{rare}]", &words->wording, EN);
    struct award award = {
        .kind = "main",
        .title = text.bytes,
        .call_year = outline->call_year,
        .mechanism = outline->mechanism,
        .leader = skew_draw(&scale->leaders, draw),
        .amount = draw_from(draw, 500, 2500) * (int64_t)(1000 << draw_below(draw, 4)),
        .line = outline->number * 8 + 1,
    };
    bool is_alias = draw_permille(draw, 100);
    award_put(scale, outline, id, words, &award, is_alias);
    for (unsigned i = 0; i < 2 && draw_permille(draw, 120); i++) {
        award.kind = "top-up";
        award.call_year += draw_from(draw, 1, 3) + award.call_year > edition_year ? 0 : 1;
        award.mechanism = draw_permille(draw, 500) ? 2 : outline->mechanism;
        award.amount = award.amount / 4 + 1000;
        award.line++;
        award_put(scale, outline, id, words, &award, is_alias);
    }
}

static void note_write(struct scale *scale, const char *id)
{
    fprintf(scale->files[FILE_NOTES],
            "study,%s,leader,ambiguous,\"Syntetisk merknad: kilden er oppdiktet, og lederen også.\","
            "\"Synthetic note: the source is invented, and so is the leader.\",\n",
            id);
}

void study_write(struct scale *scale, int64_t number)
{
    struct outline outline = outline_of(scale, number);
    struct draw words_draw = draw_of(scale->seed, TOPIC_WORDS, (uint64_t)number);
    struct draw counts_draw = draw_of(scale->seed, TOPIC_COUNTS, (uint64_t)number);
    struct text id = {0};
    struct words words;
    study_id(&id, number);
    draw_words(scale, &words_draw, &words);
    study_put(scale, &outline, id.bytes, &words, &words_draw);
    awards_write(scale, &outline, id.bytes, &words, &words_draw);
    plans_write(scale, &outline, id.bytes, &counts_draw);
    reports_write(scale, &outline, id.bytes);
    if (draw_permille(&words_draw, 200))
        card_write(scale, &outline, &words.wording, id.bytes);
    if (draw_permille(&words_draw, 20))
        note_write(scale, id.bytes);
}
