// Whole algorithms, whose results are known or easily checked.
#include "selftest.h"

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t kept = *a;
	*a = *b;
	*b = kept;
}

static void sort(uint32_t *values, int count, int (*compare)(uint32_t, uint32_t))
{
	if (count < 2) return;
	int left = 0, right = count - 1;
	uint32_t pivot = values[count / 2];
	while (left <= right) {
		while (compare(values[left], pivot) < 0) left++;
		while (compare(values[right], pivot) > 0) right--;
		if (left <= right) swap(&values[left++], &values[right--]);
	}
	sort(values, right + 1, compare);
	sort(values + left, count - left, compare);
}

static int unsigned_order(uint32_t a, uint32_t b) { return (a > b) - (a < b); }
static int signed_descending(uint32_t a, uint32_t b) { return ((int32_t)a < (int32_t)b) - ((int32_t)a > (int32_t)b); }

uint32_t test_sort(void)
{
	uint32_t values[300], sum = FOLD_START, state = RANDOM_START;
	for (int at = 0; at < 300; at++) values[at] = next_random(&state);
	sort(values, 300, unsigned_order);
	for (int at = 1; at < 300; at++) if (values[at - 1] > values[at]) return 0;
	for (int at = 0; at < 300; at++) sum = fold(sum, values[at]);
	sort(values, 300, signed_descending);
	for (int at = 0; at < 300; at++) sum = fold(sum, values[at]);
	return sum;
}

// The check value of CRC-32 is that of "123456789": 0xcbf43926.
uint32_t test_crc32(void)
{
	uint32_t table[256], crc = 0xffffffff;
	for (uint32_t at = 0; at < 256; at++) {
		uint32_t value = at;
		for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (0xedb88320 & -(value & 1));
		table[at] = value;
	}
	for (const char *text = "123456789"; *text != 0; text++) crc = crc >> 8 ^ table[(crc ^ (uint8_t)*text) & 0xff];
	return ~crc;
}

// FIPS 180-4: the first 32 bits of the fractions of the cube roots of the first 64 primes, and of the square roots of the first eight.
static const uint32_t sha256_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint32_t sha256_start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static uint32_t rotate_right(uint32_t value, int count) { return value >> count | value << (32 - count); }

static void sha256_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t words[64], at[8];
	for (int i = 0; i < 16; i++) words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		uint32_t small0 = rotate_right(words[i - 15], 7) ^ rotate_right(words[i - 15], 18) ^ words[i - 15] >> 3;
		uint32_t small1 = rotate_right(words[i - 2], 17) ^ rotate_right(words[i - 2], 19) ^ words[i - 2] >> 10;
		words[i] = words[i - 16] + small0 + words[i - 7] + small1;
	}
	memcpy(at, state, sizeof at);
	for (int i = 0; i < 64; i++) {
		uint32_t big1 = rotate_right(at[4], 6) ^ rotate_right(at[4], 11) ^ rotate_right(at[4], 25);
		uint32_t one = at[7] + big1 + ((at[4] & at[5]) ^ (~at[4] & at[6])) + sha256_constants[i] + words[i];
		uint32_t big0 = rotate_right(at[0], 2) ^ rotate_right(at[0], 13) ^ rotate_right(at[0], 22);
		uint32_t two = big0 + ((at[0] & at[1]) ^ (at[0] & at[2]) ^ (at[1] & at[2]));
		memmove(at + 1, at, 28);
		at[4] += one;
		at[0] = one + two;
	}
	for (int i = 0; i < 8; i++) state[i] += at[i];
}

// The digest of "abc" begins with ba7816bf 8f01cfea.
uint32_t test_sha256(void)
{
	uint32_t state[8];
	uint8_t block[64] = { 'a', 'b', 'c', 0x80 };
	block[63] = 24;
	memcpy(state, sha256_start, sizeof state);
	sha256_block(state, block);
	return state[0] == 0xba7816bf && state[1] == 0x8f01cfea ? fold(fold(FOLD_START, state[6]), state[7]) : 0;
}

// A byte-wise LZ77: a literal run, or (length, distance). Compressed and expanded again.
static size_t compress(uint8_t *to, const uint8_t *from, size_t bytes)
{
	size_t out = 0;
	for (size_t at = 0; at < bytes;) {
		size_t best = 0, distance = 0;
		for (size_t back = 1; back <= at && back < 256; back++) {
			size_t length = 0;
			while (at + length < bytes && length < 127 && from[at + length] == from[at + length - back]) length++;
			if (length > best) best = length, distance = back;
		}
		if (best > 2) to[out++] = (uint8_t)(best | 0x80), to[out++] = (uint8_t)distance, at += best;
		else to[out++] = 0, to[out++] = from[at++];
	}
	return out;
}

