// Memory functions, string instructions in both directions and both address sizes, structures, arrays of variable size, printf.
#include "selftest.h"

static uint32_t fold_bytes(uint32_t sum, const void *bytes, size_t count)
{
	for (size_t at = 0; at < count; at++) sum = fold(sum, ((const uint8_t *)bytes)[at]);
	return sum;
}

uint32_t test_memory_functions(void)
{
	uint8_t from[200], to[200];
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int at = 0; at < 200; at++) from[at] = (uint8_t)next_random(&state);
	for (unsigned round = 0; round < 100; round++) {
		unsigned count = next_random(&state) % 100, start = next_random(&state) % 100, target = next_random(&state) % 100;
		memset(to, (int)round, sizeof to);
		memcpy(to + target, from + start, count);
		memmove(to + start, to + target, count);
		memmove(from + target, from + start, count);
		sum = fold_bytes(sum, to, sizeof to);
		int order = memcmp(from, to, sizeof from);
		sum = fold(sum, (uint32_t)((order > 0) - (order < 0) + (memcmp(from, from, 200) == 0) * 8));
	}
	sum = fold(sum, (uint32_t)(strlen("") + strlen("a text") + (size_t)(strcmp("abc", "abd") < 0) + (size_t)(strcmp("b", "a") > 0)));
	return fold_bytes(sum, from, sizeof from);
}

uint32_t test_string_instructions(void)
{
	uint32_t words[16], copy[16], sum = FOLD_START, state = RANDOM_START;
	for (int at = 0; at < 16; at++) words[at] = next_random(&state) & 0xffff;
	const void *esi = words + 15;
	void *edi = copy + 15;
	uint32_t count = 16;
	__asm__ volatile("std; rep movsl; cld" : "+S"(esi), "+D"(edi), "+c"(count) : : "memory");
	sum = fold(sum, (uint32_t)((uint32_t *)edi - copy) ^ count);
	esi = words, edi = copy, count = 64;
	copy[9] ^= 0x100;
	__asm__ volatile("repe cmpsb" : "+S"(esi), "+D"(edi), "+c"(count) : : "memory", "cc");
	sum = fold(sum, count);
	edi = words, count = 32;
	uint32_t wanted = words[11];
	__asm__ volatile("repne scasw" : "+D"(edi), "+c"(count) : "a"(wanted) : "memory", "cc");
	sum = fold(sum, count);
	edi = copy, count = 7;
	__asm__ volatile("rep stosw" : "+D"(edi), "+c"(count) : "a"(0xabcd) : "memory");
	esi = copy;
	for (int at = 0; at < 20; at++) {
		uint32_t value = 0;
		__asm__ volatile("lodsw; rol $16, %%eax; lodsb" : "+S"(esi), "+a"(value) : : "memory");
		sum = fold(sum, value);
	}
	count = 0;
	__asm__ volatile("rep movsb" : "+S"(esi), "+D"(edi), "+c"(count) : : "memory");
	return fold_bytes(sum, copy, sizeof copy);
}

// Addresses of 16 bits wrap at 64 KiB, XLAT adds AL; LEA shows the sums without touching memory.
uint32_t test_word_addresses(void)
{
	uint32_t sum = FOLD_START;
	static const uint8_t table[256] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3 };
	for (uint32_t at = 0; at < 16; at++) {
		uint32_t value = at, address;
		__asm__("xlat" : "+a"(value) : "b"(table));
		sum = fold(sum, value);
		__asm__("addr16 lea 0x7654(%%bx,%%si), %0" : "=r"(address) : "b"(at * 0x1234567), "S"(at << 12 | 0xfff));
		sum = fold(sum, address);
		__asm__("leaw 3(%1,%2,8), %w0" : "=r"(address) : "r"(at << 14), "r"(at), "0"(0));
		sum = fold(sum, address);
	}
	return sum;
}

struct record { uint8_t kind; uint16_t count; uint32_t values[13]; uint64_t total; } __attribute__((packed));

static __attribute__((noinline)) struct record next_record(struct record from, uint32_t value)
{
	from.kind++;
	from.count = (uint16_t)(from.count + value);
	from.values[from.kind % 13] ^= value;
	from.total += from.values[value % 13];
	return from;
}

uint32_t test_structures(void)
{
	struct record records[5] = { 0 };
	uint32_t state = RANDOM_START;
	for (int round = 0; round < 200; round++) records[round % 5] = next_record(records[(round + 3) % 5], next_random(&state));
	return fold_bytes(FOLD_START, records, sizeof records);
}

static __attribute__((noinline)) uint32_t in_variable_array(uint32_t count)
{
	uint16_t values[count];
	for (uint32_t at = 0; at < count; at++) values[at] = (uint16_t)(at * at);
	uint32_t sum = FOLD_START;
	for (uint32_t at = count; at-- > 0;) sum = fold(sum, values[at]);
	return sum;
}

uint32_t test_variable_arrays(void)
{
	uint32_t sum = FOLD_START;
	for (uint32_t count = 1; count < 60; count += 3) sum = fold(sum, in_variable_array(count));
	return sum;
}

uint32_t test_format(void)
{
	char text[120];
	uint32_t sum = FOLD_START;
	int length = format(text, sizeof text, "%d %5d|%-5d|%05d %u %x %08X %c %s|%8s|%-8s| %lld %llu %llx %%", -42, 42, 42, -42, 4000000000u, 0xbeefu, 0xcafeu, 'z', "text", "right", "left",
		-1234567890123456789ll, 18446744073709551615ull, 0x123456789abcdefull);
	sum = fold(fold_bytes(sum, text, strlen(text)), (uint32_t)length);
	length = format(text, 8, "%s", "longer than eight");
	return fold(fold_bytes(sum, text, 8), (uint32_t)length);
}
