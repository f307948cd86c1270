/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways to a module: the simulator's socket for real, with silent, dead and
 * talkative servers; the ioctl of /dev/nsm through the linker's --wrap, because
 * only an enclave has the device. /dev/null plays the character device.
 */
#include "config.h"

#include "nsm/ioctl.h"
#include "nsm/listener.h"
#include "nsm/packet.h"
#include "nsm/transport.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "unit.h"

#include "base/cleanup.h"

/* What the driver does; the call happens in a child, so its record is shared. */
static struct driver {
	int error; /* errno to fail with, 0: answer */
	uint64_t length;
	unsigned sleep_seconds;
	unsigned long seen_request;
	uint64_t seen_length;
} * driver;

int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int _unused_ fd, unsigned long request, ...)
{
	struct nsm_raw_message *message;
	va_list arguments;

	va_start(arguments, request);
	message = va_arg(arguments, struct nsm_raw_message *);
	va_end(arguments);
	driver->seen_request = request;
	driver->seen_length = message->request.length;
	sleep(driver->sleep_seconds);
	if (driver->error != 0) {
		errno = driver->error;
		return -1;
	}
	memset((void *)(uintptr_t)message->response.address, 'R',
	       message->response.length);
	message->response.length = driver->length;
	return 0;
}

static char directory[] = "/tmp/test-nsm-XXXXXX";
static char path[PATH_MAX];
static uint8_t response[NSM_RESPONSE_MAX];
static size_t response_size;

static void set_up(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/nsm", directory);
	driver = mmap(NULL, sizeof(*driver), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(driver, MAP_FAILED);
}

static void tear_down(void)
{
	unlink(path);
	rmdir(directory);
}

static int ask(const char *where, unsigned deadline_ms)
{
	return nsm_exchange(where, span_of_text("question"), deadline_ms,
			    response, &response_size);
}

START_TEST(the_request_number_is_that_of_the_kernel)
{
	/* _IOWR(0x0A, 0, 32 bytes) on all but the oldest architectures. */
	ck_assert_uint_eq(NSM_IOCTL_RAW_MESSAGE, 0xc0200a00);
}
END_TEST

START_TEST(the_device_answers)
{
	driver->length = 5000;
	ck_assert_int_eq(ask("/dev/null", 2000), 0);
	ck_assert_uint_eq(response_size, 5000);
	ck_assert_int_eq(response[4999], 'R');
	ck_assert_uint_eq(driver->seen_request, NSM_IOCTL_RAW_MESSAGE);
	ck_assert_uint_eq(driver->seen_length, strlen("question"));
	driver->length = NSM_RESPONSE_MAX;
	ck_assert_int_eq(ask("/dev/null", 2000), 0);
	ck_assert_uint_eq(response_size, NSM_RESPONSE_MAX);
}
END_TEST

START_TEST(the_driver_fails)
{
	driver->error = EPERM;
	ck_assert_int_eq(ask("/dev/null", 2000), -EPERM);
	driver->error = EMSGSIZE;
	ck_assert_int_eq(ask("/dev/null", 2000), -EMSGSIZE);
	driver->error = 0;
	driver->length = NSM_RESPONSE_MAX + 1;
	ck_assert_int_eq(ask("/dev/null", 2000), -EMSGSIZE);
	driver->length = UINT64_MAX / 2;
	ck_assert_int_eq(ask("/dev/null", 2000), -EMSGSIZE);
}
END_TEST

START_TEST(a_driver_that_hangs_is_left_behind)
{
	time_t start = time(NULL);

	driver->sleep_seconds = 10;
	ck_assert_int_eq(ask("/dev/null", 200), -ETIMEDOUT);
	ck_assert_int_lt(time(NULL) - start, 3);
}
END_TEST

START_TEST(what_is_no_module_is_refused)
{
	ck_assert_int_eq(ask("/nonexistent/nsm", 200), -ENOENT);
	ck_assert_int_eq(ask("/etc/passwd", 200), -ENOTTY);
	ck_assert_int_eq(ask(directory, 200), -ENOTTY);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(ask(path, 200), -ENOTTY);
	ck_assert_str_ne(nsm_exchange_explain(-ENOTTY), "");
}
END_TEST

START_TEST(a_request_above_the_limit_is_not_sent)
{
	static const uint8_t large[NSM_REQUEST_MAX + 1];

	ck_assert_int_eq(nsm_exchange("/dev/null",
				      span_of(large, sizeof(large)), 2000,
				      response, &response_size),
			 -EMSGSIZE);
	ck_assert_uint_eq(driver->seen_request, 0);
}
END_TEST

/* Answers as many bytes as the text of the request says; "0" closes. */
static size_t answer_size(void *context, struct span request,
			  uint8_t ret_response[static NSM_RESPONSE_MAX])
{
	char text[16] = "";

	*(size_t *)context = request.size;
	if (request.size >= sizeof(text))
		return 1;
	memcpy(text, request.data, request.size);
	memset(ret_response, 'S', NSM_RESPONSE_MAX);
	return (size_t)strtoul(text, NULL, 10);
}

/* Serves `count` connections in a child; the listener is made before. */
static pid_t serve(int listener, int count)
{
	pid_t child = fork();
	size_t size;

	ck_assert_int_ge(child, 0);
	if (child > 0)
		return child;
	for (int i = 0; i < count; i++)
		if (nsm_serve_connection(listener, answer_size, &size) < 0)
			continue;
	_exit(0);
}

static int ask_for(const char *size)
{
	return nsm_exchange(path, span_of_text(size), 3000, response,
			    &response_size);
}

START_TEST(the_socket_answers)
{
	_cleanup_close_ int listener = nsm_listen(path);
	struct stat status;
	pid_t child;

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0600);
	child = serve(listener, 3);
	ck_assert_int_eq(ask_for("12288"), 0);
	ck_assert_uint_eq(response_size, NSM_RESPONSE_MAX);
	ck_assert_int_eq(response[NSM_RESPONSE_MAX - 1], 'S');
	ck_assert_int_eq(ask_for("1"), 0);
	ck_assert_uint_eq(response_size, 1);
	ck_assert_int_eq(ask_for("0"), -ECONNRESET);
	waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_silent_client_holds_nobody_up)
{
	_cleanup_close_ int listener = nsm_listen(path);
	_cleanup_close_ int silent = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_un address;
	pid_t child;

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(packet_address(path, &address), 0);
	child = serve(listener, 2);
	ck_assert_int_eq(packet_connect(silent, &address, deadline_in(1000)),
			 0);
	ck_assert_int_eq(ask_for("7"), 0);
	ck_assert_uint_eq(response_size, 7);
	waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_silent_server_is_given_up)
{
	_cleanup_close_ int listener = nsm_listen(path);
	time_t start = time(NULL);

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(ask(path, 300), -ETIMEDOUT);
	ck_assert_int_eq(ask(path, 0), -ETIMEDOUT);
	ck_assert_int_lt(time(NULL) - start, 3);
}
END_TEST

