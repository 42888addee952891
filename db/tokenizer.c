/* SPDX-License-Identifier: GPL-3.0-or-later
 * The engine's full-text index, taught the words of base/fold.h.
 */
#include "db/search_index.h"

#include <string.h>

#include "base/fold.h"

static int create(void *user, const char **args, int args_len, Fts5Tokenizer **ret_tokenizer)
{
    static char only; /* it has no state; the engine wants something that is not NULL */
    (void)user, (void)args, (void)args_len;
    *ret_tokenizer = (Fts5Tokenizer *)&only;
    return SQLITE_OK;
}

static void delete (Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

/* The words up to a mark or the end. */
static int each_word(const char *text, size_t len, size_t offset, search_word_fn each, void *cls)
{
    struct fold_word word;
    size_t at = 0;
    int code = SQLITE_OK;
    while (code == SQLITE_OK && fold_next(text + offset, len, &at, &word))
        code = each(cls, 0, word.folded, (int)word.len, (int)(offset + word.start), (int)(offset + word.end));
    return code;
}

int search_words(const char *text, size_t len, search_word_fn each, void *cls)
{
    int code = SQLITE_OK;
    for (size_t at = 0; at < len && code == SQLITE_OK; at++) {
        const char *mark = memchr(text + at, SEARCH_MARK, len - at);
        size_t end = mark == NULL ? len : (size_t)(mark - text);
        code = each_word(text, end - at, at, each, cls);
        if (code == SQLITE_OK && mark != NULL)
            code = each(cls, 0, SEARCH_MARK_TEXT, 1, (int)end, (int)end + 1);
        at = end;
    }
    return code;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *cls, int flags, const char *text, int len, search_word_fn each)
{
    (void)tokenizer, (void)flags;
    return search_words(text, len < 0 ? 0 : (size_t)len, each, cls);
}

/* The engine hands out its interface as the value of a pointer that is bound to a statement. */
static fts5_api *interface_of(sqlite3 *sql, int *ret_code)
{
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    *ret_code = sqlite3_prepare_v2(sql, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (*ret_code == SQLITE_OK)
        *ret_code = sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL);
    if (*ret_code == SQLITE_OK && sqlite3_step(stmt) != SQLITE_ROW)
        *ret_code = sqlite3_errcode(sql);
    sqlite3_finalize(stmt);
    return *ret_code == SQLITE_OK ? api : NULL;
}

enum db_status search_register(sqlite3 *sql)
{
    static fts5_tokenizer words = {create, delete, tokenize};
    int code = SQLITE_OK;
    fts5_api *api = interface_of(sql, &code);
    if (api == NULL)
        return code == SQLITE_OK ? DB_BUG : status_of(code);
    code = api->xCreateTokenizer(api, "studyd", NULL, &words, NULL);
    if (code == SQLITE_OK)
        code = search_score_register(api);
    return status_of(code == SQLITE_OK ? search_each_register(sql) : code);
}
