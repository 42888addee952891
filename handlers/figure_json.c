/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/figure_json.h"

json_t *figure_value(const struct db_figure *figure)
{
    if (figure->decimals == 0)
        return json_integer(figure->value);
    double scale = 1;
    for (int i = 0; i < figure->decimals; i++)
        scale *= 10;
    return json_real((double)figure->value / scale);
}

json_t *figure_json(const struct db_figure *f)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "id", f->code, "measure", f->measure, "unit",
                     f->unit, "value", figure_value(f), "printed", f->printed, "as_of", f->as_of, "call_year",
                     f->call_year ? json_integer(f->call_year) : json_null(), "mechanism", json_maybe(f->mechanism), "region",
                     json_maybe(f->region), "category", json_maybe(f->category), "group", json_maybe(f->group), "edition", f->edition,
                     "label", json_text(&f->label));
}
