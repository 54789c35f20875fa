// Floating point and vectors as gcc compiles them to SSE2 and x87: single and double arithmetic, conversions, comparisons, loops that are vectorised, and
// intrinsics. Prints a line of bits for each; the host processor and the emulator must print the same.

#define _MM_MALLOC_H_INCLUDED // the compiler's headers alone, no C library
#include <emmintrin.h>

void put(char character);

static void print(const char *text)
{
	while (*text)
		put(*text++);
}

static unsigned crc;

/* A word as eight digits. */
static void hex(unsigned value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
	put(' ');
}

static void bits(const void *from, int bytes)
{
	const unsigned char *byte = from;
	for (int index = 0; index < bytes; index++) {
		crc ^= byte[index];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
}

static void line(const char *name)
{
	print(name);
	print(": ");
	hex(crc);
	put('\n');
	crc = 0;
}

static unsigned state = 12345;
static unsigned draw(void)
{
	state = state * 1664525u + 1013904223u;
	return state;
}
static double draw_double(void)
{
	return (double)(int)draw() * 0x1p-20;
}

static void mandelbrot(void)
{
	for (int y = 0; y < 24; y++)
		for (int x = 0; x < 32; x++) {
			double cr = x / 12.0 - 2, ci = y / 10.0 - 1.2, zr = 0, zi = 0;
			int count = 0;
			while (zr * zr + zi * zi < 4 && count < 60) {
				double next = zr * zr - zi * zi + cr;
				zi = 2 * zr * zi + ci;
				zr = next;
				count++;
			}
			bits(&count, 4);
			bits(&zr, 8);
		}
	line("mandelbrot");
}

#define SIZE 12
static float left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];
static void matrices(void)
{
	for (int i = 0; i < SIZE; i++)
		for (int j = 0; j < SIZE; j++) {
			left[i][j] = (float)draw_double();
			right[i][j] = 1 / (float)(i + j + 1);
			product[i][j] = 0;
		}
	for (int i = 0; i < SIZE; i++)
		for (int k = 0; k < SIZE; k++)
			for (int j = 0; j < SIZE; j++)
				product[i][j] += left[i][k] * right[k][j];
	bits(product, sizeof product);
	line("matrices");
}

static void conversions(void)
{
	for (int index = 0; index < 300; index++) {
		double value = draw_double() * (index & 1 ? 1 : 0x1p-8);
		int whole = (int)value;
		unsigned natural = (unsigned)(value < 0 ? -value : value);
		float narrow = (float)value;
		double back = (double)natural + narrow;
		short small = (short)whole;
		bits(&whole, 4);
		bits(&natural, 4);
		bits(&narrow, 4);
		bits(&back, 8);
		bits(&small, 2);
	}
	line("conversions");
}

static double root(double value)
{
	__asm__("sqrtsd %1, %0" : "=x"(value) : "x"(value));
	return value;
}

static void sorting(void)
{
	static double values[64];
	for (int index = 0; index < 64; index++)
		values[index] = index % 9 == 0 ? 0 : root(draw_double() * draw_double() * (index % 5 ? 1 : -1));
	for (int end = 63; end > 0; end--)
		for (int index = 0; index < end; index++)
			if (values[index] > values[index + 1]) {
				double other = values[index];
				values[index] = values[index + 1];
				values[index + 1] = other;
			}
	int unordered = 0, equal = 0;
	for (int index = 0; index < 64; index++) {
		unordered += values[index] != values[index];
		equal += values[index] == 0;
	}
	bits(values, sizeof values);
	bits(&unordered, 4);
	bits(&equal, 4);
	line("sorting");
}

static int numbers[100];
static unsigned char bytes[128], others[128];
static void loops(void)
{
	for (int index = 0; index < 100; index++)
		numbers[index] = (int)draw() >> (index % 24);
	for (int index = 0; index < 128; index++) {
		bytes[index] = draw() >> 24;
		others[index] = draw() >> 24;
	}
	int sum = 0, greatest = numbers[0];
	float total = 0;
	for (int index = 0; index < 100; index++) {
		sum += numbers[index] * 3 ^ index;
		greatest = numbers[index] > greatest ? numbers[index] : greatest;
		total += (float)numbers[index];
	}
	unsigned distance = 0;
	for (int index = 0; index < 128; index++) {
		distance += bytes[index] > others[index] ? bytes[index] - others[index] : others[index] - bytes[index];
		bytes[index] = (bytes[index] + others[index] + 1) >> 1;
	}
	bits(&sum, 4);
	bits(&greatest, 4);
	bits(&total, 4);
	bits(&distance, 4);
	bits(bytes, sizeof bytes);
	line("loops");
}

