/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every mistake that an admin can make in a configuration file, and the very words
 * that he reads then.
 */
#include "config.h"

#include "policy/policy.h"

#include <time.h>

#include "tests/unit/policy_unit.h"

static const struct mistake {
	const char *settings;
	const char *images;
	const char *rules;
	const char *text; /* what is reported, whole */
} mistakes[] = {
	/* Form of the text */
	{ "# c\nworkers = 1\n\n[policyd]\nworkers = x\n", NULL, NULL,
	  "policyd.conf:2: expected a [SECTION] before everything but "
	  "comments\n"
	  "policyd.conf:5: [policyd] workers: expected a whole number from 0 "
	  "to 64, found 'x'\n" },
	{ " [policyd]\n", NULL, NULL,
	  "policyd.conf:1: expected a [SECTION] before everything but "
	  "comments\n" },
	{ "[policyd]\n  workers = 1\n", NULL, NULL,
	  "policyd.conf:2: the line begins with a blank; there are no "
	  "continuation lines, a value is one line\n" },
	{ "[policyd]\nworkers = 1\n\tclock_skew = 1s\n", NULL, NULL,
	  "policyd.conf:3: the line begins with a tab; there are no "
	  "continuation lines, a value is one line\n" },
	{ "[policyd]\n\nworkers\n", NULL, NULL,
	  "policyd.conf:3: expected 'KEY = VALUE', a [SECTION] or a # "
	  "comment\n" },
	{ "[policyd]\n= 3\n", NULL, NULL,
	  "policyd.conf:2: no key stands before the =\n" },
	{ "[policyd\nworkers = 1\n", NULL, NULL,
	  "policyd.conf:1: a section is written [NAME], with nothing behind "
	  "it\n" },
	{ "[policyd] # here\n", NULL, NULL,
	  "policyd.conf:1: a section is written [NAME], with nothing behind "
	  "it\n" },
	{ "[]\n", NULL, NULL, "policyd.conf:1: the section has no name\n" },
	{ "[policyd]\n/* workers */\n", NULL, NULL,
	  "policyd.conf:2: expected 'KEY = VALUE', a [SECTION] or a # "
	  "comment\n" },
	{ "\xef\xbb\xbf[policyd]\n", NULL, NULL,
	  "policyd.conf:1: the file begins with a byte order mark; save it as "
	  "UTF-8 without one\n" },
	{ "\xff\xfe[policyd]\n", NULL, NULL,
	  "policyd.conf:1: the file begins with a byte order mark; save it as "
	  "UTF-8 without one\n" },
	{ "[policyd]\nworkers = 1\rclock_skew = 1s\n", NULL, NULL,
	  "policyd.conf:2: the line has a control character\n" },
	{ "[policyd]\nworkers = 1\x1b[2J\n", NULL, NULL,
	  "policyd.conf:2: the line has a control character\n" },
	{ "[policyd]\nworkers = \x7f\n", NULL, NULL,
	  "policyd.conf:2: the line has a control character\n" },
	{ "[policyd]\nworkers = \xc3\x28\n", NULL, NULL,
	  "policyd.conf:1: the text from here on is not UTF-8\n" },
	{ "[policyd]\n!workers = 1\n", NULL, NULL,
	  "policyd.conf:1: the name of this section or of a key in it has a "
	  "character that names do not have\n" },

	/* Sections */
	{ "[default]\nworkers = 1\n", NULL, NULL,
	  "policyd.conf:1: [default]: unknown section\n" },
	{ "[polcyd]\nworkers = 1\n", NULL, NULL,
	  "policyd.conf:1: [polcyd]: unknown section; did you mean "
	  "'policyd'?\n" },
	{ NULL, NULL, "[rules/a]\n",
	  "rules.d/r.conf:1: [rules/a]: unknown section; did you mean "
	  "'rule'?\n" },
	{ "[Policyd]\n", NULL, NULL,
	  "policyd.conf:1: [Policyd]: unknown section; did you mean "
	  "'policyd'?\n" },
	{ RULE_A, IMAGE_A, NULL,
	  "policyd.conf:1: [rule/a]: this section belongs into a file of "
	  "rules.d\n" },
	{ NULL, "[policyd]\n", NULL,
	  "images.d/i.conf:1: [policyd]: this section belongs into "
	  "policyd.conf\n" },
	{ NULL, NULL, "[image/a]\nkind = enclave\n",
	  "rules.d/r.conf:1: [image/a]: this section belongs into a file of "
	  "images.d\n" },
	{ "[policyd/a]\n", NULL, NULL,
	  "policyd.conf:1: [policyd/a]: expected [policyd], a name being 1 to "
	  "127 characters of a-z 0-9 . _ -\n" },
	{ NULL, NULL, "[rule]\n",
	  "rules.d/r.conf:1: [rule]: expected [rule/NAME], a name being 1 to "
	  "127 characters of a-z 0-9 . _ -\n" },
	{ NULL, NULL, "[rule/A]\n",
	  "rules.d/r.conf:1: [rule/A]: expected [rule/NAME], a name being 1 "
	  "to 127 characters of a-z 0-9 . _ -\n" },
	{ NULL, NULL, "[rule/a b]\n",
	  "rules.d/r.conf:1: [rule/a b]: expected [rule/NAME], a name being 1 "
	  "to 127 characters of a-z 0-9 . _ -\n" },
	{ NULL, NULL, "[rule/a/b]\n",
	  "rules.d/r.conf:1: [rule/a/b]: expected [rule/NAME], a name being 1 "
	  "to 127 characters of a-z 0-9 . _ -\n" },
	{ NULL, "[release/a]\n", NULL,
	  "images.d/i.conf:1: [release/a]: expected [release/NAME/RELEASE], a "
	  "name being 1 to 127 characters of a-z 0-9 . _ -\n" },
	{ NULL, "[release/a/]\n", NULL,
	  "images.d/i.conf:1: [release/a/]: expected [release/NAME/RELEASE], "
	  "a name being 1 to 127 characters of a-z 0-9 . _ -\n" },
	{ NULL, "[image/" HEX64("a") "]\n", NULL,
	  "images.d/i.conf:1: [image/" HEX64(
		  "a") "]: expected [image/NAME], a "
		       "name being 1 to 127 characters of a-z 0-9 . _ -\n" },
	{ "[policyd]\n[policyd]\n", NULL, NULL,
	  "policyd.conf:2: [policyd]: this section stands twice: first in "
	  "policyd.conf, line 1\n" },
	{ NULL, IMAGE_A, RULE_A "\n" RULE_A,
	  "rules.d/r.conf:7: [rule/a]: this section stands twice: first in "
	  "rules.d/r.conf, line 1\n"
	  "warning: rules.d/r.conf:7: [rule/a]: the rule can never match: "
	  "[rule/a] in rules.d/r.conf, line 1, matches all of it before\n" },
	{ NULL, IMAGE_A "[image/a]\nkind = enclave\n", NULL,
	  "images.d/i.conf:7: [image/a]: this section stands twice: first in "
	  "images.d/i.conf, line 1\n"
	  "warning: images.d/i.conf:1: [image/a]: the image has no release, "
	  "so nothing can match it\n" },
	{ NULL, IMAGE_A "[release/a/1]\n" TUPLE("b"), NULL,
	  "images.d/i.conf:7: [release/a/1]: this section stands twice: first "
	  "in images.d/i.conf, line 3\n" },

	/* Keys in general */
	{ "[policyd]\nworker = 1\n", NULL, NULL,
	  "policyd.conf:2: [policyd] worker: unknown key; did you mean "
	  "'workers'?\n" },
	{ "[policyd]\nWorkers = 1\n", NULL, NULL,
	  "policyd.conf:2: [policyd] Workers: unknown key; did you mean "
	  "'workers'?\n" },
	{ "[policyd]\nsomething = 1\n", NULL, NULL,
	  "policyd.conf:2: [policyd] something: unknown key\n" },
	{ "[policyd]\nworkers = 1\nclock_skew = 1s\nworkers = 1\n", NULL, NULL,
	  "policyd.conf:4: [policyd] workers: this key stands in the section "
	  "twice\n" },
	{ "[policyd]\nworkers = 1\nWORKERS = 70\n", NULL, NULL,
	  "policyd.conf:3: [policyd] WORKERS: unknown key\n" },
	{ "[policyd]\nworkers =\n", NULL, NULL,
	  "policyd.conf:2: [policyd] workers: the value is empty; drop the "
	  "line to get the default\n" },

	/* [policyd] */
	{ "[policyd]\nworkers = 65\n", NULL, NULL,
	  "policyd.conf:2: [policyd] workers: expected a whole number from 0 "
	  "to 64, found '65'\n" },
	{ "[policyd]\nworkers = -1\n", NULL, NULL,
	  "policyd.conf:2: [policyd] workers: expected a whole number from 0 "
	  "to 64, found '-1'\n" },
	{ "[policyd]\nworkers = 4294967297\n", NULL, NULL,
	  "policyd.conf:2: [policyd] workers: expected a whole number from 0 "
	  "to 64, found '4294967297'\n" },
	{ "[policyd]\nworkers = 1 # one\n", NULL, NULL,
	  "policyd.conf:2: [policyd] workers: expected a whole number from 0 "
	  "to 64, found '1 # one'\n" },
	{ "[policyd]\nmax_document_age = 0\n", NULL, NULL,
	  "policyd.conf:2: [policyd] max_document_age: expected a span of "
	  "time from 1s to 24h, such as 90s or '1min 30s'; found '0'\n" },
	{ "[policyd]\nmax_document_age = 25h\n", NULL, NULL,
	  "policyd.conf:2: [policyd] max_document_age: expected a span of "
	  "time from 1s to 24h, such as 90s or '1min 30s'; found '25h'\n" },
	{ "[policyd]\nmax_document_age = ever\n", NULL, NULL,
	  "policyd.conf:2: [policyd] max_document_age: expected a span of "
	  "time from 1s to 24h, such as 90s or '1min 30s'; found 'ever'\n" },
	{ "[policyd]\nclock_skew = 11min\n", NULL, NULL,
	  "policyd.conf:2: [policyd] clock_skew: expected a span of time from "
	  "0s to 10min, such as 90s or '1min 30s'; found '11min'\n" },
	{ "[policyd]\nchallenge_lifetime = 4s\n", NULL, NULL,
	  "policyd.conf:2: [policyd] challenge_lifetime: expected a span of "
	  "time from 5s to 10min, such as 90s or '1min 30s'; found '4s'\n" },
	{ "[policyd]\nchallenge_lifetime = 601s\n", NULL, NULL,
	  "policyd.conf:2: [policyd] challenge_lifetime: expected a span of "
	  "time from 5s to 10min, such as 90s or '1min 30s'; found '601s'\n" },
	{ "[policyd]\nmax_field_size = 511\n", NULL, NULL,
	  "policyd.conf:2: [policyd] max_field_size: expected a whole number "
	  "from 512 to 4096, found '511'\n" },
	{ "[policyd]\nmax_field_size = 4097\n", NULL, NULL,
	  "policyd.conf:2: [policyd] max_field_size: expected a whole number "
	  "from 512 to 4096, found '4097'\n" },

	/* [image/NAME] */
	{ NULL, "[image/a]\n[release/a/1]\n" TUPLE("a"), NULL,
	  "images.d/i.conf:1: [image/a] kind: this key is required and "
	  "missing\n" },
	{ NULL, "[image/a]\nkind = tpm\n[release/a/1]\n" TUPLE("a"), NULL,
	  "images.d/i.conf:2: [image/a] kind: expected enclave or nitrotpm, "
	  "found 'tpm'\n" },
	{ NULL,
	  IMAGE_A "[image/b]\nkind = enclave\ndescription = " HEX64("x")
		  HEX64("x") "\n[release/b/1]\n" TUPLE("b"),
	  NULL,
	  "images.d/i.conf:9: [image/b] description: expected at most 200 "
	  "bytes, found '" HEX64("x") HEX64("x") "'\n" },

	/* [release/NAME/RELEASE] */
	{ NULL, "[release/a/1]\n" TUPLE("a"), NULL,
	  "images.d/i.conf:1: [release/a/1]: expected an image that "
	  "images.d declares, found 'a'\n" },
	{ NULL, IMAGE_A "[release/b/2]\n" TUPLE("b"), NULL,
	  "images.d/i.conf:7: [release/b/2]: expected an image that "
	  "images.d declares, found 'b'\n" },
	{ NULL, IMAGE_A "state = old\n", NULL,
	  "images.d/i.conf:7: [release/a/1] state: expected current, retiring "
	  "or revoked, found 'old'\n" },
	{ NULL, IMAGE_A "not_before = tomorrow\n", NULL,
	  "images.d/i.conf:7: [release/a/1] not_before: expected a date "
	  "(2026-11-01), a time with its zone (2026-11-01T10:00:00Z), or "
	  "either with 'UTC' or 'local' behind it ('2026-11-01 10:00 "
	  "local'), found "
	  "'tomorrow'\n" },
	{ NULL, IMAGE_A "not_after = 2026-02-30\n", NULL,
	  "images.d/i.conf:7: [release/a/1] not_after: expected a date "
	  "(2026-11-01), a time with its zone (2026-11-01T10:00:00Z), or "
	  "either with 'UTC' or 'local' behind it ('2026-11-01 10:00 "
	  "local'), found "
	  "'2026-02-30'\n" },
	{ NULL, IMAGE_A "not_after = 2026-02-01T10:00:00\n", NULL,
	  "images.d/i.conf:7: [release/a/1] not_after: expected a date "
	  "(2026-11-01), a time with its zone (2026-11-01T10:00:00Z), or "
	  "either with 'UTC' or 'local' behind it ('2026-11-01 10:00 "
	  "local'), found "
	  "'2026-02-01T10:00:00'\n" },
	{ NULL, IMAGE_A "not_before = 2026-02-02\nnot_after = 2026-02-01\n",
	  NULL,
	  "images.d/i.conf:3: [release/a/1] not_after: not_after lies before "
	  "not_before: the release would never be in force\n" },
	{ NULL, IMAGE_A "pcr3 = abc\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr3: expected the hex digits of "
	  "32, 48 or 64 bytes (64, 96 or 128 digits) or role:ARN, found 3 "
	  "characters "
	  "'abc'\n" },
	{ NULL, IMAGE_A "pcr3 = " HEX48("b") "bb\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr3: expected the hex digits of "
	  "32, 48 or 64 bytes (64, 96 or 128 digits) or role:ARN, found 98 "
	  "characters "
	  "'" HEX48("b") "bb'\n" },
	{ NULL, IMAGE_A "pcr3 = " HEX64("b") "bb\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr3: expected the hex digits of "
	  "32, 48 or 64 bytes (64, 96 or 128 digits) or role:ARN, found 130 "
	  "characters "
	  "'" HEX64("b") "bb'\n" },
	{ NULL, IMAGE_A "pcr3 = " HEX32("b") "\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr3: expected 48 bytes, as long "
	  "as the PCRs above; found 32 bytes\n" },
	{ NULL, IMAGE_A "pcr32 = " HEX48("b") "\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr32: unknown key; did you mean "
	  "'pcr2'?\n" },
	{ NULL, IMAGE_A "pcr03 = " HEX48("b") "\n", NULL,
	  "images.d/i.conf:7: [release/a/1] pcr03: unknown key; did you mean "
	  "'pcr0'?\n" },
	{ NULL, IMAGE_A "[release/a/2]\n", NULL,
	  "images.d/i.conf:7: [release/a/2]: expected pcr0, pcr1 and pcr2, "
	  "which together identify an enclave image; not all of them are "
	  "given\n" },
	{ NULL,
	  IMAGE_A "[release/a/2]\npcr0=" HEX48("b") "\npcr1=" HEX48("b") "\n",
	  NULL,
	  "images.d/i.conf:7: [release/a/2]: expected pcr0, pcr1 and pcr2, "
	  "which together identify an enclave image; not all of them are "
	  "given\n" },
	{ NULL,
	  IMAGE_A "[release/a/2]\npcr1=" HEX48("b") "\npcr2=" HEX48("b") "\n",
	  NULL,
	  "images.d/i.conf:7: [release/a/2]: expected pcr0, pcr1 and pcr2, "
	  "which together identify an enclave image; not all of them are "
	  "given\n" },
	{ NULL, IMAGE_A "[release/a/2]\n" TUPLE("0") "pcr4=" HEX48("b") "\n",
	  NULL,
	  "images.d/i.conf:7: [release/a/2]: pcr0, pcr1 and pcr2 are all "
	  "zero: an enclave in debug mode, which identifies no image\n" },
	{ NULL, "[image/t]\nkind = nitrotpm\n[release/t/1]\n" TUPLE("a"), NULL,
	  "images.d/i.conf:3: [release/t/1]: expected pcr7 (Secure Boot), or "
	  "pcr4 and pcr12 (boot loader and command line), which identify an "
	  "instance's image\n" },
	{ NULL,
	  "[image/t]\nkind = nitrotpm\n[release/t/1]\npcr4=" HEX48("a") "\n",
	  NULL,
	  "images.d/i.conf:3: [release/t/1]: expected pcr7 (Secure Boot), or "
	  "pcr4 and pcr12 (boot loader and command line), which identify an "
	  "instance's image\n" },
	{ NULL,
	  "[image/t]\nkind = nitrotpm\n[release/t/1]\npcr12=" HEX48(
		  "a") "\npcr17=" HEX48("f") "\n",
	  NULL,
	  "images.d/i.conf:3: [release/t/1]: expected pcr7 (Secure Boot), or "
	  "pcr4 and pcr12 (boot loader and command line), which identify an "
	  "instance's image\n" },
	{ NULL,
	  "[image/t]\nkind = nitrotpm\n[release/t/1]\npcr7=" HEX48("0") "\n",
	  NULL,
	  "images.d/i.conf:3: [release/t/1]: pcr4 or pcr7 must identify the "
	  "image, but they are 00… or ff…: never extended, the same on every "
	  "machine\n" },
	{ NULL,
	  "[image/t]\nkind = nitrotpm\n[release/t/1]\npcr4=" HEX48(
		  "f") "\npcr12=" HEX48("a") "\n",
	  NULL,
	  "images.d/i.conf:3: [release/t/1]: pcr4 or pcr7 must identify the "
	  "image, but they are 00… or ff…: never extended, the same on every "
	  "machine\n" },
	{ NULL,
	  "[image/t]\nkind = nitrotpm\n[release/t/1]\npcr4=" HEX48(
		  "a") "\npcr7=" HEX48("0") "\n",
	  NULL,
	  "images.d/i.conf:3: [release/t/1]: pcr4 or pcr7 must identify the "
	  "image, but they are 00… or ff…: never extended, the same on every "
	  "machine\n" },
	{ NULL, IMAGE_A "[release/a/2]\n" TUPLE("a"), NULL,
	  "images.d/i.conf:7: [release/a/2]: only one release could count of "
	  "these PCRs and this user_data; the same has [release/a/1] in "
	  "images.d/i.conf, line 3\n" },
	{ NULL, IMAGE_A "[image/b]\nkind=enclave\n[release/b/1]\n" TUPLE("a"),
	  NULL,
	  "images.d/i.conf:9: [release/b/1]: only one release could count of "
	  "these PCRs and this user_data; the same has [release/a/1] in "
	  "images.d/i.conf, line 3\n" },
	{ NULL, IMAGE_A "[release/a/2]\n" TUPLE("a") "pcr8=" HEX48("b") "\n",
	  NULL,
	  "images.d/i.conf:7: [release/a/2]: this release has no effect: "
	  "the same documents are matched, with fewer PCRs or any user_data, "
	  "by [release/a/1] in images.d/i.conf, line 3\n" },
	{ NULL,
	  IMAGE_A "[image/b]\nkind=enclave\n[release/b/1]\n" TUPLE(
		  "a") "state=revoked\npcr8=" HEX48("b") "\n",
	  NULL,
	  "images.d/i.conf:9: [release/b/1]: the revocation has no effect: "
	  "the same documents are matched, with fewer PCRs or any user_data, "
	  "by [release/a/1] in images.d/i.conf, line 3\n" },

	/* [rule/NAME] */
	{ NULL, NULL, "[rule/a]\n",
	  "rules.d/r.conf:1: [rule/a] service: this key is required and "
	  "missing\n"
	  "rules.d/r.conf:1: [rule/a] user: this key is required and missing\n"
	  "rules.d/r.conf:1: [rule/a] level: this key is required and "
	  "missing\n" },
	{ NULL, NULL, "[rule/a]\nservice = ,\nuser = *\nlevel = 1\n",
	  "rules.d/r.conf:2: [rule/a] service: the list is empty\n" },
	{ NULL, NULL, "[rule/a]\nservice = sshd\nuser = !root\nlevel = 1\n",
	  "rules.d/r.conf:3: [rule/a] user: expected names and patterns with "
	  "* and ? only, no quotes and no negation; found '!root'\n" },
	{ NULL, NULL, "[rule/a]\nservice = \"sshd\"\nuser = *\nlevel = 1\n",
	  "rules.d/r.conf:2: [rule/a] service: expected names and patterns "
	  "with * and ? only, no quotes and no negation; found "
	  "'\"sshd\"'\n" },
	{ NULL, NULL,
	  "[rule/a]\nservice = " HEX32("x") "x\nuser = *\nlevel = 1\n",
	  "rules.d/r.conf:2: [rule/a] service: expected at most 64 bytes a "
	  "pattern, found '" HEX32("x") "x'\n" },
	{ NULL, IMAGE_A,
	  RULE_A "\n[rule/b]\nservice = x\nuser = *\nlevel = 3\n",
	  "rules.d/r.conf:7: [rule/b] image: level 3 compares with images: "
	  "name at least one\n" },
	{ NULL, IMAGE_A,
	  RULE_A "\n[rule/b]\nservice = x\nuser = *\nlevel = 3\nimage = a\n",
	  "rules.d/r.conf:11: [rule/b] image: level 3 needs to know the "
	  "application, but no release of the image 'a' says 'manifest'\n" },
	{ NULL, NULL, "[rule/a]\nservice = x\nuser = *\nlevel = 0\n",
	  "rules.d/r.conf:4: [rule/a] level: expected 1, 2 or 3, found '0'\n" },
	{ NULL, NULL, "[rule/a]\nservice = x\nuser = *\nlevel = 4\n",
	  "rules.d/r.conf:4: [rule/a] level: expected 1, 2 or 3, found '4'\n" },
	{ NULL, NULL, "[rule/a]\nservice = x\nuser = *\nlevel = 2\n",
	  "rules.d/r.conf:1: [rule/a] image: level 2 compares with images: "
	  "name at least one\n" },
	{ NULL, NULL, RULE_A,
	  "rules.d/r.conf:5: [rule/a] image: expected an image that "
	  "images.d declares, found 'a'\n" },
	{ NULL, "[image/signer]\nkind=enclave\n[release/signer/1]\n" TUPLE("a"),
	  "[rule/a]\nservice=x\nuser=*\nlevel=2\nimage=signer, singer\n",
	  "rules.d/r.conf:5: [rule/a] image: expected an image that images.d "
	  "declares, perhaps 'signer', found 'singer'\n" },
	{ NULL, IMAGE_A, RULE_A "roots = aws, smi\n",
	  "rules.d/r.conf:6: [rule/a] roots: expected labels of trusted roots "
	  "(aws, or LABEL for roots.d/LABEL.pem), perhaps 'sim', found "
	  "'smi'\n" },
	{ NULL, IMAGE_A, RULE_A "max_age = 0s\n",
	  "rules.d/r.conf:6: [rule/a] max_age: expected a span of time from "
	  "1s to 24h, such as 90s or '1min 30s'; found '0s'\n" },
	{ NULL, IMAGE_A, RULE_A "bind = ssh-keys\n",
	  "rules.d/r.conf:6: [rule/a] bind: expected nonce, ssh-key, host or "
	  "key, perhaps 'ssh-key', found 'ssh-keys'\n" },
};

