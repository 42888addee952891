/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* epoll_pwait2 */
#include "bench/filers.h"

#include "bench/ask.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_YEAR 2025 /* the synthetic register's reports are older */

/* ── what is filed ──────────────────────────────────────────────────────────────────────────────────────────── */

static void shuffle(struct filed_studies *studies)
{
    uint64_t state = UINT64_C(88172645463325252);
    for (size_t i = studies->len; i > 1; i--) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        struct filed_study *one = &studies->list[i - 1], *other = &studies->list[state % i], kept = *one;
        *one = *other;
        *other = kept;
    }
}

static void study_read(sqlite3_stmt *stmt, struct filed_study *study)
{
    study->id = sqlite3_column_int64(stmt, 0);
    study->version = sqlite3_column_int64(stmt, 2);
    snprintf(study->code, sizeof study->code, "%s", (const char *)sqlite3_column_text(stmt, 1));
    for (int i = 0; i < REGIONS_FILED; i++) {
        snprintf(study->regions[i], sizeof study->regions[i], "%s", (const char *)sqlite3_column_text(stmt, 3 + 2 * i));
        study->included[i] = sqlite3_column_int64(stmt, 4 + 2 * i);
    }
    int year = 0, month = 0, day = 0;
    sscanf((const char *)sqlite3_column_text(stmt, 7), "%d-%d-%d", &year, &month, &day);
    study->filed = year < FIRST_YEAR ? 0 : ((year - FIRST_YEAR) * 12 + month - 1) * 28 + day - 1;
}

void filed_studies_find(struct filed_studies *studies, const char *database, size_t most)
{
    static const char text[] =
        "SELECT s.id, s.code, s.version, a.region, (SELECT max(included) FROM report r WHERE r.study = s.id AND r.region = a.region), "
        "b.region, (SELECT max(included) FROM report r WHERE r.study = s.id AND r.region = b.region), "
        "(SELECT max(as_of) FROM report r WHERE r.study = s.id) FROM study s JOIN study_region a ON a.study = s.id JOIN study_region b ON "
        "b.study = s.id AND b.region > a.region "
        "WHERE s.planned >= s.included + 100 AND s.included >= 50 AND NOT s.totals_only AND a.included > 0 AND b.included > 0 "
        /* Where the regions make the total, they make no less than it is: else it would fall, which is refused. */
        "AND ((SELECT sum(x.included) FROM study_region x WHERE x.study = s.id AND x.takes_part) >= s.included OR EXISTS "
        "(SELECT 1 FROM study_region x WHERE x.study = s.id AND x.takes_part AND x.included IS NULL)) "
        "GROUP BY s.id LIMIT ?";
    sqlite3 *sql = NULL;
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_open_v2(database, &sql, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(sql, text, -1, &stmt, NULL) != SQLITE_OK)
        give_up("%s: %s", database, sqlite3_errmsg(sql));
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)most);
    *studies = (struct filed_studies){.list = calloc(most, sizeof *studies->list)};
    while (studies->list != NULL && studies->len < most && sqlite3_step(stmt) == SQLITE_ROW)
        study_read(stmt, &studies->list[studies->len++]);
    sqlite3_finalize(stmt);
    sqlite3_close(sql);
    if (studies->len < FILERS_MAX)
        give_up("%s has only %zu studies to file on", database, studies->len);
    shuffle(studies);
}

/* Days that have been: of each month 28, from the synthetic register's last one on. */
void filing_day(const struct filed_study *study, char ret_day[16])
{
    unsigned day = (unsigned)study->filed % (28 * 12 + 28 * 9);
    snprintf(ret_day, 16, "%04u-%02u-%02u", FIRST_YEAR + day / 336, 1 + day / 28 % 12, 1 + day % 28);
}

int64_t filing_count(const struct filed_study *study, int region)
{
    return study->included[region] + study->filed / 16 + 1;
}

static size_t request_write(struct filers *filers, struct filed_study *study, char *to, size_t room)
{
    char day[16], body[256];
    study->filed++;
    filing_day(study, day);
    int len = snprintf(body, sizeof body, "{\"as_of\":\"%s\",\"regions\":{\"%s\":%lld,\"%s\":%lld}}", day, study->regions[0],
                       (long long)filing_count(study, 0), study->regions[1], (long long)filing_count(study, 1));
    return (size_t)snprintf(
        to, room,
        "POST /studies/%s/recruitment HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nIf-Match: %.*s%lld%s\r\nIdempotency-Key: bench-%d-%lld\r\nContent-Length: %d\r\n\r\n%s",
        study->code, filers->token, (int)filers->tag_version, filers->tag, (long long)study->version, filers->tag_rest, (int)getpid(),
        (long long)filers->number++, len, body);
}

