/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/eif.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "eif/failure.h"
#include "eif/reader.h"

void eif_free(struct eif *eif)
{
	if (eif == NULL)
		return;
	buffer_free(eif->metadata);
	free(eif);
}

static bool is_unchanged(const struct stat *before, const struct stat *after)
{
	return before->st_size == after->st_size &&
	       before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
	       before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

enum eif_error eif_read_fd(int fd, struct eif **ret_eif,
			   struct eif_failure *reterr_failure)
{
	_cleanup_(eif_freep) struct eif *eif = NULL;
	struct stat before, after;
	enum eif_error e;

	if (fstat(fd, &before) < 0)
		return eif_fail(reterr_failure, EIF_E_READ, 0, "%s",
				strerror(errno));
	if (!S_ISREG(before.st_mode))
		return eif_fail_plain(reterr_failure, EIF_E_NOT_REGULAR, 0);
	eif = calloc(1, sizeof(*eif));
	if (eif == NULL)
		return eif_fail_plain(reterr_failure, EIF_E_NO_MEMORY, 0);
	e = reader_run(fd, (uint64_t)before.st_size, eif, reterr_failure);
	if (e != EIF_OK)
		return e;

	/* Who can write into it while it is read may show us anything; this
	 * finds the one who does so by mistake. */
	if (fstat(fd, &after) < 0 || !is_unchanged(&before, &after))
		return eif_fail_plain(reterr_failure, EIF_E_CHANGED, 0);
	*ret_eif = TAKE_PTR(eif);
	return EIF_OK;
}

enum eif_error eif_read(const char *name, struct eif **ret_eif,
			struct eif_failure *reterr_failure)
{
	/* Not waiting for the other end of a FIFO, not taking a terminal. */
	_cleanup_close_ int fd =
		open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return eif_fail(reterr_failure, EIF_E_READ, 0, "%s",
				strerror(errno));
	return eif_read_fd(fd, ret_eif, reterr_failure);
}

static bool always(const struct eif *eif _unused_, int64_t now _unused_)
{
	return true;
}

static bool has_metadata(const struct eif *eif, int64_t now _unused_)
{
	return eif->metadata.data != NULL;
}

static bool has_no_application(const struct eif *eif, int64_t now _unused_)
{
	size_t ramdisks = 0;

	for (size_t i = 0; i < eif->section_count; i++)
		ramdisks += eif->sections[i].type == EIF_SECTION_RAMDISK;
	return ramdisks < 2;
}

static bool is_expired(const struct eif *eif, int64_t now)
{
	return eif->is_signed && now > eif->signer.not_after;
}

static bool is_not_yet_valid(const struct eif *eif, int64_t now)
{
	return eif->is_signed && now < eif->signer.not_before;
}

static const struct warning_row {
	bool (*applies)(const struct eif *eif, int64_t now);
	struct eif_warning warning;
} warning_rows[] = {
	{ always,
	  { "unmeasured-boundaries",
	    "Where sections begin and end is not measured: bytes can move "
	    "between kernel, command line and first ramdisk, or between the "
	    "other ramdisks, and every PCR stays the same." } },
	{ always,
	  { "unmeasured-header",
	    "The headers are not measured: architecture, default memory and "
	    "default CPUs can be changed, and every PCR stays the same." } },
	{ has_metadata,
	  { "unmeasured-metadata",
	    "The metadata is not measured: name, version and build can be "
	    "changed, and every PCR stays the same. Decide nothing by "
	    "them." } },
	{ has_no_application,
	  { "no-application",
	    "There is no ramdisk behind the first: PCR2 measures nothing and "
	    "is the same for all such images." } },
	{ is_expired,
	  { "certificate-expired",
	    "The signing certificate has expired: an enclave may not start "
	    "from this file any more." } },
	{ is_not_yet_valid,
	  { "certificate-not-yet-valid",
	    "The signing certificate is not valid yet." } },
};

size_t eif_warnings(const struct eif *eif, int64_t now,
		    struct eif_warning ret_warnings[static EIF_WARNINGS_MAX])
{
	size_t count = 0;

	_Static_assert(ARRAY_SIZE(warning_rows) <= EIF_WARNINGS_MAX,
		       "all warnings fit");
	for (size_t i = 0; i < ARRAY_SIZE(warning_rows); i++)
		if (warning_rows[i].applies(eif, now))
			ret_warnings[count++] = warning_rows[i].warning;
	return count;
}
