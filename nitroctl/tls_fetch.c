/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/tls_fetch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/wait_fd.h"
#include "nitroctl/text.h"

#define HOST_SIZE 256
#define PORT_SIZE 8

DEFINE_CLEANUP(SSL_CTX *, SSL_CTX_free)
DEFINE_CLEANUP(SSL *, SSL_free)
DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(struct addrinfo *, freeaddrinfo)

struct address {
	char host[HOST_SIZE];
	char port[PORT_SIZE];
};

static bool copy(char *to, size_t size, const char *from, size_t length)
{
	if (length == 0 || length >= size)
		return false;
	memcpy(to, from, length);
	to[length] = '\0';
	return true;
}

static bool split(const char *text, struct address *ret_address)
{
	const char *colon = strrchr(text, ':');
	const char *end = colon;

	if (colon == NULL || colon[1 + strspn(colon + 1, "0123456789")] != '\0')
		return false;
	if (text[0] == '[' && colon[-1] == ']') {
		text++;
		end--;
	}
	return copy(ret_address->host, HOST_SIZE, text, (size_t)(end - text)) &&
	       copy(ret_address->port, PORT_SIZE, colon + 1,
		    strlen(colon + 1)) &&
	       strchr(ret_address->host, '/') == NULL;
}

bool tls_fetch_is_address(const char *text)
{
	struct address address;

	return text[0] != ':' && split(text, &address);
}

static int connect_to(const struct addrinfo *where, int64_t deadline)
{
	_cleanup_close_ int fd =
		socket(where->ai_family,
		       where->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       where->ai_protocol);
	socklen_t size = sizeof(int);
	int error = 0;

	if (fd < 0)
		return -1;
	if (connect(fd, where->ai_addr, where->ai_addrlen) < 0 &&
	    (errno != EINPROGRESS || wait_fd(fd, POLLOUT, deadline) < 0 ||
	     getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ||
	     error != 0))
		return -1;
	return TAKE_FD(fd);
}

/* A connection to the first of the name's addresses that answers. */
static int open_connection(const struct address *address, int64_t deadline)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	_cleanup_(freeaddrinfop) struct addrinfo *all = NULL;
	int fd = -1;

	if (getaddrinfo(address->host, address->port, &hints, &all) != 0)
		return -1;
	for (const struct addrinfo *one = all; one != NULL && fd < 0;
	     one = one->ai_next)
		fd = connect_to(one, deadline);
	return fd;
}

/* The handshake proves that the server has the certificate's key. */
static bool shake_hands(SSL *session, int fd, int64_t deadline)
{
	for (;;) {
		int r = SSL_connect(session);

		if (r == 1)
			return true;
		switch (SSL_get_error(session, r)) {
		case SSL_ERROR_WANT_READ:
			if (wait_fd(fd, POLLIN, deadline) < 0)
				return false;
			break;
		case SSL_ERROR_WANT_WRITE:
			if (wait_fd(fd, POLLOUT, deadline) < 0)
				return false;
			break;
		default:
			return false;
		}
	}
}

static bool is_numeric(const char *host)
{
	uint8_t bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, bytes) == 1 ||
	       inet_pton(AF_INET6, host, bytes) == 1;
}

static SSL *new_session(SSL_CTX *context, const struct address *address, int fd)
{
	_cleanup_(SSL_freep) SSL *session = SSL_new(context);

	if (session == NULL || SSL_set_fd(session, fd) != 1)
		return NULL;
	/* RFC 6066 section 3: names only. OpenSSL copies the name, but its macro
	 * takes it as something to write to. */
	if (!is_numeric(address->host) &&
	    SSL_set_tlsext_host_name(session,
				     (char *)(uintptr_t)address->host) != 1)
		return NULL;
	return TAKE_PTR(session);
}

static bool take_certificate(const SSL *session, struct buffer *ret_der)
{
	_cleanup_(X509_freep) X509 *certificate =
		SSL_get1_peer_certificate(session);
	unsigned char *end;
	int size = certificate == NULL ? 0 : i2d_X509(certificate, NULL);

	if (size <= 0)
		return false;
	ret_der->data = end = malloc((size_t)size);
	if (ret_der->data == NULL)
		return false;
	ret_der->size = (size_t)i2d_X509(certificate, &end);
	return true;
}

static bool fetch(const struct address *address, int fd, int64_t deadline,
		  struct buffer *ret_der)
{
	_cleanup_(SSL_CTX_freep) SSL_CTX *context =
		SSL_CTX_new(TLS_client_method());
	_cleanup_(SSL_freep) SSL *session = NULL;

	if (context == NULL)
		return false;
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
		return false;
	session = new_session(context, address, fd);
	return session != NULL && shake_hands(session, fd, deadline) &&
	       take_certificate(session, ret_der);
}

bool tls_fetch(const char *text, struct buffer *ret_der)
{
	const int64_t deadline = clock_monotonic_ms() + TLS_FETCH_MS;
	struct address address;
	_cleanup_close_ int fd = -1;
	void (*before)(int);
	bool is_done;

	if (!split(text, &address))
		return false;
	fd = open_connection(&address, deadline);
	if (fd < 0) {
		complain("%s: no connection within %d s.", text,
			 TLS_FETCH_MS / 1000);
		return false;
	}
	/* OpenSSL writes with write(2): a server that hangs up must not end us. */
	before = signal(SIGPIPE, SIG_IGN);
	is_done = fetch(&address, fd, deadline, ret_der);
	signal(SIGPIPE, before);
	ERR_clear_error();
	if (!is_done)
		complain("%s: no TLS handshake within %d s.", text,
			 TLS_FETCH_MS / 1000);
	return is_done;
}
