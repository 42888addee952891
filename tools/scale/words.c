/* SPDX-License-Identifier: GPL-3.0-or-later
 * The vocabulary. Diseases are real ones, in both languages; names of people, places, drugs and markers are put together from syllables.
 */
#include "tools/scale/scale.h"

#include <string.h>

const struct region regions[REGIONS] = {
    {"sor-ost", "Sør-Øst", "South-Eastern Norway"},
    {"vest", "Vest", "Western Norway"},
    {"midt", "Midt-Norge", "Central Norway"},
    {"nord", "Nord", "Northern Norway"},
};

/* The frequent ones first. */
const struct category categories[CATEGORIES] = {
    {"cancer", "Kreft", "Cancer and neoplasms"},
    {"neurological", "Hjernen og nervesystemet", "Neurological"},
    {"cardiovascular", "Hjerte og kar", "Cardiovascular"},
    {"mental-health", "Mental helse", "Mental Health"},
    {"inflammatory-immune", "Betennelse og immunsystem", "Inflammatory and Immune System"},
    {"infection", "Infeksjon", "Infection"},
    {"musculoskeletal", "Muskel og skjelett", "Musculoskeletal"},
    {"stroke", "Hjerneslag", "Stroke"},
    {"metabolic-endocrine", "Stoffskifte og hormoner", "Metabolic and Endocrine"},
    {"oral-gastrointestinal", "Munnhule, mage-tarm", "Oral and Gastrointestinal"},
    {"renal-urogenital", "Nyrer, urinveier og kjønnsorgan", "Renal and Urogenital"},
    {"reproductive", "Forplantning og fødsel", "Reproductive Health and Childbirth"},
    {"respiratory", "Lunger og luftveier", "Respiratory"},
    {"injuries", "Skader og ulykker", "Injuries and Accidents"},
    {"blood", "Blod", "Blood"},
    {"skin", "Hud", "Skin"},
    {"eye", "Øye", "Eye"},
    {"ear", "Øre", "Ear"},
    {"congenital", "Medfødte lidelser", "Congenital Disorders"},
    {"generic", "Generell helserelevans", "Generic Health Relevance"},
    {"other", "Ukjent årsak og annet", "Disputed Aetiology and Other"},
};

