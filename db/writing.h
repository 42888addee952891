/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing what is filed: part of db/db.h, which includes it.
 *
 * One transaction at a time, in the one thread that writes: begin; then any number of parts, each of which stands or falls as one;
 * then commit. Nothing of it is seen by readers, or may be said to a client, before commit has returned DB_OK.
 */
#ifndef STUDYD_DB_WRITING_H
#define STUDYD_DB_WRITING_H

#include "db/tokens.h"

struct db_write;

/* By whom. token 0: a command on the machine itself. */
struct db_author {
    int64_t token;
    enum db_role role;
};

/* DB_BUSY, DB_FULL …: nothing was begun. Must not be called while an import is under way. */
enum db_status db_write_begin(struct db *db, struct db_write **ret_write);
/* On disk when it returns DB_OK, and then seen by everybody. Anything else: nothing of it was written. Frees write either way. */
enum db_status db_write_commit(struct db_write *write);
void db_write_abandon(struct db_write *write);      /* frees it; NULL is fine */
int64_t db_write_now(const struct db_write *write); /* the instant that all of it is recorded with */

/* What is written between begin and keep is kept with the transaction; undo takes it back. Parts do not nest. Commit with a part open: it
 * is undone. */
enum db_status db_write_part_begin(struct db_write *write, const struct db_author *author);
enum db_status db_write_part_keep(struct db_write *write);
void db_write_part_undo(struct db_write *write);

/* For asking in between about what this transaction holds: a reader that belongs to write. What is made of a study is as of its last
 * settling; kept sums (statistics without a filter) follow with the commit alone. */
struct db_reader *db_write_reader(struct db_write *write);
/* The version that a study has here; 0 = there is no such study. */
enum db_status db_write_version(struct db_write *write, const char *study, int64_t *ret_version);

/* A report: counts of one study about one day. region NULL = the whole study. */
struct db_filed_count {
    const char *region;
    int64_t included;
};
struct db_filed_report {
    const char *study, *as_of;
    const struct db_filed_count *counts;
    size_t counts_len;
    bool correction;
    const char *comment; /* for the office alone; may be NULL */
};
/* DB_NOT_FOUND: no such study; DB_CONFLICT: no such region. Rules about counts are the caller's. */
enum db_status db_write_report(struct db_write *write, const struct db_filed_report *report);

struct db_filed_region_plan {
    const char *region;
    int64_t planned;
};
struct db_filed_plan {
    const char *study, *as_of;
    int64_t planned;         /* of the whole study */
    const char *planned_end; /* YYYY[-MM[-DD]], may be NULL */
    const struct db_filed_region_plan *regions;
    size_t regions_len;
};
/* It becomes the plan; earlier ones are kept. A region that it does not name keeps the plan it has. DB_NOT_FOUND, DB_CONFLICT as above. */
enum db_status db_write_plan(struct db_write *write, const struct db_filed_plan *plan);

/* What of a card can be edited here; an import then leaves it (see local_edit). */
enum db_card_field {
    DB_CARD_STATUS,
    DB_CARD_DATES, /* start, inclusion_end, inclusion_end_expected, completion_expected */
    DB_CARD_TITLE,
    DB_CARD_SUMMARY,
    DB_CARD_ABOUT,
    DB_CARD_NOVELTY,
    DB_CARD_IMPORTANCE,
    DB_CARD_PROGRESS,
    DB_CARD_NEXT_STEPS,
    DB_CARD_CONDITION,
    DB_CARD_CONTACT,
    DB_CARD_IDENTIFIERS,
    DB_CARD_LINKS,
    DB_CARD_PUBLICATIONS,
    DB_CARD_FIELDS
};
/* The study as it stands, whole. each is called once. DB_NOT_FOUND. */
enum db_status db_write_card_get(struct db_write *write, const char *study, void (*each)(void *cls, const struct db_study *card),
                                 void *cls);
/* Takes from card the fields whose bit (1 << enum db_card_field) is set; card->code names the study. A field that is as it was before is
 * not edited by it. DB_CONFLICT: a value that is not allowed. */
enum db_status db_write_card(struct db_write *write, const struct db_study *card, uint32_t fields);

/* Makes anew what is made of the studies that this part touched, and gives each its next version: before keep, once. each (may be NULL)
 * is told in the order in which they were touched. A study of which nothing changed has no next version and is told with the one it has. */
struct db_settled {
    const char *study;
    int64_t version, updated;
    bool changed;
};
enum db_status db_write_settle(struct db_write *write, void (*each)(void *cls, const struct db_settled *settled), void *cls);

/* A token; its id, created and revoked are the register's to say: *ret_id. The hash may be put later, since it may hold the id.
 * DB_NOT_FOUND: the scope's code does not exist. Tokens change no answer: the data version stays. */
