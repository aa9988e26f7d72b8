# How relaxed SIMD can be compiled here. Sets HEED_RELAXED_AVAILABLE, _COMPILE, _LINK (lists of flags) and _LAUNCH (a
# command put before the linker's).
#
# A current Emscripten needs nothing. Debian's 3.1.6 has clang 14, whose relaxed opcodes are those of an early proposal
# that browsers refuse; with LLVM 22 behind the same emcc the opcodes are right. Its binaryen cannot read them: at -O1,
# with WASM_BIGINT and with the metadata read by Emscripten's own Python, no step needs binaryen.
set(HEED_RELAXED_AVAILABLE FALSE)
set(HEED_RELAXED_COMPILE "")
set(HEED_RELAXED_LINK -O3)
set(HEED_RELAXED_LAUNCH "")

if(CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 17)
    set(HEED_RELAXED_AVAILABLE TRUE)
else()
    find_program(HEED_CLANG22 clang-22)
    find_program(HEED_WASM_LD22 wasm-ld-22)
    find_program(HEED_LLVM_NM22 llvm-nm-22)
    if(HEED_CLANG22 AND HEED_WASM_LD22 AND HEED_LLVM_NM22)
        set(HEED_RELAXED_AVAILABLE TRUE)
        get_filename_component(llvm_root ${HEED_CLANG22} DIRECTORY)
        set(config ${CMAKE_BINARY_DIR}/emscripten-llvm22.cfg)
        file(CONFIGURE OUTPUT ${config} @ONLY CONTENT "EMSCRIPTEN_ROOT = '@EMSCRIPTEN_ROOT_PATH@'
LLVM_ROOT = '@llvm_root@'
BINARYEN_ROOT = '/usr'
NODE_JS = 'node'
FROZEN_CACHE = True
LLVM_ADD_VERSION = '22'
CLANG_ADD_VERSION = '22'
")
        set(HEED_RELAXED_COMPILE --em-config ${config})
        set(HEED_RELAXED_LINK --em-config ${config} -O1 -Wl,--no-stack-first,--strip-all,--compress-relocations)
        set(HEED_RELAXED_LAUNCH "${CMAKE_COMMAND} -E env EMCC_READ_METADATA=python")
    endif()
endif()
