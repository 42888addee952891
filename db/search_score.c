/* SPDX-License-Identifier: GPL-3.0-or-later
 * How well a study fits: a whole number made from its own texts and the question alone, so that a page begun before others came or went
 * goes on where it ended. No word counts more for being rare.
 *
 * Each alternative that the study fits adds, for each of its terms, the weight of the best text the term stands in; and once more where a
 * text is what was asked for, no word more and none less.
 */
#include "db/search_index.h"

#include "base/fold.h"

struct row {
    const Fts5ExtensionApi *api;
    Fts5Context *fts;
    int code;
};

/* An alternative, as the question describes it: three bytes. */
struct alternative {
    int first;  /* the number of its first phrase */
    int wanted; /* so many phrases are wanted */
    bool whole; /* none of them is a beginning */
};

/* The column of a phrase's first place; SEARCH_COLUMNS: it stands in none. Columns come by weight. */
static int best_column(struct row *row, int phrase)
{
    Fts5PhraseIter iter;
    int column = -1, offset = -1;
    if (row->code == SQLITE_OK)
        row->code = row->api->xPhraseFirst(row->fts, phrase, &iter, &column, &offset);
    return row->code != SQLITE_OK || column < 0 || column > SEARCH_COLUMNS ? SEARCH_COLUMNS : column;
}

static bool stands_at(struct row *row, int phrase, int wanted_column, int wanted_offset)
{
    Fts5PhraseIter iter;
    int column = -1, offset = -1;
    row->code = row->api->xPhraseFirst(row->fts, phrase, &iter, &column, &offset);
    while (row->code == SQLITE_OK && column >= 0 && (column < wanted_column || (column == wanted_column && offset < wanted_offset)))
        row->api->xPhraseNext(row->fts, &iter, &column, &offset);
    return row->code == SQLITE_OK && column == wanted_column && offset == wanted_offset;
}

static bool has_words(struct row *row, int column, int words)
{
    struct fold_word word;
    const char *text = NULL;
    int len = 0, found = 0;
    size_t at = 0;
    row->code = row->api->xColumnText(row->fts, column, &text, &len);
    while (row->code == SQLITE_OK && found <= words && fold_next(text, (size_t)len, &at, &word))
        found++;
    return row->code == SQLITE_OK && found == words;
}

/* Its phrases one after another are all there is in the column. */
static bool is_exact(struct row *row, const struct alternative *alternative, int column)
{
    int words = 0;
    for (int i = 0; i < alternative->wanted; i++) {
        if (!stands_at(row, alternative->first + i, column, words))
            return false;
        words += row->api->xPhraseSize(row->fts, alternative->first + i);
    }
    return has_words(row, column, words);
}

static sqlite3_int64 score_of(struct row *row, const struct alternative *alternative)
{
    sqlite3_int64 score = 0;
    int least = 0; /* no column before it has all of them */
    for (int i = 0; i < alternative->wanted; i++) {
        int column = best_column(row, alternative->first + i);
        if (column == SEARCH_COLUMNS) /* it passes by another alternative */
            return 0;
        score += search_columns[column].weight;
        least = column > least ? column : least;
    }
    for (int column = least; column < SEARCH_COLUMNS && search_columns[column].exact > 0 && alternative->whole; column++)
        if (is_exact(row, alternative, column))
            return score + search_columns[column].exact;
    return score;
}

/* search_score(study_search, shape): the shape has for each alternative how many phrases are wanted, how many others follow them, and
 * whether all are whole. */
static void search_score(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int args_len, sqlite3_value **args)
{
    struct row row = {api, fts, SQLITE_OK};
    sqlite3_int64 score = 0;
    int phrase = 0;
    const unsigned char *shape = args_len == 1 ? sqlite3_value_blob(args[0]) : NULL;
    int len = shape == NULL ? 0 : sqlite3_value_bytes(args[0]);
    for (; len >= 3 && row.code == SQLITE_OK; len -= 3, shape += 3) {
        struct alternative alternative = {phrase, shape[0], shape[2] != 0};
        score += alternative.wanted > 0 ? score_of(&row, &alternative) : 0;
        phrase += shape[0] + shape[1];
    }
    if (row.code == SQLITE_OK)
        sqlite3_result_int64(context, score);
    else
        sqlite3_result_error_code(context, row.code);
}

int search_score_register(fts5_api *api)
{
    return api->xCreateFunction(api, "search_score", NULL, search_score, NULL);
}
