/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the subcommands do. Each returns the exit status: 0 done, 1 refused or failed, 2 misused.
 */
#ifndef STUDYD_SERVER_COMMAND_H
#define STUDYD_SERVER_COMMAND_H

#include "server/config.h"

int serve_command(const struct config *config);
int import_command(const struct config *config);
int report_command(const struct config *config);
int check_command(const struct config *config);
int healthcheck_command(const struct config *config);
int token_create_command(const struct config *config);
int token_list_command(const struct config *config);
int token_revoke_command(const struct config *config);
int backup_command(const struct config *config);
int restore_command(const struct config *config);

#endif