/* ── clients ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* "epoch-build-version-…" is cut around the version. */
static void tag_learn(struct filers *filers, struct filer *filer)
{
    char request[256];
    int len = snprintf(request, sizeof request, "GET /studies/%s HTTP/1.1\r\nHost: bench\r\n\r\n", filers->studies->list[0].code);
    struct answer answer = wire_ask(&filer->connection, request, (size_t)len, 200);
    if (!answer_header(&filer->connection, &answer, "\r\nETag: ", filers->tag, sizeof filers->tag))
        give_up("a study has no tag");
    answer_take(&filer->connection, &answer);
    const char *build = strchr(filers->tag, '-'), *version = build == NULL ? NULL : strchr(build + 1, '-');
    const char *rest = version == NULL ? NULL : strchr(version + 1, '-');
    if (rest == NULL)
        give_up("not a tag: %s", filers->tag);
    filers->tag_version = (size_t)(version + 1 - filers->tag);
    snprintf(filers->tag_rest, sizeof filers->tag_rest, "%s", rest);
}

void filers_open(struct filers *filers, const struct served *served, const struct filed_studies *studies, const char *token, size_t len)
{
    *filers = (struct filers){.studies = studies, .token = token, .list = calloc(len, sizeof *filers->list), .len = len};
    if (filers->list == NULL)
        give_up("no memory");
    filers->number = now_us() % 1000000 * 1000;
    for (size_t i = 0; i < len; i++) {
        filers->list[i].study = i;
        wire_open(&filers->list[i].connection, served);
    }
    tag_learn(filers, &filers->list[0]);
}

void filers_close(struct filers *filers)
{
    for (size_t i = 0; i < filers->len; i++)
        wire_close(&filers->list[i].connection);
    free(filers->list);
}

static void file(struct filers *filers, struct filer *filer)
{
    char request[1024];
    size_t len = request_write(filers, &filers->studies->list[filer->study], request, sizeof request);
    if (len >= sizeof request || send(filer->connection.socket, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        give_up("a filing could not be sent");
    filer->sent = now_us();
    filer->waits = true;
}

/* Each client has studies of its own, and takes them in turn. */
static void settle(struct filers *filers, struct filer *filer, const struct answer *answer)
{
    struct filed_study *study = &filers->studies->list[filer->study];
    char tag[64];
    if (answer->status != 201 || !answer_header(&filer->connection, answer, "\r\nETag: ", tag, sizeof tag))
        give_up("a filing is answered with: %.900s", filer->connection.in);
    study->version = strtoll(tag + filers->tag_version, NULL, 10);
    answer_take(&filer->connection, answer);
    filer->waits = false;
    filer->study += filers->len;
    if (filer->study >= filers->studies->len)
        filer->study %= filers->len;
}

static bool receive(struct filers *filers, struct filer *filer, struct samples *latency)
{
    struct wire *connection = &filer->connection;
    struct answer answer;
    ssize_t got = recv(connection->socket, connection->in + connection->len, sizeof connection->in - 1 - connection->len, 0);
    if (got <= 0)
        give_up("a connection has ended");
    connection->len += (size_t)got;
    connection->in[connection->len] = '\0';
    if (!answer_read(connection, &answer))
        return false;
    if (latency != NULL)
        samples_add(latency, (double)(now_us() - filer->sent));
    settle(filers, filer, &answer);
    return true;
}

/* Sends what is due; returns the microseconds until the next is. */
static int64_t send_due(struct filers *filers, int64_t every)
{
    int64_t now = now_us(), wait = 1000000;
    for (size_t i = 0; i < filers->len; i++) {
        struct filer *filer = &filers->list[i];
        if (filer->waits)
            continue;
        if (filer->due <= now) {
            filer->due += every == 0 ? now - filer->due : every;
            file(filers, filer);
        } else if (filer->due - now < wait)
            wait = filer->due - now;
    }
    return wait;
}

static size_t receive_some(struct filers *filers, int poll, int64_t wait, struct samples *latency)
{
    struct epoll_event events[FILERS_MAX];
    size_t done = 0;
    const struct timespec timeout = {wait / 1000000, wait % 1000000 * 1000};
    int len = epoll_pwait2(poll, events, FILERS_MAX, &timeout, NULL);
    for (int i = 0; i < len; i++)
        done += receive(filers, events[i].data.ptr, latency);
    return done;
}

static size_t waiting(const struct filers *filers)
{
    size_t len = 0;
    for (size_t i = 0; i < filers->len; i++)
        len += filers->list[i].waits;
    return len;
}

static int poll_open(struct filers *filers, int64_t every)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int64_t now = now_us();
    for (size_t i = 0; i < filers->len; i++) {
        struct filer *filer = &filers->list[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = filer};
        filer->due = now + every * (int64_t)i / (int64_t)filers->len;
        if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, filer->connection.socket, &event) != 0)
            give_up("no epoll");
    }
    return poll;
}

double filers_run(struct filers *filers, int64_t us, double rate, const atomic_bool *stop, struct samples *latency)
{
    int64_t every = rate == 0 ? 0 : (int64_t)((double)filers->len * 1e6 / rate);
    int poll = poll_open(filers, every);
    int64_t from = now_us(), until = from + us, now;
    size_t done = 0;
    while ((now = now_us()) < until && (stop == NULL || !atomic_load(stop))) {
        int64_t wait = send_due(filers, every);
        done += receive_some(filers, poll, wait < until - now ? wait : until - now, latency);
    }
    double took = (double)(now - from);
    while (waiting(filers) > 0)
        receive_some(filers, poll, 1000000, NULL);
    close(poll);
    return (double)done * 1e6 / took;
}
