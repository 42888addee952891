/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/findings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/forms.h"

static int place_compare(const struct ingest_fault *fault, const char *file, int line)
{
    int order = strcmp(fault->file, file);
    if (order != 0)
        return order;
    return (fault->line > line) - (fault->line < line);
}

bool findings_wanted(const struct findings *faults, const char *file, int line)
{
    if (faults->kept_len < INGEST_FAULTS_TOLD)
        return true;
    return place_compare(&faults->kept[faults->kept_len - 1].fault, file, line) > 0;
}

/* Bytes that a terminal or a log could trip over never leave: a file's name may hold anything. */
static char *copy_clean(char *to, const char *from, size_t size)
{
    bool utf8 = forms_utf8(from, size - 1);
    for (size_t i = 0; i + 1 < size; i++) {
        unsigned char byte = (unsigned char)from[i];
        bool bad = byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8);
        to[i] = bad ? '?' : from[i];
    }
    to[size - 1] = '\0';
    return to;
}

static bool entry_fill(struct findings_entry *entry, const char *file, int line, const char *field, const char *message)
{
    size_t file_size = strlen(file) + 1, message_size = strlen(message) + 1;
    size_t field_size = field != NULL ? strlen(field) + 1 : 0;
    char *memory = malloc(file_size + message_size + field_size);
    if (memory == NULL)
        return false;
    entry->memory = memory;
    entry->fault = (struct ingest_fault){
        .file = copy_clean(memory, file, file_size),
        .line = line,
        .message = copy_clean(memory + file_size, message, message_size),
        .field = field != NULL ? copy_clean(memory + file_size + message_size, field, field_size) : NULL,
    };
    return true;
}

/* Where a new fault belongs: after those of the same place, so that they stay in the order they were found. */
static size_t place_find(const struct findings *faults, const char *file, int line)
{
    size_t at = faults->kept_len;
    while (at > 0 && place_compare(&faults->kept[at - 1].fault, file, line) > 0)
        at--;
    return at;
}

static void entry_insert(struct findings *faults, const struct findings_entry *entry)
{
    size_t at = place_find(faults, entry->fault.file, entry->fault.line);
    if (faults->kept_len == INGEST_FAULTS_TOLD)
        free(faults->kept[--faults->kept_len].memory);
    memmove(&faults->kept[at + 1], &faults->kept[at], (faults->kept_len - at) * sizeof(*entry));
    faults->kept[at] = *entry;
    faults->kept_len++;
}

void findings_add(struct findings *faults, const char *file, int line, const char *field, const char *format, ...)
{
    faults->total++;
    if (!findings_wanted(faults, file, line))
        return;
    char message[FAULT_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (length >= (int)sizeof(message))
        message[forms_cut(message, sizeof(message) - 1)] = '\0';

    struct findings_entry entry;
    if (length < 0 || !entry_fill(&entry, file, line, field, message)) {
        faults->failed = true;
        return;
    }
    entry_insert(faults, &entry);
}

void findings_count(struct findings *faults, size_t more)
{
    faults->total += more;
}

const char *findings_value(const char *value, char shown[FAULT_VALUE_SIZE])
{
    static const char tail[] = "\xe2\x80\xa6\""; /* an ellipsis */
    size_t length = strlen(value), room = FAULT_VALUE_SIZE - 1 - sizeof(tail);
    bool whole = length <= room;
    if (!whole)
        length = forms_cut(value, room);
    shown[0] = '"';
    copy_clean(shown + 1, value, length + 1);
    memcpy(shown + 1 + length, whole ? "\"" : tail, whole ? 2 : sizeof(tail));
    return shown;
}

void findings_tell(const struct findings *faults, ingest_fault_fn report, void *cls)
{
    for (size_t i = 0; i < faults->kept_len; i++)
        report(cls, &faults->kept[i].fault);
    if (faults->total <= faults->kept_len)
        return;
    size_t more = faults->total - faults->kept_len;
    char message[64];
    (void)snprintf(message, sizeof(message), "%zu more fault%s", more, more == 1 ? "" : "s");
    report(cls, &(struct ingest_fault){.message = message});
}

void findings_free(struct findings *faults)
{
    for (size_t i = 0; i < faults->kept_len; i++)
        free(faults->kept[i].memory);
    faults->kept_len = 0;
}
