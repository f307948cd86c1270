/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/submit.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/wait_fd.h"
#include "client/submission.h"
#include "nitro-attest/address.h"
#include "seal/seal.h"

/* What the server allows its clients, and a little more: it says why. */
#define WAIT_MS 12000

#define BUS_ADDRESS "bus"

/* Larger files are no keys of any type. */
#define KEY_FILE_MAX 16384u

static const char *choose_address(const struct submit_options *options)
{
	const char *address = secure_getenv("NITRO_SUBMIT");

	return options->to != NULL ? options->to : address;
}

bool submit_is_configured(const struct submit_options *options)
{
	return choose_address(options) != NULL;
}

/* One deadline for all: a server that answers byte by byte gains nothing. */
static int read_whole(int fd, int64_t deadline_ms, uint8_t *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		int r = wait_fd(fd, POLLIN, deadline_ms);
		ssize_t count;

		if (r < 0)
			return r;
		count = recv(fd, bytes + done, size - done, MSG_DONTWAIT);
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			return -ECONNRESET;
		done += (size_t)count;
	}
	return 0;
}

/* Whoever does not want to hear more may have said why already, so an error of
 * sending is found when nothing can be read. */
static void write_whole(int fd, struct span bytes)
{
	while (bytes.size > 0) {
		ssize_t count = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return;
		bytes = span_of(bytes.data + count, bytes.size - (size_t)count);
	}
}

static int exchange(const char *text, struct span document,
		    uint8_t ret_answer[static DEPOSIT_ANSWER_MAX],
		    size_t *ret_size)
{
	_cleanup_close_ int fd = -1;
	uint8_t head[DEPOSIT_HEAD_SIZE];
	struct address address;
	int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
	int r = address_parse(text, &address);

	if (r < 0)
		return r;
	fd = address_connect(&address, WAIT_MS);
	if (fd < 0)
		return fd;

	deposit_write_head(document.size, head);
	write_whole(fd, span_of(head, sizeof(head)));
	write_whole(fd, document);
	r = read_whole(fd, deadline_ms, head, sizeof(head));
	if (r < 0)
		return r;
	*ret_size = deposit_read_head(head);
	if (*ret_size > DEPOSIT_ANSWER_MAX)
		return -EBADMSG;
	return read_whole(fd, deadline_ms, ret_answer, *ret_size);
}

static int accept_ticket(const char *ticket,
			 char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	if (!ticket_is_valid(ticket)) {
		warnx("What came is no ticket.");
		return -EBADMSG;
	}
	memcpy(ret_ticket, ticket, strlen(ticket) + 1);
	return 0;
}

/* The private key that belongs to the public key in the document. */
static int read_key(const struct submit_options *options,
		    struct buffer *ret_key)
{
	const struct read_file_limits limits = { .max_size = KEY_FILE_MAX };
	const char *path = secure_getenv("NITRO_PRIVATE_KEY_FILE");
	int r;

	if (options->key != NULL)
		path = options->key;
	if (path == NULL) {
		warnx("The ticket is sealed to the public key in the document; "
		      "give its private key with --private-key.");
		return -ENOKEY;
	}
	r = read_file_at(AT_FDCWD, path, &limits, ret_key);
	if (r < 0)
		warnx("%s: %s", path, read_file_explain(r));
	return r;
}

static enum key_error unseal_ticket(struct span key, struct span sealed,
				    char *ret_text)
{
	_cleanup_(key_library_freep) struct key_library *library = NULL;
	uint8_t plaintext[DEPOSIT_ANSWER_MAX];
	size_t size = 0;
	enum key_error error = key_library_new(&library);

	if (error == KEY_OK)
		error = unseal(library, key, sealed, plaintext, &size);
	if (error == KEY_OK && size > DEPOSIT_TICKET_MAX)
		error = KEY_E_SEAL_SIZE;
	if (error == KEY_OK) {
		memcpy(ret_text, plaintext, size);
		ret_text[size] = '\0';
	}
	explicit_bzero(plaintext, sizeof(plaintext));
	return error;
}

static int open_ticket(const struct submit_options *options, struct span sealed,
		       char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	_cleanup_(buffer_freep) struct buffer key = BUFFER_EMPTY;
	char text[DEPOSIT_TICKET_MAX + 1];
	enum key_error error;
	int r = read_key(options, &key);

	if (r < 0)
		return r;
	error = unseal_ticket(buffer_span(&key), sealed, text);
	explicit_bzero(key.data, key.size);
	if (error != KEY_OK) {
		warnx("The sealed ticket cannot be opened: %s %s",
		      key_error_sentence(error), key_error_hint(error));
		return -EKEYREJECTED;
	}
	return accept_ticket(text, ret_ticket);
}

static int take_answer(const struct submit_options *options, const char *from,
		       const struct deposit_answer *answer,
		       char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	switch (answer->kind) {
	case DEPOSIT_TICKET:
		return accept_ticket(answer->ticket, ret_ticket);
	case DEPOSIT_SEALED:
		return open_ticket(options, answer->sealed, ret_ticket);
	case DEPOSIT_REFUSED:
		warnx("The document was refused: %s (%s)", answer->message,
		      answer->reason);
		return -EACCES;
	case DEPOSIT_FAILED:
		break;
	}
	warnx("%s: %s (%s)", from, answer->message, answer->reason);
	return -EREMOTEIO;
}

static int submit_by_socket(const struct submit_options *options,
			    const char *address, struct span document,
			    char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	uint8_t bytes[DEPOSIT_ANSWER_MAX];
	struct deposit_answer answer;
	size_t size;
	int r = exchange(address, document, bytes, &size);

	if (r == -EINVAL)
		warnx("%s: expected bus, /PATH or vsock:CID:PORT.", address);
	else if (r < 0)
		warnx("%s: %s.", address, strerror(-r));
	if (r < 0)
		return r;
	r = deposit_read_answer(bytes, size, &answer);
	if (r < 0) {
		warnx("%s: The answer is not one of nitro-attest serve.",
		      address);
		return r;
	}
	return take_answer(options, address, &answer, ret_ticket);
}

static int submit_by_bus(const struct submit_options *options,
			 struct span document,
			 char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	_cleanup_(submission_clear) struct submission submission;
	struct deposit_answer answer = { .kind = DEPOSIT_FAILED };

	client_submit(document, CLIENT_TIMEOUT_DEFAULT_USEC, &submission);
	answer.reason = submission.answer.reason;
	answer.message = submission.answer.message;
	answer.ticket = submission.ticket;
	answer.sealed = buffer_span(&submission.sealed);
	if (submission.answer.kind == ANSWER_DENIED)
		answer.kind = DEPOSIT_REFUSED;
	else if (submission.answer.kind == ANSWER_ALLOWED)
		answer.kind = submission.sealed.size > 0 ? DEPOSIT_SEALED
							 : DEPOSIT_TICKET;
	return take_answer(options, "nitro-policyd", &answer, ret_ticket);
}

int submit_document(const struct submit_options *options, struct span document,
		    char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	const char *address = choose_address(options);

	if (address == NULL || strcmp(address, BUS_ADDRESS) == 0)
		return submit_by_bus(options, document, ret_ticket);
	return submit_by_socket(options, address, document, ret_ticket);
}
