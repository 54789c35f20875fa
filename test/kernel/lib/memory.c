// The memory functions that a compiler calls without being asked. By string instructions, forwards and backwards.
#include "library.h"

void *memcpy(void *to, const void *from, size_t bytes)
{
	void *edi = to;
	size_t words = bytes / 4;
	__asm__ volatile("cld; rep movsl; mov %3, %2; rep movsb" : "+D"(edi), "+S"(from), "+c"(words) : "r"(bytes % 4) : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	if ((uintptr_t)to - (uintptr_t)from >= bytes) return memcpy(to, from, bytes);
	void *edi = (char *)to + bytes - 1;
	const void *esi = (const char *)from + bytes - 1;
	__asm__ volatile("std; rep movsb; cld" : "+D"(edi), "+S"(esi), "+c"(bytes) : : "memory");
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	void *edi = to;
	size_t words = bytes / 4;
	uint32_t pattern = (uint8_t)value * 0x01010101u;
	__asm__ volatile("cld; rep stosl; mov %3, %1; rep stosb" : "+D"(edi), "+c"(words) : "a"(pattern), "r"(bytes % 4) : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const uint8_t *left = a, *right = b;
	bool equal;
	__asm__ volatile("cmp %%eax, %%eax; cld; repe cmpsb; sete %0" : "=q"(equal), "+S"(left), "+D"(right), "+c"(bytes) : : "memory", "cc");
	return equal ? 0 : left[-1] - right[-1];
}

size_t strlen(const char *text)
{
	const char *end = text;
	size_t left = (size_t)-1;
	__asm__ volatile("cld; repne scasb" : "+D"(end), "+c"(left) : "a"(0) : "memory", "cc");
	return (size_t)-2 - left;
}

int strcmp(const char *a, const char *b)
{
	while (*a != 0 && *a == *b) a++, b++;
	return (uint8_t)*a - (uint8_t)*b;
}
