/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/refusal.h"

static const struct row {
	enum answer_kind kind;
	const char *name;
	const char *sentence;
	const char *hint;
} rows[] = {
#define REFUSAL_ROW(code, kind, name, sentence, hint)                          \
	{ ANSWER_##kind, name, sentence, hint },
	REFUSAL_TABLE(REFUSAL_ROW)
#undef REFUSAL_ROW
};

bool refusal_give(enum refusal refusal, const char *detail,
		  struct answer *reterr_answer)
{
	const struct row *row = &rows[refusal];

	answer_refuse(
		reterr_answer, row->kind, row->name,
		&(struct answer_text){ row->sentence, detail, row->hint });
	return false;
}