const struct condition conditions[] = {
    {"brystkreft", "breast cancer", 0},
    {"prostatakreft", "prostate cancer", 0},
    {"tykktarmskreft", "colon cancer", 0},
    {"lungekreft", "lung cancer", 0},
    {"føflekkreft", "melanoma", 0},
    {"bukspyttkjertelkreft", "pancreatic cancer", 0},
    {"multippel sklerose", "multiple sclerosis", 1},
    {"Parkinsons sykdom", "Parkinson's disease", 1},
    {"Alzheimers sykdom", "Alzheimer's disease", 1},
    {"migrene", "migraine", 1},
    {"epilepsi", "epilepsy", 1},
    {"hjertesvikt", "heart failure", 2},
    {"hjerteinfarkt", "myocardial infarction", 2},
    {"atrieflimmer", "atrial fibrillation", 2},
    {"åreforkalkning", "atherosclerosis", 2},
    {"høyt blodtrykk", "hypertension", 2},
    {"depresjon", "depression", 3},
    {"angst", "anxiety", 3},
    {"schizofreni", "schizophrenia", 3},
    {"bipolar lidelse", "bipolar disorder", 3},
    {"søvnløshet", "insomnia", 3},
    {"leddgikt", "rheumatoid arthritis", 4},
    {"Crohns sykdom", "Crohn's disease", 4},
    {"lupus", "lupus", 4},
    {"blodforgiftning", "sepsis", 5},
    {"lungebetennelse", "pneumonia", 5},
    {"covid-19", "COVID-19", 5},
    {"urinveisinfeksjon", "urinary tract infection", 5},
    {"hoftebrudd", "hip fracture", 6},
    {"korsryggsmerter", "low back pain", 6},
    {"beinskjørhet", "osteoporosis", 6},
    {"slitasjegikt i kneet", "knee osteoarthritis", 6},
    {"hjerneslag", "stroke", 7},
    {"hjerneblødning", "intracerebral haemorrhage", 7},
    {"diabetes type 1", "type 1 diabetes", 8},
    {"diabetes type 2", "type 2 diabetes", 8},
    {"fedme", "obesity", 8},
    {"lavt stoffskifte", "hypothyroidism", 8},
    {"magesår", "peptic ulcer", 9},
    {"cøliaki", "coeliac disease", 9},
    {"tannkjøttbetennelse", "periodontitis", 9},
    {"nyresvikt", "kidney failure", 10},
    {"blæredysfunksjon", "bladder dysfunction", 10},
    {"svangerskapsforgiftning", "pre-eclampsia", 11},
    {"for tidlig fødsel", "preterm birth", 11},
    {"endometriose", "endometriosis", 11},
    {"kols", "COPD", 12},
    {"astma", "asthma", 12},
    {"hodeskade", "head injury", 13},
    {"brannskade", "burn injury", 13},
    {"akutt leukemi", "acute leukaemia", 14},
    {"blodpropp", "venous thrombosis", 14},
    {"psoriasis", "psoriasis", 15},
    {"atopisk eksem", "atopic eczema", 15},
    {"grå stær", "cataract", 16},
    {"grønn stær", "glaucoma", 16},
    {"hørselstap", "hearing loss", 17},
    {"øresus", "tinnitus", 17},
    {"leppe-kjeve-ganespalte", "cleft lip and palate", 18},
    {"medfødt hjertefeil", "congenital heart defect", 18},
    {"langvarige smerter", "chronic pain", 19},
    {"skrøpelighet", "frailty", 19},
    {"kronisk utmattelse", "chronic fatigue", 20},
    {"fibromyalgi", "fibromyalgia", 20},
};
const size_t conditions_len = COUNT_OF(conditions);

const struct word people[] = {
    {"voksne", "adults"},
    {"barn og unge", "children and adolescents"},
    {"eldre", "older people"},
    {"gravide", "pregnant women"},
    {"pasienter som nylig er blitt syke", "newly diagnosed patients"},
    {"pasienter med tilbakefall", "patients with relapse"},
    {"pasienter på intensivavdeling", "patients in intensive care"},
    {"pasienter i kommunehelsetjenesten", "patients in primary care"},
};
const size_t people_len = COUNT_OF(people);

const struct word therapies[] = {
    {"strålebehandling", "radiotherapy"},
    {"tidlig kirurgi", "early surgery"},
    {"fysioterapi", "physiotherapy"},
    {"kognitiv terapi", "cognitive therapy"},
    {"kostråd", "dietary advice"},
    {"hjemmesykehus", "hospital at home"},
    {"fysisk trening", "exercise"},
    {"digital oppfølging", "digital follow-up"},
    {"immunterapi", "immunotherapy"},
    {"kortere antibiotikakur", "shorter antibiotic treatment"},
    {"stamcelletransplantasjon", "stem cell transplantation"},
    {"nervestimulering", "nerve stimulation"},
};
const size_t therapies_len = COUNT_OF(therapies);

const struct word outcomes[] = {
    {"livskvalitet", "quality of life"},
    {"overlevelse", "survival"},
    {"smertelindring", "pain relief"},
    {"funksjon i hverdagen", "daily functioning"},
    {"færre sykehusinnleggelser", "fewer admissions"},
    {"raskere tilbake til arbeid", "earlier return to work"},
    {"lavere dødelighet", "lower mortality"},
    {"færre bivirkninger", "fewer side effects"},
};
const size_t outcomes_len = COUNT_OF(outcomes);

