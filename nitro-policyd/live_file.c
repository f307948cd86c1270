/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "attest/limits.h"
#include "base/base64.h"
#include "base/read_file.h"
#include "base/write_file.h"
#include "nitro-policyd/limits.h"
#include "ssh/key.h"

#define FILES_FOLDER "verdicts"
#define FILE_VERSION 1

/* What a file says: X(key, what it is). Texts that are not needed are left out when
 * there is nothing to say. */
#define STORED_TEXTS(X)                                                        \
	X(boot, NEEDED)                                                        \
	X(id, NEEDED)                                                          \
	X(service, NEEDED)                                                     \
	X(user, NEEDED)                                                        \
	X(remote_host, OPTIONAL)                                               \
	X(tty, OPTIONAL)                                                       \
	X(command, OPTIONAL)                                                   \
	X(run_as, OPTIONAL)                                                    \
	X(run_as_group, OPTIONAL)                                              \
	X(host, OPTIONAL)                                                      \
	X(ssh_key, OPTIONAL)                                                   \
	X(document, OPTIONAL)                                                  \
	X(manifest, OPTIONAL)                                                  \
	X(rule, NEEDED)                                                        \
	X(on_revoke, NEEDED)                                                   \
	X(state, NEEDED)                                                       \
	X(session, NEEDED)

#define STORED_NUMBERS(X)                                                      \
	X(version, FILE_VERSION, FILE_VERSION)                                 \
	X(asker, 0, UINT32_MAX)                                                \
	X(bindings, 0, (1 << BINDING_COUNT) - 1)                               \
	X(judged_ms, 0, INT64_MAX / 2)                                         \
	X(issued_ms, 0, INT64_MAX / 2)                                         \
	X(issued_usec, 0, INT64_MAX / 2)                                       \
	X(made_usec, 0, INT64_MAX / 2)                                         \
	X(audit_session, 0, UINT32_MAX)                                        \
	X(handed_out, 0, 1)

struct stored {
#define TEXT_MEMBER(name, need) const char *name;
	STORED_TEXTS(TEXT_MEMBER)
#undef TEXT_MEMBER
#define NUMBER_MEMBER(name, min, max) json_int_t name;
	STORED_NUMBERS(NUMBER_MEMBER)
#undef NUMBER_MEMBER
	json_t *groups; /* NULL: not looked up */
};

#define TEXT_IS_NEEDED	 true
#define TEXT_IS_OPTIONAL false

static void free_json(json_t *json)
{
	json_decref(json);
}

DEFINE_CLEANUP(json_t *, free_json)