static void intrinsics(void)
{
	__m128i a = _mm_set_epi32((int)draw(), (int)draw(), (int)draw(), (int)draw()), b = _mm_set1_epi16(0x1234);
	for (int round = 0; round < 40; round++) {
		__m128i next[] = {
			_mm_adds_epi16(a, b), _mm_subs_epu8(a, b), _mm_madd_epi16(a, b), _mm_mulhi_epu16(a, b), _mm_mul_epu32(a, b), _mm_sad_epu8(a, b), _mm_packs_epi32(a, b), _mm_packus_epi16(a, b),
			_mm_unpacklo_epi8(a, b), _mm_unpackhi_epi32(a, b), _mm_cmpgt_epi16(a, b), _mm_avg_epu8(a, b), _mm_max_epi16(a, b), _mm_sll_epi32(a, _mm_cvtsi32_si128(round)), _mm_srai_epi16(a, 3), _mm_slli_si128(a, 5),
			_mm_shuffle_epi32(a, 0x93), _mm_shufflehi_epi16(a, 0x1b), _mm_cvtps_epi32(_mm_cvtepi32_ps(a)), _mm_cvttpd_epi32(_mm_cvtepi32_pd(a)),
		};
		bits(next, sizeof next);
		a = _mm_add_epi64(a, next[round % 20]);
		b = _mm_xor_si128(b, next[(round * 7 + 3) % 20]);
	}
	__m128 x = _mm_set_ps(1.5f, -2.25f, 1e30f, 3.0f), y = _mm_set_ps(0.1f, 7.0f, 1e-30f, -0.0f);
	for (int round = 0; round < 40; round++) {
		__m128 next[] = {
			_mm_add_ps(x, y), _mm_mul_ps(x, y), _mm_div_ps(x, y), _mm_sqrt_ps(x), _mm_min_ps(x, y), _mm_max_ps(x, y), _mm_cmplt_ps(x, y), _mm_cmpunord_ps(x, y), _mm_shuffle_ps(x, y, 0x4e), _mm_unpacklo_ps(x, y),
			_mm_cvtpd_ps(_mm_add_pd(_mm_cvtps_pd(x), _mm_cvtps_pd(y))), _mm_move_ss(x, y), _mm_movehl_ps(x, y),
		};
		int mask = _mm_movemask_ps(x);
		bits(next, sizeof next);
		bits(&mask, 4);
		x = round % 3 ? next[round % 6] : _mm_sub_ps(y, x);
		y = next[(round * 5 + 8) % 13];
	}
	unsigned flags = _mm_getcsr() & 0x3f;
	bits(&flags, 4);
	line("intrinsics");
}

static void rounding(void)
{
	for (unsigned mode = 0; mode < 0x10000; mode += 0x2000) {
		_mm_setcsr(0x1f80 | mode);
		for (int index = 0; index < 50; index++) {
			volatile double a = draw_double(), b = draw_double() * 0x1p-1000, c = (float)a;
			double quotient = a / c, tiny = b * b, near = a - c;
			int whole = _mm_cvtsd_si32(_mm_set_sd(a));
			bits(&quotient, 8);
			bits(&tiny, 8);
			bits(&near, 8);
			bits(&whole, 4);
		}
	}
	unsigned flags = _mm_getcsr();
	bits(&flags, 4);
	_mm_setcsr(0x1f80);
	line("rounding");
}

/* The ten bytes of an x87 number; the two behind them are padding. */
static void extended_bits(long double value)
{
	bits(&value, 10);
}

static long double square_root(long double x)
{
	__asm__("fsqrt" : "+t"(x));
	return x;
}

static void extended(void)
{
	long double a = 1.0L, b = 3.0L;
	for (int round = 0; round < 300; round++) {
		volatile long double x = draw_double() * 0x1p-30L + a, y = (long double)(int)draw() / b;
		volatile long double sum = x + y, product = x * y, quotient = x / (y == 0 ? 1 : y), root = square_root(x < 0 ? -x : x);
		volatile float single = (float)quotient;
		volatile double twice = (double)product;
		long long whole = (long long)(quotient * 1000), cut = (int)sum;
		unsigned order = (x < y) | (x == y) << 1 | (x >= root) << 2 | !(x > single) << 3;
		extended_bits(sum);
		extended_bits(product);
		extended_bits(quotient);
		extended_bits(root);
		extended_bits(single);
		extended_bits(twice);
		extended_bits((long double)whole);
		extended_bits(__builtin_fabsl(x) - y);
		bits(&cut, 8);
		bits(&order, 4);
		a = round % 7 ? sum * 0.5L : quotient;
		b = round % 5 ? product + 1 : root + 2;
		if (!(a < 0x1p60L && a > -0x1p60L))
			a = 1;
		if (!(b < 0x1p60L && b > -0x1p60L))
			b = 3;
	}
	long double power = 1, tiny = 1;
	for (int step = 0; step < 1100; step++) {
		power *= 32768.0L;
		tiny /= 32768.5L;
		extended_bits(power);
		extended_bits(tiny);
	}
	line("extended");
}

static void functions(void)
{
	for (int round = 0; round < 200; round++) {
		long double x = draw_double() * 0x1p-3L, scaled, rounded, remainder;
		unsigned short status;
		__asm__("frndint" : "=t"(rounded) : "0"(x));
		__asm__("fscale" : "=t"(scaled) : "0"(x), "u"((long double)(int)(draw() >> 20)));
		__asm__("fprem1\n\tfnstsw %1" : "=t"(remainder), "=a"(status) : "0"(x), "u"(draw_double()));
		extended_bits(rounded);
		extended_bits(scaled);
		extended_bits(remainder);
		status &= 0x4700;
		bits(&status, 2);
	}
	line("functions");
}

void run(void)
{
	mandelbrot();
	matrices();
	conversions();
	sorting();
	loops();
	intrinsics();
	rounding();
	extended();
	functions();
	print("end\n");
}
