// Arithmetic in 8, 16, 32 and 64 bits, flags and what is made of them, BCD.
#include "selftest.h"

uint32_t test_narrow_arithmetic(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 300; round++) {
		uint32_t word = next_random(&state);
		int8_t a = (int8_t)word, b = (int8_t)(word >> 8);
		int16_t c = (int16_t)(word >> 16), d = (int16_t)(word >> 5);
		uint8_t e = (uint8_t)(word >> 3), f = (uint8_t)(word >> 20) | 1;
		uint16_t g = (uint16_t)(word >> 7), h = (uint16_t)(word >> 13) | 1;
		sum = fold(sum, (uint8_t)(a + b) | (uint32_t)(uint8_t)(a - b) << 8 | (uint32_t)(uint8_t)(a * b) << 16 | (uint32_t)(uint8_t)-a << 24);
		sum = fold(sum, (uint16_t)(c * d) | (uint32_t)(uint16_t)(c - d) << 16);
		sum = fold(sum, (uint32_t)(e / f) | (uint32_t)(e % f) << 8 | (uint32_t)(g / h) << 16);
		sum = fold(sum, (uint32_t)(g % h) ^ (uint32_t)(c / (int16_t)(h >> 1 | 1)) ^ (uint32_t)(a % (int8_t)(f >> 1 | 1)));
		uint16_t product;
		__asm__("imulb %2" : "=a"(product) : "a"(a), "q"(b) : "cc");
		sum = fold(sum, product);
		__asm__("mulw %2" : "=a"(product), "+d"(g) : "r"(h), "a"(c) : "cc");
		sum = fold(sum, product ^ (uint32_t)g << 16);
		__asm__("imulw $-1234, %1, %0; imulw $77, %0, %0" : "=r"(product) : "r"(d) : "cc");
		sum = fold(sum, product);
	}
	return sum;
}

uint32_t test_wide_arithmetic(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	uint64_t value = 0x0123456789abcdefull;
	for (int round = 0; round < 300; round++) {
		uint32_t low = next_random(&state), high = next_random(&state);
		uint64_t other = (uint64_t)high << 32 | low;
		value = value * 6364136223846793005ull + other;
		sum = fold64(sum, value);
		sum = fold64(sum, value - other);
		sum = fold64(sum, (uint64_t)low * high);
		sum = fold64(sum, (uint64_t)((int64_t)(int32_t)low * (int32_t)high));
		sum = fold(sum, (uint32_t)((uint64_t)low * high >> 32) ^ (uint32_t)(value < other) ^ (uint32_t)((int64_t)value > (int64_t)other) << 1);
		sum = fold64(sum, -value ^ ~other);
	}
	return sum;
}

uint32_t test_wide_division(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 200; round++) {
		uint64_t dividend = (uint64_t)next_random(&state) << 32 | next_random(&state);
		uint64_t divisor = ((uint64_t)next_random(&state) << 32 | next_random(&state)) >> (round % 64);
		divisor |= 1;
		sum = fold64(sum, dividend / divisor);
		sum = fold64(sum, dividend % divisor);
		sum = fold64(sum, (uint64_t)((int64_t)dividend / (int64_t)divisor));
		sum = fold64(sum, (uint64_t)((int64_t)dividend % (int64_t)divisor));
		if (dividend / divisor * divisor + dividend % divisor != dividend) return 0;
	}
	return sum;
}

static int32_t clamp(int32_t value, int32_t low, int32_t high) { return value < low ? low : value > high ? high : value; }
static uint32_t saturating_add(uint32_t a, uint32_t b) { return a + b < a ? 0xffffffffu : a + b; }
static int32_t absolute(int32_t value) { return value < 0 ? -value : value; }
static int32_t sign(int32_t value) { return (value > 0) - (value < 0); }