int live_files_open(const char *directory, sd_id128_t boot,
		    struct live_files *ret_files)
{
	_cleanup_close_ int parent =
		open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (parent < 0)
		return -errno;
	if (mkdirat(parent, FILES_FOLDER, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(parent, FILES_FOLDER,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	*ret_files = (struct live_files){ .dir_fd = fd, .boot = boot };
	return 0;
}

/* NULL: memory is exhausted. */
static json_t *pack_groups(const struct groups *groups)
{
	json_t *array = json_array();

	for (size_t i = 0; array != NULL && i < groups->count; i++)
		if (json_array_append_new(array,
					  json_string(groups->names[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *pack(const struct stored *stored)
{
	_cleanup_(free_jsonp) json_t *object = json_object();
	int r = object != NULL ? 0 : -1;

#define PACK_TEXT(name, need)                                                  \
	if (r == 0 && stored->name != NULL)                                    \
		r = json_object_set_new(object, #name,                         \
					json_string(stored->name));
	STORED_TEXTS(PACK_TEXT)
#undef PACK_TEXT
#define PACK_NUMBER(name, min, max)                                            \
	if (r == 0)                                                            \
		r = json_object_set_new(object, #name,                         \
					json_integer(stored->name));
	STORED_NUMBERS(PACK_NUMBER)
#undef PACK_NUMBER
	if (r == 0 && stored->groups != NULL)
		r = json_object_set(object, "groups", stored->groups);
	return r == 0 ? TAKE_PTR(object) : NULL;
}

/* A new text for bytes that are there. */
static int encode(struct span bytes, char **ret_text)
{
	if (span_is_absent(bytes))
		return 0;
	*ret_text = malloc(BASE64_SIZE(bytes.size));
	if (*ret_text == NULL)
		return -ENOMEM;
	base64_encode(BASE64_STANDARD, bytes, *ret_text);
	return 0;
}

static struct stored describe(const struct live *live)
{
	const struct live_proof *proof = live->proof;

	return (struct stored){
		.id = live->id,
#define TAKE_TEXT(name) .name = live->question.name,
		QUESTION_TEXTS(TAKE_TEXT)
#undef TAKE_TEXT
			.rule = live->rule,
		.on_revoke = on_revoke_name(live->on_revoke),
		.state = live_state_name(live->state),
		.session = live->session,
		.version = FILE_VERSION,
		.asker = live->asker,
		.bindings = proof->bindings,
		.judged_ms = proof->judged_ms,
		.issued_ms = proof->issued_ms,
		.issued_usec = (json_int_t)proof->issued_usec,
		.made_usec = (json_int_t)live->made_usec,
		.audit_session = live->audit_session,
		.handed_out = live->is_handed_out,
	};
}

int live_file_write(const struct live_files *files, const struct live *live)
{
	const struct live_proof *proof = live->proof;
	struct stored stored = describe(live);
	char boot[SD_ID128_STRING_MAX];
	_cleanup_free_ char *document = NULL, *manifest = NULL;
	_cleanup_free_ char *ssh_key = NULL, *text = NULL;
	_cleanup_(free_jsonp) json_t *groups = NULL;
	_cleanup_(free_jsonp) json_t *object = NULL;

	if (encode(buffer_span(&proof->document), &document) < 0 ||
	    encode(buffer_span(&proof->manifest), &manifest) < 0 ||
	    encode(question_request(&live->question).ssh_key, &ssh_key) < 0)
		return -ENOMEM;
	if (live->question.has_groups) {
		groups = pack_groups(&live->question.groups);
		if (groups == NULL)
			return -ENOMEM;
	}
	stored.boot = sd_id128_to_string(files->boot, boot);
	stored.document = document;
	stored.manifest = manifest;
	stored.ssh_key = ssh_key;
	stored.groups = groups;
	object = pack(&stored);
	text = object != NULL ? json_dumps(object, JSON_INDENT(1)) : NULL;
	if (text == NULL)
		return -ENOMEM;
	if (strlen(text) > LIVE_FILE_MAX)
		return -EFBIG;
	return write_file_at(files->dir_fd, live->id, span_of_text(text));
}

int live_file_remove(const struct live_files *files, const char *id)
{
	int r = remove_file_at(files->dir_fd, id);

	return r == -ENOENT ? 0 : r;
}

/* Takes a value out of the object, which is empty in the end. */
static bool take_text(json_t *object, const char *key, bool is_needed,
		      const char **ret_text)
{
	json_t *value = json_object_get(object, key);

	*ret_text = json_string_value(value);
	return value == NULL ? !is_needed : *ret_text != NULL;
}

static bool take_number(json_t *object, const char *key, json_int_t min,
			json_int_t max, json_int_t *ret_number)
{
	json_t *value = json_object_get(object, key);

	*ret_number = json_integer_value(value);
	return json_is_integer(value) && *ret_number >= min &&
	       *ret_number <= max;
}

/* True when all keys are there that must be, each of its kind and within its bounds,
 * and no others. The texts live as long as the object. */
static bool unpack(json_t *object, struct stored *ret_stored)
{
	size_t count = 0;
	bool is_good = json_is_object(object);

#define UNPACK_TEXT(name, need)                                                \
	is_good = is_good &&                                                   \
		  take_text(object, #name, TEXT_IS_##need, &ret_stored->name); \
	count += is_good && ret_stored->name != NULL;
	STORED_TEXTS(UNPACK_TEXT)
#undef UNPACK_TEXT
#define UNPACK_NUMBER(name, min, max)                                          \
	is_good = is_good &&                                                   \
		  take_number(object, #name, min, max, &ret_stored->name);     \
	count++;
	STORED_NUMBERS(UNPACK_NUMBER)
#undef UNPACK_NUMBER
	ret_stored->groups = json_object_get(object, "groups");
	if (ret_stored->groups != NULL) {
		is_good = is_good && json_is_array(ret_stored->groups);
		count++;
	}
	return is_good && json_object_size(object) == count;
}

/* NULL text: nothing. False: it is no base64, too long, or there is no memory. */
static bool decode(const char *text, size_t max, uint8_t **ret_bytes,
		   size_t *ret_size)
{
	size_t room;

	if (text == NULL)
		return true;
	room = strlen(text) / 4 * 3 + 3;
	*ret_bytes = malloc(room);
	return *ret_bytes != NULL &&
	       base64_decode(BASE64_STANDARD, span_of_text(text), *ret_bytes,
			     room < max ? room : max, ret_size) == 0;
}

static bool read_groups(json_t *array, struct question *question)
{
	struct groups *groups = &question->groups;
	size_t count = json_array_size(array);

	question->has_groups = array != NULL;
	if (count == 0)
		return true;
	if (count > GROUPS_MAX)
		return false;
	groups->names = calloc(count, sizeof(*groups->names));
	if (groups->names == NULL)
		return false;
	for (; groups->count < count; groups->count++) {
		const char *name =
			json_string_value(json_array_get(array, groups->count));

		groups->names[groups->count] =
			name != NULL ? strdup(name) : NULL;
		if (groups->names[groups->count] == NULL)
			return false;
	}
	return true;
}

static bool read_question(const struct stored *stored,
			  struct question *ret_question)
{
	const struct request request = {
#define TAKE_TEXT(name) .name = stored->name,
		QUESTION_TEXTS(TAKE_TEXT)
#undef TAKE_TEXT
	};

	return question_copy(&request, ret_question) == 0 &&
	       decode(stored->ssh_key, SSH_KEY_BLOB_MAX, &ret_question->ssh_key,
		      &ret_question->ssh_key_size) &&
	       read_groups(stored->groups, ret_question);
}

static struct live_proof *read_proof(const struct stored *stored)
{
	_cleanup_(live_proof_unrefp) struct live_proof *proof =
		calloc(1, sizeof(*proof));

	if (proof == NULL)
		return NULL;
	proof->references = 1;
	proof->bindings = (unsigned)stored->bindings;
	proof->judged_ms = stored->judged_ms;
	proof->issued_ms = stored->issued_ms;
	proof->issued_usec = (uint64_t)stored->issued_usec;
	if (!decode(stored->document, ATTEST_DOCUMENT_MAX,
		    &proof->document.data, &proof->document.size) ||
	    !decode(stored->manifest, NITRO_MANIFEST_MAX, &proof->manifest.data,
		    &proof->manifest.size))
		return NULL;
	return TAKE_PTR(proof);
}

static bool read_on_revoke(const char *text, enum on_revoke *ret_on_revoke)
{
	for (int i = ON_REVOKE_LOG; i <= ON_REVOKE_TERMINATE; i++)
		if (strcmp(text, on_revoke_name((enum on_revoke)i)) == 0) {
			*ret_on_revoke = (enum on_revoke)i;
			return true;
		}
	return false;
}

/* Only what has a session of logind can be attached: a process is not found again
 * by its number. */
static bool read_state(const struct stored *stored, struct live *live)
{
	bool has_session = stored->session[0] != '\0';

	live->state = has_session ? LIVE_ATTACHED : LIVE_ISSUED;
	return strcmp(stored->state, live_state_name(live->state)) == 0 &&
	       strlen(stored->session) < sizeof(live->session) &&
	       strlen(stored->rule) < sizeof(live->rule) &&
	       read_on_revoke(stored->on_revoke, &live->on_revoke);
}

static struct live *read_live(const struct stored *stored)
{
	_cleanup_(live_proof_unrefp) struct live_proof *proof =
		read_proof(stored);
	_cleanup_(live_freep) struct live *live = NULL;

	if (proof == NULL)
		return NULL;
	live = live_new(stored->id, proof, (uid_t)stored->asker);
	if (live == NULL || !read_question(stored, &live->question) ||
	    !read_state(stored, live))
		return NULL;
	memcpy(live->session, stored->session, strlen(stored->session) + 1);
	memcpy(live->rule, stored->rule, strlen(stored->rule) + 1);
	live->audit_session = (uint32_t)stored->audit_session;
	live->made_usec = (uint64_t)stored->made_usec;
	live->is_handed_out = stored->handed_out != 0;
	live->is_unjudged = true;
	return TAKE_PTR(live);
}

static const char *find_fault(const struct live_files *files, const char *name,
			      uint64_t now_usec, const struct stored *stored)
{
	char boot[SD_ID128_STRING_MAX];

	if (strcmp(stored->boot, sd_id128_to_string(files->boot, boot)) != 0)
		return "is from before the host was started";
	if (strcmp(stored->id, name) != 0)
		return "has the name of another";
	if ((uint64_t)stored->issued_usec > (uint64_t)stored->made_usec ||
	    (uint64_t)stored->made_usec > now_usec)
		return "is from the future";
	return NULL;
}

int live_file_read(const struct live_files *files, const char *name,
		   uint64_t now_usec, struct live **ret_live,
		   const char **reterr_why)
{
	const struct read_file_limits limits = {
		.max_size = LIVE_FILE_MAX,
		.trusted = true,
		.owner = geteuid(),
	};
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_(free_jsonp) json_t *object = NULL;
	struct stored stored = { 0 };
	int r = read_file_at(files->dir_fd, name, &limits, &text);

	if (r < 0) {
		*reterr_why = read_file_explain(r);
		return r;
	}
	object = json_loadb((const char *)text.data, text.size,
			    JSON_REJECT_DUPLICATES, NULL);
	*reterr_why = "is not what the daemon wrote";
	if (object == NULL || !unpack(object, &stored))
		return -EBADMSG;
	*reterr_why = find_fault(files, name, now_usec, &stored);
	if (*reterr_why != NULL)
		return -ESTALE;
	*reterr_why = "is not what the daemon wrote";
	*ret_live = read_live(&stored);
	return *ret_live != NULL ? 0 : -EBADMSG;
}
