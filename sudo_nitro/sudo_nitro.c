/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hooks of the approval plugin, which sudo calls after sudoers has said yes:
 * open() and check() for the command, and once more for each command of its that
 * sudo intercepts. Trap: sudo takes 0 from open() for a wish to be disabled, and
 * then runs the command. So open() succeeds, and check() refuses.
 */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "client/refusal.h"
#include "sudo_nitro/approval.h"
#include "sudo_nitro/report.h"

#if SUDO_API_VERSION_MAJOR != 1 || SUDO_API_VERSION_MINOR < 15
#error "approval plugins need version 1.15 of sudo's plugin API (sudo 1.9.0)"
#endif

/* sudo's interface has no handle: what open() learns has to wait here for check().
 * sudo runs one command at a time in one thread. */
static struct {
	struct approval approval;
	sudo_printf_t print;
	/* Not ANSWER_ALLOWED: what was wrong already when sudo called open(). */
	struct answer answer;
	bool is_broken;
	/* Somebody was judged in this process before: what comes now was
	 * intercepted, and runs on the terminal that a prompt would need. */
	bool has_judged;
	char errstr[REPORT_SIZE];
} gate;

static bool read_options(char *const arguments[])
{
	char problem[OPTION_LIST_PROBLEM_SIZE];

	return options_parse(arguments, &gate.approval.options, problem) ||
	       refusal_give(REFUSAL_OPTION, problem, &gate.answer);
}

static int open_gate(unsigned version, sudo_conv_t conversation,
		     sudo_printf_t plugin_printf, char *const settings[],
		     char *const user_info[], int submit_optind _unused_,
		     char *const submit_argv[] _unused_,
		     char *const submit_envp[] _unused_,
		     char *const plugin_options[], const char **errstr)
{
	bool can_ask;

	if (SUDO_API_VERSION_GET_MAJOR(version) != SUDO_API_VERSION_MAJOR ||
	    version < SUDO_API_MKVERSION(1, 15)) {
		*errstr = "attestation: sudo is too old or too new for "
			  "sudo_nitro.so";
		return -1;
	}
	can_ask = !gate.has_judged &&
		  !setting_is_true(settings, "noninteractive");
	gate.print = plugin_printf;
	gate.approval.converse = can_ask ? conversation : NULL;
	gate.is_broken =
		!read_options(plugin_options) ||
		!invoker_read(user_info, &gate.approval.invoker, &gate.answer);
	/* For nitroctl, which asks before it lists the plugin. */
	if (gate.is_broken) {
		report_for_admin(&gate.answer, gate.errstr);
		*errstr = gate.errstr;
	}
	return 1;
}

/* Root can do without sudo whatever sudo would let him do. */
static bool is_exempt(void)
{
	return gate.approval.options.exempt_root &&
	       gate.approval.invoker.is_root;
}

/* The only way to 1 is an answer that says so. */
static int decide(const struct answer *answer)
{
	static const int decisions[] = {
		[ANSWER_UNAVAILABLE] = -1,
		[ANSWER_DENIED] = 0,
		[ANSWER_ALLOWED] = 1,
	};

	return decisions[answer->kind];
}

static int check(char *const command_info[], char *const run_argv[] _unused_,
		 char *const run_envp[] _unused_, const char **errstr)
{
	if (!gate.is_broken && is_exempt())
		return 1;
	if (!gate.is_broken)
		approval_judge(&gate.approval, command_info, &gate.answer);
	gate.has_judged = true;

	report_to_log(gate.approval.invoker.user, &gate.answer,
		      gate.approval.options.debug);
	report_to_user(gate.print, &gate.answer);
	if (gate.answer.kind != ANSWER_ALLOWED) {
		report_for_admin(&gate.answer, gate.errstr);
		*errstr = gate.errstr;
	}
	return decide(&gate.answer);
}

static int show_version(int verbose _unused_)
{
	gate.print(SUDO_CONV_INFO_MSG,
		   "sudo_nitro approval plugin version " PACKAGE_VERSION "\n");
	return 1;
}

/* All but has_judged is of one command. */
static void close_gate(void)
{
	bool has_judged = gate.has_judged;

	memset(&gate, 0, sizeof(gate));
	gate.has_judged = has_judged;
}

extern struct approval_plugin sudo_nitro_approval;

_export_ struct approval_plugin sudo_nitro_approval = {
	.type = SUDO_APPROVAL_PLUGIN,
	.version = SUDO_API_VERSION,
	.open = open_gate,
	.close = close_gate,
	.check = check,
	.show_version = show_version,
};
