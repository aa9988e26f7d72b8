// For the linker: what the host gives a module beside the C library's calls. instantiate.mjs is what does it.
mergeInto(LibraryManager.library, { heed_host_number() {}, heed_host_decimal() {} });