START_TEST(reports_a_mistake_in_these_words)
{
	const struct mistake *row = &mistakes[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(row->settings, row->images, row->rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_str_eq(text, row->text);
	ck_assert_int_eq(loaded.error, POLICY_E_INVALID);
}
END_TEST

/* Warnings: the policy is used nevertheless. */
static const struct mistake doubts[] = {
	{ NULL, "[image/a]\nkind = enclave\n", RULE_A,
	  "warning: images.d/i.conf:1: [image/a]: the image has no release, "
	  "so nothing can match it\n" },
	{ NULL, IMAGE_A,
	  "[rule/a]\nservice = x\nuser = *\nlevel = 1\nimage = a\n",
	  "warning: rules.d/r.conf:5: [rule/a] image: level 1 does not "
	  "compare with images: any enclave passes; level 2 was meant?\n" },
	{ NULL, IMAGE_A,
	  RULE_A "[rule/b]\nservice = sshd\nuser = root\nlevel = 1\n",
	  "warning: rules.d/r.conf:6: [rule/b]: the rule can never match: "
	  "[rule/a] in rules.d/r.conf, line 1, matches all of it before\n" },
};

START_TEST(warns_in_these_words)
{
	const struct mistake *row = &doubts[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(row->settings, row->images, row->rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_str_eq(text, row->text);
	ck_assert_int_eq(loaded.error, POLICY_OK);
}
END_TEST

/* Not mistakes, though they are near one. */
static const struct mistake fine[] = {
	{ NULL, NULL, NULL, "" },
	{ "# nothing\n; here\n\n   \n", NULL, NULL, "" },
	{ "[policyd]\r\nworkers = 1\r\n", NULL, NULL, "" },
	{ "[policyd]\nworkers=64\nclock_skew=0\nchallenge_lifetime=10min\n"
	  "max_field_size=4096\nmax_document_age=24h",
	  NULL, NULL, "" },
	{ NULL, IMAGE_A, RULE_A "roots = sim aws\nbind = nonce\nmax_age = 24h",
	  "" },
	{ NULL,
	  "[image/a]\nkind=enclave\ndescription = Größe = 1 # no comment\n"
	  "[release/a/1]\n" TUPLE("a"),
	  NULL, "" },
	{ NULL,
	  "[image/t]\nkind=nitrotpm\n[release/t/1]\npcr4=" HEX48(
		  "a") "\npcr12=" HEX48("0") "\n[release/t/2]\npcr7=" HEX48("b"),
	  NULL, "" },
	/* The same PCRs of another kind, or of another size. */
	{ NULL,
	  IMAGE_A
	  "[image/t]\nkind=nitrotpm\n[release/t/1]\n" TUPLE("a") "pcr7=" HEX48("a") "\n[release/a/32]\npcr0=" HEX32(
		  "a") "\npcr1=" HEX32("a") "\npcr2=" HEX32("a") "\n",
	  NULL, "" },
	/* A narrower release of another image is a choice of the rules. */
	{ NULL,
	  IMAGE_A "[image/b]\nkind=enclave\n[release/b/1]\n" TUPLE(
		  "a") "pcr8=" HEX48("b") "\n",
	  NULL, "" },
	/* More PCRs, but of another size. */
	{ NULL,
	  "[image/a]\nkind=enclave\n[release/a/1]\npcr0=" HEX32(
		  "a") "\npcr1=" HEX32("a") "\npcr2=" HEX32("a") "\n[release/a/"
								 "2]\n" TUPLE("a") "pcr8=" HEX48(
									 "a") "\n",
	  NULL, "" },
	/* More PCRs, but one of them differs. */
	{ NULL,
	  IMAGE_A "[release/a/2]\npcr0=" HEX48("a") "\npcr1=" HEX48(
		  "a") "\npcr2=" HEX48("b") "\npcr8=" HEX48("b") "\n",
	  NULL, "" },
	/* The day itself is in. */
	{ NULL, IMAGE_A "not_before = 2026-02-02\nnot_after = 2026-02-02\n",
	  NULL, "" },
};

START_TEST(accepts_what_is_not_a_mistake)
{
	const struct mistake *row = &fine[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(row->settings, row->images, row->rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_str_eq(text, "");
	ck_assert_int_eq(loaded.error, POLICY_OK);
}
END_TEST

START_TEST(has_defaults)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, IMAGE_A, RULE_A);
	const struct policy_settings *settings = policy_settings(loaded.policy);
	const struct request request = { "sshd", "u" };
	const struct rule *rule = policy_find_rule(loaded.policy, &request);

	ck_assert_uint_eq(settings->workers, 0);
	ck_assert_uint_eq(settings->max_document_age_ms, 5 * 60 * 1000);
	ck_assert_uint_eq(settings->clock_skew_ms, 30 * 1000);
	ck_assert_uint_eq(settings->challenge_lifetime_ms, 60 * 1000);
	ck_assert_uint_eq(settings->max_field_size, 1024);
	ck_assert_ptr_nonnull(rule);
	ck_assert_uint_eq(rule_max_age_ms(rule), 5 * 60 * 1000);
	ck_assert(!rule_needs_challenge(rule));
	ck_assert_uint_eq(rule_requirements(rule)->root_count, 1);
	ck_assert_str_eq(rule_requirements(rule)->roots[0], "aws");
}
END_TEST

START_TEST(reads_every_key)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts("[policyd]\nworkers = 3\nmax_document_age = 10min\n"
			   "clock_skew = 1s\nchallenge_lifetime = 5s\n"
			   "max_field_size = 512\n",
			   IMAGE_A,
			   RULE_A "roots = aws, sim\nmax_age = 1min 5s\n"
				  "bind = nonce\n");
	const struct policy_settings *settings = policy_settings(loaded.policy);
	const struct request request = { "sshd", "u" };
	const struct rule *rule = policy_find_rule(loaded.policy, &request);
	const struct requirements *requirements = rule_requirements(rule);

	ck_assert_uint_eq(settings->workers, 3);
	ck_assert_uint_eq(settings->max_document_age_ms, 600000);
	ck_assert_uint_eq(settings->clock_skew_ms, 1000);
	ck_assert_uint_eq(settings->challenge_lifetime_ms, 5000);
	ck_assert_uint_eq(settings->max_field_size, 512);
	ck_assert_str_eq(rule_name(rule), "a");
	ck_assert_uint_eq(rule_max_age_ms(rule), 65000);
	ck_assert(rule_needs_challenge(rule));
	ck_assert_uint_eq(requirements->level, 2);
	ck_assert_uint_eq(requirements->image_count, 1);
	ck_assert_str_eq(requirements->images[0], "a");
	ck_assert_uint_eq(requirements->root_count, 2);
	ck_assert_str_eq(requirements->roots[1], "sim");
	ck_assert_uint_eq(policy_image_count(loaded.policy), 1);
	ck_assert_str_eq(policy_image_name(loaded.policy, 0), "a");
	ck_assert_uint_eq(policy_image_release_count(loaded.policy, 0), 1);
	ck_assert_uint_eq(policy_rule_count(loaded.policy), 1);
}
END_TEST

/* max_document_age counts for rules that were read before it, too. */
START_TEST(takes_the_age_of_the_settings)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_texts(
		"[policyd]\nmax_document_age = 7s\n", IMAGE_A, RULE_A);
	const struct request request = { "sshd", "u" };

	ck_assert_uint_eq(
		rule_max_age_ms(policy_find_rule(loaded.policy, &request)),
		7000);
}
END_TEST

START_TEST(reports_all_files_at_once)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts("[policyd]\nworkers = x\n", "[image/a]\nkind = x\n",
			   "[rule/a]\nlevel = x\n");
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_ptr_nonnull(strstr(text, "policyd.conf:2"));
	ck_assert_ptr_nonnull(strstr(text, "images.d/i.conf:2"));
	ck_assert_ptr_nonnull(strstr(text, "rules.d/r.conf:2"));
}
END_TEST

START_TEST(refuses_a_nul_byte)
{
	static const char text[] = "[policyd]\nworkers = 1\0 2\n";
	const struct policy_source source = { POLICY_SOURCE_SETTINGS, "f",
					      span_of(text, sizeof(text) - 1) };
	_cleanup_(loaded_deinit) struct loaded loaded = {
		.diagnostics = diagnostics_new(),
	};

	ck_assert_int_eq(policy_load(&(struct policy_input){ &source, 1 },
				     &loaded.policy, loaded.diagnostics),
			 POLICY_E_INVALID);
	ck_assert_str_eq(diagnostics_get(loaded.diagnostics, 0)->message,
			 "the line has a control character");
	ck_assert_uint_eq(diagnostics_get(loaded.diagnostics, 0)->line, 2);
}
END_TEST

/* The same name in two files, and the order of files as the order of rules. */
START_TEST(looks_across_files)
{
	static const char one[] = "[rule/x]\nservice=a\nuser=*\nlevel=1\n";
	const struct policy_source sources[] = {
		{ POLICY_SOURCE_RULES, "rules.d/10", span_of_text(one) },
		{ POLICY_SOURCE_RULES, "rules.d/20", span_of_text(one) },
	};
	_cleanup_(loaded_deinit) struct loaded loaded = {
		.diagnostics = diagnostics_new(),
	};
	_cleanup_free_ char *text = NULL;

	ck_assert_int_eq(
		policy_load(&(struct policy_input){ sources, 2,
						    (const char *[]){ "aws" },
						    1 },
			    &loaded.policy, loaded.diagnostics),
		POLICY_E_INVALID);
	text = loaded_text(&loaded);
	ck_assert_ptr_nonnull(
		strstr(text, "rules.d/20:1: [rule/x]: this section stands "
			     "twice: first in rules.d/10, line 1\n"));
}
END_TEST

/* A megabyte in the wrong place makes a refusal, not a megabyte of log. */
START_TEST(survives_huge_parts)
{
	static const char *const openings[] = { "[policyd]\nworkers = ",
						"[policyd]\n", "[", "",
						"[policyd]\nk = 1\n[" };
	const size_t size = 1000000;
	char *text = malloc(size + 64);

	for (size_t i = 0; i < ARRAY_SIZE(openings); i++) {
		size_t length = strlen(openings[i]);

		memcpy(text, openings[i], length);
		memset(text + length, 'x', size);
		text[length + size] = '\0';
		{
			_cleanup_(loaded_deinit) struct loaded loaded =
				load_texts(text, NULL, NULL);
			_cleanup_free_ char *found = loaded_text(&loaded);

			ck_assert_int_eq(loaded.error, POLICY_E_INVALID);
			ck_assert_uint_lt(strlen(found), 2000);
		}
	}
	free(text);
}
END_TEST

START_TEST(refuses_more_keys_than_there_are)
{
	char text[200 * 8 + 16] = "[policyd]\n";
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };

	for (int i = 0; i < 200; i++)
		strncat(text, "k = 1\n", sizeof(text) - strlen(text) - 1);
	loaded = load_texts(text, NULL, NULL);
	ck_assert_str_eq(diagnostics_get(loaded.diagnostics, 0)->message,
			 "the section has more keys than any section can have");
}
END_TEST

