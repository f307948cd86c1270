/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/login.h"

/* Without newlines in them, the names can be told apart in one way only. */
static bool is_name(const char *text)
{
	size_t length = 0;

	for (; text[length] != '\0'; length++)
		if (text[length] <= 0x20 || text[length] > 0x7e ||
		    length == LOGIN_TEXT_MAX)
			return false;
	return length > 0;
}

static uint8_t *put_line(uint8_t *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	at[length] = '\n';
	return at + length + 1;
}

size_t login_message(const struct login *login,
		     const uint8_t nonce[static LOGIN_NONCE_SIZE],
		     uint8_t ret_message[static LOGIN_MESSAGE_MAX])
{
	uint8_t *at = ret_message;

	if (!is_name(login->host) || !is_name(login->service) ||
	    !is_name(login->user))
		return 0;
	at = put_line(at, LOGIN_DOMAIN);
	at = put_line(at, login->host);
	at = put_line(at, login->service);
	at = put_line(at, login->user);
	memcpy(at, nonce, LOGIN_NONCE_SIZE);
	return (size_t)(at - ret_message) + LOGIN_NONCE_SIZE;
}