START_TEST(a_full_backlog_is_given_up)
{
	_cleanup_close_ int listener = nsm_listen(path);
	struct sockaddr_un address;
	int r = 0;

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(packet_address(path, &address), 0);
	for (int i = 0; i < 100 && r == 0; i++)
		r = packet_connect(socket(AF_UNIX, SOCK_SEQPACKET, 0), &address,
				   deadline_in(300));
	ck_assert_int_eq(r, -ETIMEDOUT);
}
END_TEST

START_TEST(a_dead_server_is_told_apart)
{
	int listener = nsm_listen(path);

	ck_assert_int_ge(listener, 0);
	close(listener);
	ck_assert_int_eq(ask(path, 300), -ECONNREFUSED);
}
END_TEST

START_TEST(an_oversized_packet_arrives_as_too_large)
{
	static const uint8_t large[NSM_REQUEST_MAX * 2];
	_cleanup_close_ int listener = nsm_listen(path);
	_cleanup_close_ int client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	struct sockaddr_un address;
	size_t size = 0;

	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(packet_address(path, &address), 0);
	ck_assert_int_eq(packet_connect(client, &address, deadline_in(1000)),
			 0);
	ck_assert_int_eq(packet_send(client, span_of(large, sizeof(large)),
				     deadline_in(1000)),
			 0);
	ck_assert_int_eq(nsm_serve_connection(listener, answer_size, &size), 0);
	ck_assert_uint_eq(size, NSM_REQUEST_MAX + 1);
	/* And an answer above the caller's buffer is refused, not cut. */
	ck_assert_int_eq(
		packet_receive(client, deadline_in(1000), response, 0, &size),
		-EMSGSIZE);
}
END_TEST

START_TEST(only_stale_sockets_are_replaced)
{
	int first = nsm_listen(path);
	int second;

	ck_assert_int_ge(first, 0);
	ck_assert_int_eq(nsm_listen(path), -EADDRINUSE);
	close(first);
	second = nsm_listen(path);
	ck_assert_int_ge(second, 0);
	close(second);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(nsm_listen(path), -EEXIST);
}
END_TEST

START_TEST(paths_that_do_not_fit_are_refused)
{
	char longest[200];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(nsm_listen(longest), -ENAMETOOLONG);
	ck_assert_int_eq(nsm_listen(""), -EINVAL);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_request_number_is_that_of_the_kernel);
	tcase_add_test(tests, the_device_answers);
	tcase_add_test(tests, the_driver_fails);
	tcase_add_test(tests, a_driver_that_hangs_is_left_behind);
	tcase_add_test(tests, what_is_no_module_is_refused);
	tcase_add_test(tests, a_request_above_the_limit_is_not_sent);
	tcase_add_test(tests, the_socket_answers);
	tcase_add_test(tests, a_silent_client_holds_nobody_up);
	tcase_add_test(tests, a_silent_server_is_given_up);
	tcase_add_test(tests, a_full_backlog_is_given_up);
	tcase_add_test(tests, a_dead_server_is_told_apart);
	tcase_add_test(tests, an_oversized_packet_arrives_as_too_large);
	tcase_add_test(tests, only_stale_sockets_are_replaced);
	tcase_add_test(tests, paths_that_do_not_fit_are_refused);
}

UNIT_MAIN("nsm_transport", add_tests)
