/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A second programme, invented, beside the real one: studies in every state of recruitment, an old id, names in the whole
 * Norwegian alphabet, and a programme that says little of itself.
 */
#ifndef STUDYD_TESTS_API_INVENTED_H
#define STUDYD_TESTS_API_INVENTED_H

#include "support.h"

#define INVENTED_STUDIES 8

static const struct invented_file {
    const char *name, *content;
} invented_files[] = {
    {"edition.json",
     "{\"programme\": \"nordlys\", \"edition\": \"2025\", \"title\": {\"nb\": \"Oppdiktet\", \"en\": \"Invented\"},\n"
     " \"as_of\": \"2025-06-30\", \"collected\": null, \"published\": \"2025-09\", \"licence\": null,\n"
     " \"attribution\": \"Nordlys (invented)\",\n"
     " \"document\": {\"id\": \"invented-report\", \"title\": \"An invented report\", \"publisher\": null, \"lines\": 900}}\n"},
    {"programme.json",
     "{\"id\": \"nordlys\", \"name\": {\"nb\": null, \"en\": \"Northern lights\"}, \"short_name\": \"NORDLYS\", \"since\": null,\n"
     " \"purpose\": null, \"owners\": null, \"administered_by\": null, \"mandate\": null, \"reporting\": null, \"process\": null,\n"
     " \"user_involvement\": null, \"board\": null, \"disclosure_threshold\": 10, \"lines\": null}\n"},
    {"regions.csv", "code,label_nb,label_en,basis,lines\n"
                    "sor-ost,Sør-Øst,South-Eastern Norway,general-knowledge,\n"
                    "vest,Vest,Western Norway,general-knowledge,\n"
                    "midt,Midt-Norge,Central Norway,general-knowledge,\n"
                    "nord,Nord,Northern Norway,general-knowledge,\n"
                    "international,Internasjonalt,International,general-knowledge,\n"},
    {"mechanisms.csv", "code,report_code,label_nb,label_en,lines\n"
                       "open-call,OU,Ordinær utlysning,Open call,10\n"
                       "other,AT,Annen tildeling,Other allocation,11\n"},
    {"categories.csv", "code,label_nb,label_en,label_en_basis,lines\n"
                       "cancer,Kreft,Cancer and neoplasms,general-knowledge,12\n"
                       "neurological,Hjernen og nervesystemet,Neurological,general-knowledge,13\n"},
    {"institutions.csv", "id,name,region,region_basis,part_of,part_of_basis,lines\n"
                         "helse-bergen,Helse Bergen,vest,general-knowledge,,,20\n"
                         "st-olavs-hospital,St. Olavs hospital HF,midt,general-knowledge,,,21\n"
                         "rost-sykehus,Røst sykehus,nord,source,,,22\n"
                         "utsira-legevakt,Utsira legevakt,,,helse-bergen,source,23\n"},
    {"aliases.csv", "kind,id,alias,lines\n"
                    "institution,rost-sykehus,\"Sykehuset på Røst, AS\",24\n"
                    "leader,Åse Ås,Aase Ås,25\n"
                    "study,aegir,aegir-old,26\n"},
    {"studies.csv", "id,acronym,title_nb,title_en,status\n"
                    "aurora,AURORA,Lys i mørket,Light in the dark,recruiting\n"
                    "borealis,BOREALIS,,,recruitment-ended\n"
                    "corona,CORONA,,,recruiting\n"
                    "dagny,DAGNY,,,follow-up\n"
                    "aegir,ÆGIR,,,planned\n"
                    "ore,ØRE,,,stopped\n"
                    "afjord,ÅFJORD,,,completed\n"
                    "aase,AASE,,,unknown\n"},
    {"awards.csv", "study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines\n"
                   "aurora,main,2022,OU,An invented trial of light,Åse Ås,Helse Bergen,Hjernen og nervesystemet & Kreft,10000001,100\n"
                   "aurora,top-up,2024,AT,\"An invented trial of light, more\",Åse Ås,Helse Bergen,Hjernen og nervesystemet,500,101\n"
                   "borealis,main,2021,OU,Over plan,Zoë Zahl,St. Olavs hospital HF,Kreft,9000000,110\n"
                   "corona,main,2021,OU,Half reported,Ærlig Ørn,\"Sykehuset på Røst, AS\",Kreft,8000000,120\n"
                   "dagny,main,2020,AT,A small population,Ole Østby,Røst sykehus,Kreft,7000000,130\n"
                   "aegir,main,2025,OU,Not begun,Aase Ås,Helse Bergen,Kreft,6000000,140\n"
                   "ore,main,2019,OU,Stopped,Bo Berg,Helse Bergen,Hjernen og nervesystemet,5000000,150\n"
                   "afjord,main,2018,OU,Done,Bo Berg,Helse Bergen,Hjernen og nervesystemet,4000000,160\n"
                   "aase,main,2018,OU,Nothing known,Bo Berg,Helse Bergen,Hjernen og nervesystemet,0,170\n"},
    {"plans.csv", "study,region,planned,as_of,planned_end,lines\n"
                  "aurora,,100,2022-01-01,2025,200\n"
                  "aurora,vest,60,2022-01-01,,201\n"
                  "aurora,midt,40,2022-01-01,,202\n"
                  "borealis,,50,2021-01-01,2024-12,203\n"
                  "borealis,midt,30,2021-01-01,,204\n"
                  "dagny,,8,2020-01-01,,205\n"
                  "aegir,,70,2025-01-01,2027-03-31,206\n"
                  "afjord,,40,2018-01-01,2020,207\n"},
    {"reports.csv", "study,region,as_of,included,lines\n"
                    "aurora,vest,2023-12-31,10,300\n"
                    "aurora,midt,2024-03-31,5,301\n"
                    "aurora,vest,2024-06-30,20,302\n"
                    "aurora,vest,2024-12-31,41,303\n"
                    "aurora,midt,2024-12-31,19,304\n"
                    "borealis,,2024-12-31,62,310\n"
                    "borealis,midt,2024-12-31,36,311\n"
                    "corona,vest,2024-12-31,30,320\n"
                    "dagny,nord,2023-12-31,3,330\n"
                    "dagny,nord,2024-06-30,4,331\n"
                    "dagny,nord,2024-12-31,5,332\n"
                    "ore,,2024-12-31,0,340\n"
                    "afjord,,2020-12-31,40,350\n"},
    {"figures.csv",
     "id,measure,unit,call_year,mechanism,region,category,group,value,as_of,label_nb,label_en,printed,lines\n"
     "included-total,included,patients,,,,,,172,2025-06-30,Inkluderte,Included,172,400\n"
     "included-vest,included,patients,,,vest,,,71,2025-06-30,Inkluderte: Vest,Included: Western Norway,71,401\n"
     "share-2021,included-share,percent,2021,,,,,99.9,2025-06-30,Andel inkluderte 2021,Share included 2021,\"99,9 %\",402\n"},
    {"notes.csv", "record,id,field,kind,text_nb,text_en,lines\n"
                  "study,corona,hospitals,missing,Ett sykehus har ikke rapportert.,One hospital has not reported.,120\n"
                  "figure,included-total,value,discrepancy,Summen er en annen.,The sum is another.,400\n"},
    {"cards/aurora.json",
     "{\"study\": \"aurora\", \"hospitals\": null, \"hospitals_stated\": null, \"european_sites\": null, \"inclusion_regions\": null,\n"
     " \"headline\": {\"patients\": 60, \"kind\": \"included\"}, \"patients\": null, \"aim\": null, \"aim_text\": null, \"design\": null,\n"
     " \"design_text\": null, \"arms\": null, \"summary\": null, \"texts\": null,\n"
     " \"dates\": {\"start\": \"2022\", \"inclusion_end\": null, \"inclusion_end_expected\": null, \"completion_expected\": null},\n"
     " \"identifiers\": null, \"links\": null, \"publications\": null, \"lines\": null}\n"},
    {"cards/corona.json",
     "{\"study\": \"corona\", \"hospitals\": [\"helse-bergen\", \"rost-sykehus\"], \"hospitals_stated\": 3, \"european_sites\": 0,\n"
     " \"inclusion_regions\": [\"vest\", \"nord\"], \"headline\": null,\n"
     " \"patients\": {\"age_min\": 0, \"age_max\": 17, \"age_text\": \"under 18\", \"sexes\": [\"female\"], \"children\": true,\n"
     "              \"condition\": {\"nb\": null, \"en\": \"A condition\"}},\n"
     " \"aim\": \"screening\", \"aim_text\": \"Screening\", \"design\": \"registry\", \"design_text\": \"Register\", \"arms\": null,\n"
     " \"summary\": {\"nb\": \"Kort sagt.\", \"en\": \"In short.\"},\n"
     " \"texts\": {\"about\": {\"nb\": null, \"en\": \"About\"}, \"novelty\": {\"nb\": null, \"en\": null}, \"importance\": {\"nb\": null, "
     "\"en\": null},\n"
     "           \"progress\": {\"nb\": null, \"en\": null}, \"next_steps\": {\"nb\": null, \"en\": null}},\n"
     " \"dates\": {\"start\": \"2021\", \"inclusion_end\": null, \"inclusion_end_expected\": \"2026-03\", \"completion_expected\": "
     "\"2027-01-31\"},\n"
     " \"identifiers\": [{\"system\": \"nct\", \"value\": \"NCT00000000\"}], \"links\": [{\"url\": \"https://example.org/corona\", "
     "\"label\": null}],\n"
     " \"publications\": [{\"citation\": \"An invented article. 2024.\", \"doi\": \"10.1000/182\"}], \"lines\": \"500-520\"}\n"},
};

/* The register of both programmes: made once. */
static inline const char *register_of_both(void)
{
    static const char *made;
    if (!made) {
        const char *folder = text_format("%s/invented", support_folder());
        for (size_t i = 0; i < sizeof invented_files / sizeof invented_files[0]; i++)
            file_write(folder, invented_files[i].name, invented_files[i].content);
        made = register_with(folder);
    }
    return made;
}

#endif
