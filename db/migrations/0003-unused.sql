-- SPDX-License-Identifier: GPL-3.0-or-later
-- Holds the place of a migration that another branch brings.
PRAGMA user_version = 3;