/* Ten thousand releases of a hundred images, some with an instance's PCR4. */
START_TEST(loads_many_releases_quickly)
{
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);
	clock_t start;

	for (int i = 0; i < 100; i++)
		fprintf(stream, "[image/i%d]\nkind = enclave\n", i);
	for (int i = 0; i < 10000; i++) {
		fprintf(stream, "[release/i%d/r%d]\n", i % 100, i);
		for (int j = 0; j < 3; j++)
			fprintf(stream, "pcr%d = %096d\n", j, i + 1);
		if (i % 2 == 0)
			fprintf(stream, "pcr4 = %096d\n", i);
	}
	fclose(stream);
	start = clock();
	{
		_cleanup_(loaded_deinit) struct loaded loaded =
			load_texts(NULL, text, NULL);

		ck_assert_int_eq(loaded.error, POLICY_OK);
		ck_assert_uint_eq(policy_image_release_count(loaded.policy, 99),
				  100);
	}
	/* Quadratic work took half a minute here. */
	ck_assert_int_lt(clock() - start, 10 * CLOCKS_PER_SEC);
	free(text);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_loop_test(tests, reports_a_mistake_in_these_words, 0,
			    ARRAY_SIZE(mistakes));
	tcase_add_loop_test(tests, warns_in_these_words, 0, ARRAY_SIZE(doubts));
	tcase_add_loop_test(tests, accepts_what_is_not_a_mistake, 0,
			    ARRAY_SIZE(fine));
	tcase_add_test(tests, has_defaults);
	tcase_add_test(tests, reads_every_key);
	tcase_add_test(tests, takes_the_age_of_the_settings);
	tcase_add_test(tests, reports_all_files_at_once);
	tcase_add_test(tests, refuses_a_nul_byte);
	tcase_add_test(tests, looks_across_files);
	tcase_add_test(tests, survives_huge_parts);
	tcase_add_test(tests, refuses_more_keys_than_there_are);
	tcase_add_test(tests, loads_many_releases_quickly);
}

UNIT_MAIN("policy_parse", add_tests)
