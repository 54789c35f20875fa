// The self tests: each computes something and folds it into one number, which is known.
#ifndef SELFTEST_H
#define SELFTEST_H
#include "../lib/library.h"

// Runs all, prints a line each, and returns how many went wrong.
uint32_t run_self_tests(const char *where);

// A running checksum (FNV-1a by words), and the same pseudo-random numbers everywhere.
static inline uint32_t fold(uint32_t sum, uint32_t value) { return (sum ^ value) * 16777619u; }
static inline uint32_t fold64(uint32_t sum, uint64_t value) { return fold(fold(sum, (uint32_t)value), (uint32_t)(value >> 32)); }
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
#define FOLD_START 2166136261u
#define RANDOM_START 0x2545f491u

// bits.c
uint32_t test_bit_builtins(void);
uint32_t test_bit_strings(void);
uint32_t test_rotates(void);
uint32_t test_double_shifts(void);
uint32_t test_bit_fields(void);
// arithmetic.c
uint32_t test_narrow_arithmetic(void);
uint32_t test_wide_arithmetic(void);
uint32_t test_wide_division(void);
uint32_t test_conditions(void);
uint32_t test_carries(void);
uint32_t test_decimal(void);
uint32_t test_constant_division(void);
// memory.c
uint32_t test_memory_functions(void);
uint32_t test_string_instructions(void);
uint32_t test_word_addresses(void);
uint32_t test_structures(void);
uint32_t test_variable_arrays(void);
uint32_t test_format(void);
// atomics.c
uint32_t test_atomics(void);
uint32_t test_atomics_narrow(void);
uint32_t test_compare_exchange_wide(void);
// control.c
uint32_t test_switch_tables(void);
uint32_t test_recursion(void);
uint32_t test_function_pointers(void);
uint32_t test_long_jumps(void);
// algorithms.c
uint32_t test_sort(void);
uint32_t test_crc32(void);
uint32_t test_sha256(void);
uint32_t test_compression(void);
uint32_t test_matrices(void);
uint32_t test_big_numbers(void);
uint32_t test_sieve(void);
uint32_t test_mandelbrot(void);
uint32_t test_life(void);
#endif
