// The list of self tests, each with what it gives on a real processor.
#include "selftest.h"

struct self_test { const char *name; uint32_t (*run)(void); uint32_t expected; };

static const struct self_test tests[] = {
	{ "bit builtins", test_bit_builtins, 0xa4089206 },
	{ "bit strings", test_bit_strings, 0xdb467a41 },
	{ "rotates", test_rotates, 0x82cd3865 },
	{ "double shifts", test_double_shifts, 0x4aee0f93 },
	{ "bit fields", test_bit_fields, 0x4fbf16bc },
	{ "narrow arithmetic", test_narrow_arithmetic, 0xe5df7415 },
	{ "wide arithmetic", test_wide_arithmetic, 0x56faedb0 },
	{ "wide division", test_wide_division, 0x4df0e734 },
	{ "conditions", test_conditions, 0x77850a14 },
	{ "carries", test_carries, 0x15c90d77 },
	{ "decimal", test_decimal, 0xf88817f1 },
	{ "constant division", test_constant_division, 0xb1211c05 },
	{ "memory functions", test_memory_functions, 0x54d8c2c3 },
	{ "string instructions", test_string_instructions, 0x82814422 },
	{ "word addresses", test_word_addresses, 0x8e822de9 },
	{ "structures", test_structures, 0x738af9a1 },
	{ "variable arrays", test_variable_arrays, 0xb8c7c17f },
	{ "format", test_format, 0x3bc83096 },
	{ "atomics", test_atomics, 0x384e7220 },
	{ "atomics narrow", test_atomics_narrow, 0xaf42a8e7 },
	{ "compare exchange wide", test_compare_exchange_wide, 0x95ea8028 },
	{ "switch tables", test_switch_tables, 0x38973e08 },
	{ "recursion", test_recursion, 0xe7284e50 },
	{ "function pointers", test_function_pointers, 0xc959f89d },
	{ "long jumps", test_long_jumps, 0xa86a5ad5 },
	{ "sort", test_sort, 0xb2a1992d },
	{ "crc32", test_crc32, 0xcbf43926 },
	{ "sha256", test_sha256, 0x05803213 },
	{ "compression", test_compression, 0x3b471b0c },
	{ "matrices", test_matrices, 0x80834e65 },
	{ "big numbers", test_big_numbers, 0x259bce7d },
	{ "sieve", test_sieve, 0x00000234 },
	{ "mandelbrot", test_mandelbrot, 0x721a153c },
	{ "life", test_life, 0x8cb40ac5 },
};

uint32_t run_self_tests(const char *where)
{
	uint32_t failed = 0;
	for (size_t at = 0; at < sizeof tests / sizeof tests[0]; at++) {
		uint32_t result = tests[at].run();
		bool is_right = result == tests[at].expected;
		print("%s: %-22s %08x %s\n", where, tests[at].name, result, is_right ? "ok" : "WRONG");
		failed += !is_right;
	}
	return failed;
}