/* One of three is randomised in so many words. */
const struct word designs[] = {
    {"en randomisert kontrollert studie", "a randomised controlled trial"},
    {"en randomisert multisenterstudie", "a randomised multicentre study"},
    {"en observasjonsstudie", "an observational study"},
    {"en enarmet fase II-studie", "a single-arm phase II trial"},
    {"en registerbasert studie", "a registry-based study"},
    {"en mulighetsstudie", "a feasibility study"},
};
const size_t designs_len = COUNT_OF(designs);

static const struct word lay[] = {
    {"Hjelper {drug} mot {condition}?", "Does {drug} help against {condition}?"},
    {"Bedre behandling av {condition} hos {people}", "Better treatment of {condition} in {people}"},
    {"Gir {therapy} bedre {outcome} ved {condition}?", "Does {therapy} improve {outcome} in {condition}?"},
    {"{therapy} for {people} med {condition}", "{therapy} for {people} with {condition}"},
    {"Kan {drug} erstatte {therapy} ved {condition}?", "Can {drug} replace {therapy} in {condition}?"},
    {"Persontilpasset medisin ved {condition}", "Personalised medicine in {condition}"},
};
static const struct word scientific[] = {
    {"{drug} mot placebo hos {people} med {condition}: {design} ({acronym})",
     "{drug} versus placebo in {people} with {condition}: {design} ({acronym})"},
    {"Effekt av {therapy} på {outcome} ved {condition}, {design}", "Effect of {therapy} on {outcome} in {condition}, {design}"},
    {"{acronym}: {therapy} og {drug} ved {condition} – {design}", "{acronym}: {therapy} and {drug} in {condition} – {design}"},
    {"{drug} i tillegg til {therapy} ved {condition}: {design}", "{drug} in addition to {therapy} for {condition}: {design}"},
    {"Biomarkører for {outcome} hos {people} med {condition}", "Biomarkers of {outcome} in {people} with {condition}"},
};
static const struct word summary[] = {
    {"Studien undersøker om {therapy} sammen med {drug} gir bedre {outcome} for {people} med {condition}. "
     "Dagens behandling hjelper ikke alle, og mange får bivirkninger.",
     "The study examines whether {therapy} together with {drug} gives better {outcome} for {people} with {condition}. "
     "Present treatment does not help everybody, and many have side effects."},
    {"Halvparten av pasientene får {drug}, de andre får vanlig behandling. Målet er {outcome} ved {condition}, målt etter ett år.",
     "Half of the patients receive {drug}, the others usual treatment. The aim is {outcome} in {condition}, measured after one year."},
    {"{people} med {condition} inviteres til å delta. Vi følger dem med blodprøver, spørreskjema og øvelser, og ser på {outcome}.",
     "{people} with {condition} are invited to take part. We follow them with blood samples, questionnaires and exercises, and look at "
     "{outcome}."},
    {"Det finnes lite kunnskap om {therapy} ved {condition}. Studien sammenlikner to måter å gi behandlingen på.",
     "Little is known about {therapy} in {condition}. The study compares two ways of giving the treatment."},
};
static const struct word about[] = {
    {"{condition} rammer mange hvert år. {drug} er et oppdiktet legemiddel, og alt i denne teksten er laget av et program.",
     "{condition} affects many every year. {drug} is an invented drug, and all of this text was made by a program."},
    {"Årsaken til {condition} er ikke fullt ut kjent. Vi prøver {therapy} hos {people}, og måler {outcome}.",
     "The cause of {condition} is not fully known. We try {therapy} in {people}, and measure {outcome}."},
    {"Sykehus i flere helseregioner deltar, slik at {people} kan bli med der de bor.",
     "Hospitals in several health regions take part, so that {people} can join where they live."},
};
static const struct word next[] = {
    {"Resultatene ventes om to år. Er de gode, prøves {drug} i en større studie.",
     "Results are expected in two years. If they are good, {drug} will be tried in a larger study."},
    {"Siste pasient er snart inkludert, og analysene av {outcome} begynner deretter.",
     "The last patient will soon be included, and the analyses of {outcome} begin after that."},
};
const struct sentences sentences[SENTENCES] = {
    [SENTENCE_LAY] = {lay, COUNT_OF(lay)},
    [SENTENCE_SCIENTIFIC] = {scientific, COUNT_OF(scientific)},
    [SENTENCE_SUMMARY] = {summary, COUNT_OF(summary)},
    [SENTENCE_ABOUT] = {about, COUNT_OF(about)},
    [SENTENCE_NEXT] = {next, COUNT_OF(next)},
};

