/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads a module as libpam does, with every symbol resolved at once, and looks its
 * hooks up: load_module FILE SYMBOL...
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	void *module = argc < 2 ? NULL : dlopen(argv[1], RTLD_NOW);

	if (module == NULL) {
		fprintf(stderr, "load_module: %s\n",
			argc < 2 ? "no file" : dlerror());
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		if (dlsym(module, argv[i]) != NULL)
			continue;
		fprintf(stderr, "load_module: %s\n", dlerror());
		return 1;
	}
	return dlclose(module) == 0 ? 0 : 1;
}