static size_t expand(uint8_t *to, const uint8_t *from, size_t bytes)
{
	size_t out = 0;
	for (size_t at = 0; at < bytes; at += 2) {
		if (from[at] == 0) to[out++] = from[at + 1];
		else for (int left = from[at] & 0x7f; left > 0; left--, out++) to[out] = to[out - from[at + 1]];
	}
	return out;
}

uint32_t test_compression(void)
{
	uint8_t text[400], packed[800], again[400];
	uint32_t state = RANDOM_START, sum = FOLD_START;
	for (size_t at = 0; at < sizeof text; at++) text[at] = (uint8_t)("abracadabra"[at % 11] + (next_random(&state) % 9 == 0));
	size_t length = compress(packed, text, sizeof text);
	if (expand(again, packed, length) != sizeof text || memcmp(text, again, sizeof text) != 0) return 0;
	for (size_t at = 0; at < length; at++) sum = fold(sum, packed[at]);
	return fold(sum, length);
}

uint32_t test_matrices(void)
{
	int32_t a[8][8], b[8][8], c[8][8];
	uint32_t state = RANDOM_START, sum = FOLD_START;
	for (int i = 0; i < 8; i++) for (int j = 0; j < 8; j++) a[i][j] = (int32_t)(next_random(&state) % 19) - 9, b[i][j] = (int32_t)(next_random(&state) % 19) - 9;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 8; i++) {
			for (int j = 0; j < 8; j++) {
				int64_t total = 0;
				for (int k = 0; k < 8; k++) total += (int64_t)a[i][k] * b[k][j];
				c[i][j] = (int32_t)(total % 10007);
				sum = fold(sum, (uint32_t)c[i][j]);
			}
		}
		memcpy(a, c, sizeof a);
	}
	return sum;
}

// 50 factorial in words of nine decimal digits.
uint32_t test_big_numbers(void)
{
	uint32_t digits[8] = { 1 }, sum = FOLD_START;
	for (uint32_t factor = 2; factor <= 50; factor++) {
		uint64_t carry = 0;
		for (int at = 0; at < 8; at++) {
			carry += (uint64_t)digits[at] * factor;
			digits[at] = (uint32_t)(carry % 1000000000);
			carry /= 1000000000;
		}
	}
	for (int at = 0; at < 8; at++) sum = fold(sum, digits[at]);
	return sum;
}

// There are 564 primes below 4096.
uint32_t test_sieve(void)
{
	uint8_t composite[4096 / 8] = { 0 };
	uint32_t count = 0;
	for (uint32_t number = 2; number < 4096; number++) {
		if (composite[number / 8] & 1 << number % 8) continue;
		count++;
		for (uint32_t multiple = number * number; multiple < 4096; multiple += number) composite[multiple / 8] |= (uint8_t)(1 << multiple % 8);
	}
	return count;
}

// Fixed point with 16 bits of fraction.
uint32_t test_mandelbrot(void)
{
	uint32_t sum = FOLD_START;
	for (int32_t row = -8; row <= 8; row++) {
		for (int32_t column = -24; column <= 8; column++) {
			int32_t cr = column * 0x10000 / 12, ci = row * 0x10000 / 8, zr = 0, zi = 0, steps = 0;
			for (; steps < 20; steps++) {
				int32_t rr = (int32_t)((int64_t)zr * zr >> 16), ii = (int32_t)((int64_t)zi * zi >> 16);
				if (rr + ii > 4 << 16) break;
				zi = (int32_t)((int64_t)zr * zi >> 15) + ci;
				zr = rr - ii + cr;
			}
			sum = fold(sum, (uint32_t)steps);
		}
	}
	return sum;
}

// Conway's game on a torus, a bit a cell, 20 generations of an R-pentomino.
uint32_t test_life(void)
{
	uint32_t rows[32] = { [15] = 3u << 16, [16] = 3u << 15, [17] = 1u << 16 }, sum = FOLD_START;
	for (int generation = 0; generation < 20; generation++) {
		uint32_t next[32];
		for (int row = 0; row < 32; row++) {
			next[row] = 0;
			for (int column = 0; column < 32; column++) {
				int neighbours = 0;
				for (int dy = -1; dy <= 1; dy++) for (int dx = -1; dx <= 1; dx++) if (dx | dy) neighbours += rows[(row + dy) & 31] >> ((column + dx) & 31) & 1;
				bool lives = rows[row] >> column & 1;
				if (neighbours == 3 || (lives && neighbours == 2)) next[row] |= 1u << column;
			}
		}
		memcpy(rows, next, sizeof rows);
	}
	for (int row = 0; row < 32; row++) sum = fold(sum, rows[row]);
	return sum;
}