/* ── names ── */

static const char *const first_names[] = {
    "Anne",   "Arne",   "Astrid",  "Bjørn", "Berit",   "Dag",   "Eirik", "Eli",    "Frode", "Gerd", "Gunnar",  "Hanne", "Håkon", "Ida",
    "Ingrid", "Jon",    "Kari",    "Knut",  "Lars",    "Liv",   "Magne", "Marit",  "Nils",  "Nora", "Odd",     "Olav",  "Per",   "Ragnhild",
    "Rolf",   "Sigrid", "Solveig", "Stein", "Sunniva", "Terje", "Tone",  "Torill", "Ulf",   "Unni", "Øystein", "Åse",
};
static const char *const place_starts[] = {
    "Gran", "Bjørk", "Furu", "Sol", "Nord",   "Vest", "Øst",   "Sør",   "Berg", "Dal", "Elve",  "Fjell",
    "Grøn", "Hav",   "Lind", "Myr", "Strand", "Skog", "Stein", "Tjern", "Ås",   "Eng", "Kvern", "Rogn",
};
static const char *const place_ends[] = {
    "bakken", "berget", "dalen", "haugen", "hei",  "holm", "lia",  "lunden", "mo",  "nes",
    "rud",    "set",    "stad",  "stuen",  "vang", "vik",  "vold", "åsen",   "øya", "ås",
};
static const char *const drug_starts[] = {
    "Am",   "Be",   "Cor", "Dalo", "Eri", "Fenu", "Galo", "Hexa", "Ibru", "Jalo", "Kev",  "Lumi",
    "Mora", "Neri", "Ora", "Pala", "Qui", "Rivo", "Sali", "Tore", "Uva",  "Veli", "Xano", "Zolu",
};
static const char *const drug_middles[] = {"bi", "da", "fo", "gli", "ke", "li", "mo", "na", "pe", "ri", "sta", "ti", "vo", "za"};
static const char *const drug_ends[] = {"mab", "nib", "stat", "pril", "zol", "cept", "tid", "mycin", "parin", "vir"};
static const char *const rare_ends[] = {"kvintin", "sølvin", "torkin", "vårsin"};

/* Neighbouring numbers get names far apart: step has no divisor in common with size. */
static size_t spread(size_t number, size_t size)
{
    static const size_t steps[] = {7919, 7907, 7901};
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (size % steps[i] != 0)
            return (number * steps[i]) % size;
    scale_fail("no step fits %zu", size);
}

void words_place(struct text *text, size_t number)
{
    size_t at = spread(number, COUNT_OF(place_starts) * COUNT_OF(place_ends));
    text_add(text, place_starts[at / COUNT_OF(place_ends)]);
    text_add(text, place_ends[at % COUNT_OF(place_ends)]);
}

/* No two numbers below of have the same name: an initial where first and last names do not suffice. */
void words_person(struct text *text, size_t number, size_t of)
{
    const size_t plain = COUNT_OF(first_names) * COUNT_OF(place_starts) * COUNT_OF(place_ends);
    size_t initial = number / plain;
    char middle[] = {' ', (char)('A' + initial % 26), '.', '\0'};
    if (of > plain * 26)
        scale_fail("too many studies: there are no more names of leaders");
    number = spread(number % plain, plain);
    text_add(text, first_names[number % COUNT_OF(first_names)]);
    text_add(text, initial > 0 ? middle : "");
    text_add(text, " ");
    words_place(text, number / COUNT_OF(first_names));
}

