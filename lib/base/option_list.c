/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/option_list.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/time_units.h"

bool option_list_number(const char *text, unsigned min, unsigned max,
			unsigned *ret_number)
{
	unsigned number = 0;

	if (*text < '1' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9' && number <= max; text++)
		number = number * 10 + (unsigned)(*text - '0');
	if (*text != '\0' || number < min || number > max)
		return false;

	*ret_number = number;
	return true;
}

/* The option that `argument` gives, and its value ("" where it takes none). */
static const struct option_row *find_row(const struct option_list *list,
					 const char *argument,
					 const char **ret_value)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->rows[i].name;
		size_t length = strlen(name);

		if (strncmp(argument, name, length) != 0)
			continue;
		if (name[length - 1] != '=' && argument[length] != '\0')
			continue;
		*ret_value = argument + length;
		return &list->rows[i];
	}
	return NULL;
}

static bool refuse_argument(char *reterr_problem, const char *argument,
			    const char *what, const char *detail)
{
	char printable[OPTION_LIST_PROBLEM_SIZE / 2];

	printable_copy(printable, sizeof(printable), argument);
	snprintf(reterr_problem, OPTION_LIST_PROBLEM_SIZE, "option \"%s\" %s%s",
		 printable, what, detail);
	return false;
}

bool option_list_parse(const struct option_list *list, size_t count,
		       const char *const *arguments, void *settings,
		       char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
{
	uint32_t seen = 0;

	for (size_t i = 0; i < count; i++) {
		const struct option_row *row;
		const char *value;
		uint32_t bit;

		row = find_row(list, arguments[i], &value);
		if (row == NULL)
			return refuse_argument(reterr_problem, arguments[i],
					       "is unknown; see ", list->page);
		bit = UINT32_C(1) << (row - list->rows);
		if ((seen & bit) != 0)
			return refuse_argument(reterr_problem, arguments[i],
					       "is given twice", "");
		seen |= bit;
		if (!row->set(value, settings))
			return refuse_argument(reterr_problem, arguments[i],
					       "is malformed; expected is ",
					       row->expected);
	}
	return true;
}

bool option_list_seconds(const char *text, uint64_t *ret_usec)
{
	unsigned seconds;

	if (!option_list_number(text, 1, 60, &seconds))
		return false;

	*ret_usec = seconds * USEC_PER_SEC;
	return true;
}