enum db_status db_write_token(struct db_write *write, const struct db_token *token, int64_t *ret_id);
enum db_status db_write_token_hash(struct db_write *write, int64_t id, const unsigned char hash[DB_HASH_BYTES]);
enum db_status db_write_token_revoke(struct db_write *write, int64_t id, bool *ret_changed); /* DB_NOT_FOUND: there is none */

/* ── answers that are given again ───────────────────────────────────────────────────────────────────────────── */

#define DB_KEPT_ANSWER_DAYS 30
struct db_kept_answer {
    unsigned char digest[DB_HASH_BYTES]; /* of what was asked */
    int status;
    int64_t version;      /* of the study, for the tag; 0 = none */
    const char *location; /* may be NULL */
    const char *body;
    size_t body_len;
};
/* DB_NOT_FOUND: nothing was kept under that key. The texts are borrowed until each returns. reader may be db_write_reader's. */
enum db_status db_kept_answer_get(struct db_reader *reader, int64_t token, const char *key,
                                  void (*each)(void *cls, const struct db_kept_answer *answer), void *cls);
/* Those older than DB_KEPT_ANSWER_DAYS go, some at a time. */
enum db_status db_write_kept_answer(struct db_write *write, int64_t token, const char *key, const struct db_kept_answer *answer);

/* ── what the register knew ─────────────────────────────────────────────────────────────────────────────────── */

/* Whether nothing can come any more that would be recorded with that instant or an earlier one; from then on nothing will. Any thread;
 * before the reader that is asked begins. false: it lies in the future, or in a transaction that is under way. */
bool db_known_is_settled(struct db *db, int64_t instant);

/* A study's bytes as they stood at that instant, and since when they did. DB_NOT_FOUND: the register did not hold it then, or no longer
 * knows how it stood (*ret_since: since when it does; −1 = there is no such study at all); *ret_moved as in db_studies_get. */
enum db_status db_studies_get_known(struct db_reader *reader, const char *code, int64_t instant, db_study_bytes_fn each, void *cls,
                                    int64_t *ret_since, char **ret_moved);
/* db_recruitment_get of that instant. */
enum db_status db_recruitment_get_known(struct db_reader *reader, const char *code, int64_t instant, const char *from, const char *to,
                                        bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls,
                                        int64_t *ret_since);
/* The data version of that instant and when it came about; 0 = before the first, or before the register began to keep what it replaced:
 * *ret_updated then is from when on there is one, INT64_MAX = there is none yet. */
enum db_status db_data_version_known(struct db_reader *reader, int64_t instant, int64_t *ret_version, int64_t *ret_updated);

/* The newest edition of each programme as it was known: of each only programme, licence and attribution. */
enum db_status db_editions_known(struct db_reader *reader, int64_t instant, bool (*each)(void *cls, const struct db_edition *edition),
                                 void *cls);

/* ── history ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_recorded_count { /* a plan or report that came with a version */
    bool is_plan, correction;
    const char *region, *as_of; /* region NULL = the whole study */
    int64_t number;             /* planned or included */
    const char *planned_end;    /* of a plan, may be NULL */
};
struct db_study_version {
    int64_t version, at, data_version;
    const char *role;    /* edition reporter editor operator */
    const char *edition; /* of an import; may be NULL */
    const char *bytes;   /* as it stood then, DB_FORM_FULL; NULL = not kept */
    size_t len;
    bool stood;                             /* for some time: not replaced at the instant it came */
    const struct db_recorded_count *counts; /* but for regions of a small population */
    size_t counts_len;
};
struct db_history {
    const char *study;
    int64_t versions;                     /* how many there are */
    bool totals_only;                     /* a small population now: what earlier versions said of its regions is not told again */
    const struct db_study_version *items; /* newest first; the one before the last of them comes too, for comparing, where there is one */
    size_t items_len;
};
/* Versions below before (0 = from the newest), at most limit, and one more. each is called once. DB_NOT_FOUND, *ret_moved as ever. */
enum db_status db_history_get(struct db_reader *reader, const char *code, int64_t before, int limit,
                              bool (*each)(void *cls, const struct db_history *history), void *cls, char **ret_moved);

/* ── the image ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Makes the image beside the database anew where it is of an earlier data version, from a reader of its own: any one thread at a time
 * that is not the writer's. After an import it is made already; after filings readers ask the engine until then. *stop (may be NULL)
 * breaks it off. ret_made says whether there was anything to do. */
enum db_status db_image_renew(struct db *db, const atomic_bool *stop, bool *ret_made);

/* ── keeping it ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* A copy of the register as it is at one instant, also while another process serves it, in one file that must not be there yet. It is on
 * disk when this returns DB_OK. listener may be NULL. */
enum db_status db_backup(const char *path, const char *to, const struct db_check_listener *listener, char **ret_detail);
/* Puts the copy in the place of the register at path, whose lock it takes, with a new epoch. The register that was there is gone only
 * when the copy is found whole and is on disk. */
enum db_status db_restore(const char *path, const char *from, const struct db_renderer *renderer, const struct db_check_listener *listener,
                          char **ret_detail);

#endif