uint32_t test_conditions(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	uint32_t counts[10] = { 0 };
	for (int round = 0; round < 500; round++) {
		int32_t a = (int32_t)next_random(&state), b = round % 7 == 0 ? a : (int32_t)next_random(&state) >> (round & 31);
		counts[0] += a == b, counts[1] += a != b, counts[2] += a < b, counts[3] += a <= b, counts[4] += (uint32_t)a < (uint32_t)b;
		counts[5] += (uint32_t)a >= (uint32_t)b, counts[6] += (a & b) == 0, counts[7] += a + b < 0, counts[8] += (int8_t)a > (int8_t)b, counts[9] += (uint16_t)a <= (uint16_t)b;
		sum = fold(sum, (uint32_t)clamp(a, -1000, b));
		sum = fold(sum, saturating_add((uint32_t)a, (uint32_t)b) ^ (uint32_t)(sign(a) * 3 + sign(b)));
		sum = fold(sum, (uint32_t)(absolute(a >> 1) - absolute(b >> 1)));
		int32_t total;
		sum = fold(sum, (uint32_t)(__builtin_add_overflow(a, b, &total) | __builtin_sub_overflow(a, b, &total) << 1 | __builtin_mul_overflow(a, b, &total) << 2));
		sum = fold(sum, (uint32_t)total);
	}
	for (int at = 0; at < 10; at++) sum = fold(sum, counts[at]);
	return sum;
}

// 128 bits in four words, with ADC and SBB.
uint32_t test_carries(void)
{
	uint32_t a[4] = { 1, 2, 3, 4 }, b[4] = { 0xffffffff, 0xfffffffe, 0, 0x80000000 }, sum = FOLD_START;
	for (int round = 0; round < 200; round++) {
		__asm__ volatile(
			"movl (%1), %%eax; addl %%eax, (%0); movl 4(%1), %%eax; adcl %%eax, 4(%0); movl 8(%1), %%eax; adcl %%eax, 8(%0); movl 12(%1), %%eax; adcl %%eax, 12(%0)"
			: : "r"(a), "r"(b) : "eax", "memory", "cc");
		__asm__ volatile(
			"movl (%1), %%eax; subl %%eax, (%0); movl 4(%1), %%eax; sbbl %%eax, 4(%0); movl 8(%1), %%eax; sbbl %%eax, 8(%0); movl 12(%1), %%eax; sbbl $0, 12(%0); sbbl %%eax, 12(%0)"
			: : "r"(b), "r"(a) : "eax", "memory", "cc");
		for (int at = 0; at < 4; at++) sum = fold(fold(sum, a[at]), b[at]);
	}
	return sum;
}

// Two decimal digits a byte: DAA and DAS; and the four AAx.
uint32_t test_decimal(void)
{
	uint32_t sum = FOLD_START;
	for (unsigned a = 0; a < 256; a += 7) {
		for (unsigned b = 0; b < 256; b += 13) {
			uint8_t total = (uint8_t)a, rest = (uint8_t)a;
			uint16_t word = (uint16_t)(a << 8 | b);
			__asm__("addb %1, %b0; daa" : "+a"(total) : "q"((uint8_t)b) : "cc");
			__asm__("subb %1, %b0; das" : "+a"(rest) : "q"((uint8_t)b) : "cc");
			sum = fold(sum, total | (uint32_t)rest << 8);
			__asm__("addb %h0, %b0; aaa; aad; subb $3, %b0; aas; aam $7" : "+a"(word) : : "cc");
			sum = fold(sum, word);
		}
	}
	return sum;
}

// Division by constants: compilers multiply by the inverse.
uint32_t test_constant_division(void)
{
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 300; round++) {
		uint32_t value = next_random(&state);
		int32_t number = (int32_t)value;
		sum = fold(sum, value / 3 + value / 7 + value / 10 + value / 1000 + value % 641);
		sum = fold(sum, (uint32_t)(number / 3 + number / -7 + number / 16 + number % 10 + number % 32));
		sum = fold(sum, (uint32_t)((uint16_t)value / 100 + (uint8_t)value % 6 + (int8_t)value / 5));
		sum = fold64(sum, ((uint64_t)value << 20) / 1000000007u);
	}
	return sum;
}
