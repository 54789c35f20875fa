// Bit instructions: BSF, BSR, BSWAP, BT*, shifts and rotates by constants and by CL, SHLD and SHRD.
#include "selftest.h"

uint32_t test_bit_builtins(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 500; round++) {
		uint32_t value = next_random(&state) >> (round & 31) | 1u << (round & 31);
		uint64_t wide = (uint64_t)next_random(&state) << 32 | value;
		sum = fold(sum, (uint32_t)(__builtin_ctz(value) | __builtin_clz(value) << 8 | __builtin_popcount(value) << 16));
		sum = fold(sum, (uint32_t)(__builtin_ffs((int)value) | __builtin_parity(value) << 8 | __builtin_clrsb((int)value) << 16));
		sum = fold(sum, (uint32_t)(__builtin_ctzll(wide) | __builtin_clzll(wide) << 8 | __builtin_popcountll(wide) << 16));
		sum = fold(sum, __builtin_bswap32(value) ^ __builtin_bswap16((uint16_t)value));
		sum = fold64(sum, __builtin_bswap64(wide));
	}
	return sum;
}

// A bit offset in a register reaches any double word of memory, on both sides of the operand.
#define BIT_INSTRUCTION(name) \
	static bool name(uint32_t *base, int32_t offset) \
	{ \
		bool carry; \
		__asm__ volatile(#name "l %2, %1; setc %0" : "=q"(carry), "+m"(*base) : "r"(offset) : "cc", "memory"); \
		return carry; \
	} \
	static bool name##_word(uint16_t *base, int16_t offset) \
	{ \
		bool carry; \
		__asm__ volatile(#name "w %2, %1; setc %0" : "=q"(carry), "+m"(*base) : "r"(offset) : "cc", "memory"); \
		return carry; \
	}
BIT_INSTRUCTION(bt)
BIT_INSTRUCTION(bts)
BIT_INSTRUCTION(btr)
BIT_INSTRUCTION(btc)

static bool locked_bts(uint32_t *base, int32_t offset)
{
	bool carry;
	__asm__ volatile("lock btsl %2, %1; setc %0" : "=q"(carry), "+m"(*base) : "r"(offset) : "cc", "memory");
	return carry;
}

uint32_t test_bit_strings(void)
{
	uint32_t words[32], sum = FOLD_START, state = RANDOM_START;
	for (int at = 0; at < 32; at++) words[at] = next_random(&state);
	for (int round = 0; round < 500; round++) {
		int32_t offset = (int32_t)(next_random(&state) % 1024) - 512;
		bool carry = false;
		switch (round % 5) {
		case 0: carry = bt(&words[16], offset) != bt_word((uint16_t *)&words[16], (int16_t)-offset); break;
		case 1: carry = bts(&words[16], offset) != bts_word((uint16_t *)&words[16], (int16_t)-offset); break;
		case 2: carry = btr(&words[16], offset) != btr_word((uint16_t *)&words[16], (int16_t)-offset); break;
		case 3: carry = btc(&words[16], offset) != btc_word((uint16_t *)&words[16], (int16_t)-offset); break;
		case 4: carry = locked_bts(&words[16], offset); break;
		}
		sum = fold(sum, (uint32_t)offset << 1 | carry);
	}
	for (int at = 0; at < 32; at++) sum = fold(sum, words[at]);
	return sum;
}

static uint32_t rotate_left(uint32_t value, unsigned count) { return value << (count & 31) | value >> (-count & 31); }
static uint16_t rotate_word(uint16_t value, unsigned count) { return (uint16_t)(value << (count & 15) | value >> (-count & 15)); }
static uint8_t rotate_byte(uint8_t value, unsigned count) { return (uint8_t)(value << (count & 7) | value >> (-count & 7)); }

static uint32_t through_carry(uint32_t value, uint8_t count, bool carry)
{
	uint32_t left = value, right = value;
	__asm__("cmpb $1, %3; cmc; rcll %b2, %0; rcrl %b2, %1" : "+r"(left), "+r"(right) : "c"(count), "q"((uint8_t)carry) : "cc");
	return left ^ (right << 7 | right >> 25);
}

uint32_t test_rotates(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (unsigned count = 0; count < 64; count++) {
		uint32_t value = next_random(&state);
		sum = fold(sum, rotate_left(value, count) ^ rotate_left(value, 7) ^ (value >> 9 | value << 23));
		sum = fold(sum, rotate_word((uint16_t)value, count) | (uint32_t)rotate_byte((uint8_t)value, count) << 16);
		sum = fold(sum, (uint32_t)((int32_t)value >> (count & 31)) ^ (uint32_t)((int16_t)value >> (count & 15)) ^ (uint32_t)((int8_t)value >> (count & 7)));
		sum = fold(sum, through_carry(value, (uint8_t)(count & 31), (count & 1) != 0));
	}
	return sum;
}

uint32_t test_double_shifts(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (unsigned count = 0; count < 64; count++) {
		uint64_t value = (uint64_t)next_random(&state) << 32 | next_random(&state);
		sum = fold64(sum, value << count);
		sum = fold64(sum, value >> count);
		sum = fold64(sum, (uint64_t)((int64_t)value >> count));
		sum = fold64(sum, (value << count) | (value >> (-count & 63)));
		sum = fold64(sum, value << 13 ^ value >> 7 ^ value << 33);
		uint16_t high = (uint16_t)value, low = (uint16_t)(value >> 16);
		__asm__("shldw $5, %1, %0; shrdw %b2, %0, %1" : "+r"(high), "+r"(low) : "c"(count & 15) : "cc");
		sum = fold(sum, (uint32_t)high << 16 | low);
	}
	return sum;
}

struct fields { uint32_t a : 3, b : 7, c : 12, d : 10; int32_t e : 5, f : 19, g : 8; uint64_t wide : 37, rest : 27; };

uint32_t test_bit_fields(void)
{
	struct fields fields = { 0 };
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 200; round++) {
		uint32_t value = next_random(&state);
		fields.a += value, fields.b ^= value >> 3, fields.c -= fields.a, fields.d = value >> 11;
		fields.e = (int32_t)value >> 4, fields.f += fields.e, fields.g = (int8_t)value;
		fields.wide = fields.wide * 5 + value, fields.rest ^= fields.wide >> 9;
		sum = fold(sum, fields.a | fields.b << 4 | fields.c << 11);
		sum = fold(sum, (uint32_t)(fields.d + fields.e * fields.f - fields.g));
		sum = fold64(sum, (uint64_t)fields.wide ^ (uint64_t)fields.rest << 20);
	}
	return sum;
}