static void syllables(struct text *text, size_t number, const char *const *ends, size_t ends_len)
{
    number = spread(number, COUNT_OF(drug_starts) * COUNT_OF(drug_middles) * ends_len);
    text_add(text, drug_starts[number % COUNT_OF(drug_starts)]);
    number /= COUNT_OF(drug_starts);
    text_add(text, drug_middles[number % COUNT_OF(drug_middles)]);
    text_add(text, ends[number / COUNT_OF(drug_middles)]);
}

void words_drug(struct text *text, size_t number)
{
    syllables(text, number, drug_ends, COUNT_OF(drug_ends));
}

void words_rare(struct text *text, size_t number)
{
    syllables(text, number, rare_ends, COUNT_OF(rare_ends));
}

void words_acronym(struct text *text, struct draw *draw)
{
    static const char *const starts[] = {"NOR", "SYN", "ACT", "RE", "PRO", "VI", "TRI", "ØST", "HÅP", "CARE", "IMPRO", "OPTI"};
    static const char *const ends[] = {"-MED",   "LIFE", "-PAIN", "HEART", "-CARE", "MOVE",
                                       "-TREAT", "SAFE", "-MIND", "STEP",  "-CURE", "WELL"};
    text_add(text, starts[draw_below(draw, COUNT_OF(starts))]);
    text_add(text, ends[draw_below(draw, COUNT_OF(ends))]);
    if (draw_permille(draw, 500)) {
        text_add(text, "-");
        text_number(text, draw_from(draw, 2, 99), 1);
    }
}

/* ── templates ── */

void text_add(struct text *text, const char *more)
{
    size_t len = strlen(more);
    if (len >= sizeof text->bytes - text->len)
        scale_fail("a text is too long");
    memcpy(text->bytes + text->len, more, len + 1);
    text->len += len;
}

void text_number(struct text *text, int64_t number, int digits)
{
    char shown[40];
    (void)snprintf(shown, sizeof shown, "%0*lld", digits, (long long)number);
    text_add(text, shown);
}

static const char *const slot_names[SLOTS] = {
    [SLOT_DRUG] = "{drug}",       [SLOT_CONDITION] = "{condition}", [SLOT_PEOPLE] = "{people}", [SLOT_THERAPY] = "{therapy}",
    [SLOT_OUTCOME] = "{outcome}", [SLOT_DESIGN] = "{design}",       [SLOT_RARE] = "{rare}",     [SLOT_ACRONYM] = "{acronym}",
};

static size_t slot_at(const char *template)
{
    size_t slot = 0;
    while (slot < SLOTS && strncmp(template, slot_names[slot], strlen(slot_names[slot])) != 0)
        slot++;
    if (slot == SLOTS)
        scale_fail("no such word: %s", template);
    return slot;
}

/* The first letter of a sentence is a great one; the vocabulary's small letters are ASCII, å and ø. */
static void begin_great(struct text *text, size_t at)
{
    unsigned char *c = (unsigned char *)text->bytes + at;
    if (c[0] >= 'a' && c[0] <= 'z')
        c[0] = (unsigned char)(c[0] - 'a' + 'A');
    else if (c[0] == 0xc3 && c[1] >= 0xa0)
        c[1] = (unsigned char)(c[1] - 0x20);
}

void text_fill(struct text *text, const char *template, const struct wording *wording, enum language language)
{
    size_t begin = text->len;
    while (*template != '\0') {
        char plain[2] = {*template, '\0'};
        if (*template != '{') {
            text_add(text, plain);
            template ++;
            continue;
        }
        size_t slot = slot_at(template);
        text_add(text, language == NB ? wording->slots[slot].nb : wording->slots[slot].en);
        template += strlen(slot_names[slot]);
    }
    begin_great(text, begin);
}
