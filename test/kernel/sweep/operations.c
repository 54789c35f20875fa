// Compiled, never run: every operator on every integer type, in registers and in memory, so that the compiler shows what it emits for each.
// test/witness/compiled-code.test.ts looks at the instructions.
#include "../types.h"

#define OPERATIONS(type, name) \
	type name##_add(type a, type b) { return (type)(a + b); } \
	type name##_sub(type a, type b) { return (type)(a - b); } \
	type name##_mul(type a, type b) { return (type)(a * b); } \
	type name##_div(type a, type b) { return (type)(a / b); } \
	type name##_mod(type a, type b) { return (type)(a % b); } \
	type name##_and(type a, type b) { return a & b; } \
	type name##_or(type a, type b) { return a | b; } \
	type name##_xor(type a, type b) { return a ^ b; } \
	type name##_shl(type a, int b) { return (type)(a << b); } \
	type name##_shr(type a, int b) { return (type)(a >> b); } \
	type name##_not(type a) { return (type)~a; } \
	type name##_neg(type a) { return (type)-a; } \
	type name##_abs(type a) { return (type)(a < 0 ? -a : a); } \
	type name##_max(type a, type b) { return a > b ? a : b; } \
	type name##_tenth(type a) { return a / 10; } \
	type name##_mod7(type a) { return a % 7; } \
	type name##_div16(type a) { return a / 16; } \
	bool name##_lt(type a, type b) { return a < b; } \
	bool name##_le(type a, type b) { return a <= b; } \
	bool name##_eq(type a, type b) { return a == b; } \
	bool name##_odd(type a) { return (a & 1) != 0; } \
	void name##_inc(type *at) { ++*at; } \
	void name##_dec(type *at) { --*at; } \
	void name##_add_to(type *at, type b) { *at = (type)(*at + b); } \
	void name##_sub_from(type *at, type b) { *at = (type)(*at - b); } \
	void name##_xor_into(type *at, type b) { *at ^= b; } \
	void name##_shift(type *at, int b) { *at = (type)(*at << b); } \
	void name##_shift_back(type *at, int b) { *at = (type)(*at >> b); } \
	void name##_invert(type *at) { *at = (type)~*at; } \
	void name##_negate(type *at) { *at = (type)-*at; } \
	type name##_sum(const type *at, int count) { type sum = 0; for (int i = 0; i < count; i++) sum = (type)(sum + at[i]); return sum; } \
	void name##_fill(type *at, int count, type value) { for (int i = 0; i < count; i++) at[i] = value; } \
	int name##_count(const type *at, int count, type value) { int found = 0; for (int i = 0; i < count; i++) found += at[i] == value; return found; } \
	type name##_fetch_add(type *at, type b) { return __atomic_fetch_add(at, b, __ATOMIC_SEQ_CST); } \
	type name##_exchange(type *at, type b) { return __atomic_exchange_n(at, b, __ATOMIC_SEQ_CST); } \
	bool name##_compare_swap(type *at, type a, type b) { return __sync_bool_compare_and_swap(at, a, b); } \
	type name##_or_fetch(type *at, type b) { return __atomic_or_fetch(at, b, __ATOMIC_SEQ_CST); } \
	void name##_fetch_and(type *at, type b) { __atomic_fetch_and(at, b, __ATOMIC_SEQ_CST); } \
	bool name##_add_overflows(type a, type b, type *to) { return __builtin_add_overflow(a, b, to); } \
	bool name##_mul_overflows(type a, type b, type *to) { return __builtin_mul_overflow(a, b, to); }

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Wbool-operation"
OPERATIONS(uint64_t, u64)
OPERATIONS(int64_t, s64)
OPERATIONS(uint32_t, u32)
OPERATIONS(int32_t, s32)
OPERATIONS(uint16_t, u16)
OPERATIONS(int16_t, s16)
OPERATIONS(uint8_t, u8)
OPERATIONS(int8_t, s8)

struct large { char text[100]; int number; short half; };
struct large copied(const struct large *from) { return *from; }
void cleared(struct large *at) { *at = (struct large){ 0 }; }

int chosen(int x, int (*f)(int))
{
	switch (x) {
	case 10: return f(1);
	case 11: return f(2) + 1;
	case 12: return f(3) * 2;
	case 13: return f(9);
	case 14: return f(10) - f(3);
	case 15: return 3;
	default: return x * 3;
	}
}

bool bit_of(uint32_t a, int b) { return a >> b & 1; }
uint32_t bit_set(uint32_t a, int b) { return a | 1u << b; }
uint32_t bit_cleared(uint32_t a, int b) { return a & ~(1u << b); }
uint32_t bit_flipped(uint32_t a, int b) { return a ^ 1u << b; }
bool bit_in_array(const uint32_t *a, uint32_t b) { return a[b >> 5] >> (b & 31) & 1; }
uint32_t rotated(uint32_t a, int b) { return a << b | a >> (32 - b); }
uint16_t rotated_word(uint16_t a) { return (uint16_t)(a << 8 | a >> 8); }
uint32_t high_product(uint32_t a, uint32_t b) { return (uint32_t)((uint64_t)a * b >> 32); }
int32_t high_product_signed(int32_t a, int32_t b) { return (int32_t)((int64_t)a * b >> 32); }
uint64_t joined(uint64_t a, uint64_t b, int n) { return a << n | b >> (64 - n); }
uint32_t joined32(uint32_t a, uint32_t b, int n) { return a << n | b >> (32 - n); }
uint64_t chosen_wide(int a, uint64_t b, uint64_t c) { return a > 3 ? b : c; }
int trailing(uint32_t a) { return __builtin_ctz(a); }
int leading(uint32_t a) { return __builtin_clz(a); }
uint64_t swapped(uint64_t a) { return __builtin_bswap64(a); }
size_t length(const char *a) { return __builtin_strlen(a); }
int compared(const void *a, const void *b) { return __builtin_memcmp(a, b, 16); }
__attribute__((fastcall)) int in_registers(int a, int b) { return a - b; }
__attribute__((interrupt)) void interrupt_routine(void *frame) { (void)frame; }
int on_stack(int count, int (*f)(char *))
{
	char bytes[count];
	return f(bytes);
}
