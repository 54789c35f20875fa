// What compilers call for the __builtin functions on bits where the processor has no instruction for them.
#include "library.h"

int __popcountsi2(uint32_t value);
int __popcountdi2(uint64_t value);
int __paritysi2(uint32_t value);
int __clrsbsi2(int32_t value);
int __ctzdi2(uint64_t value);
int __clzdi2(uint64_t value);

int __popcountsi2(uint32_t value)
{
	value -= value >> 1 & 0x55555555;
	value = (value & 0x33333333) + (value >> 2 & 0x33333333);
	return (int)(((value + (value >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
}

int __popcountdi2(uint64_t value) { return __popcountsi2((uint32_t)value) + __popcountsi2((uint32_t)(value >> 32)); }

int __paritysi2(uint32_t value) { return __popcountsi2(value) & 1; }

int __clrsbsi2(int32_t value)
{
	uint32_t different = (uint32_t)(value ^ value >> 31);
	return different == 0 ? 31 : __builtin_clz(different) - 1;
}

int __ctzdi2(uint64_t value) { return (uint32_t)value != 0 ? __builtin_ctz((uint32_t)value) : 32 + __builtin_ctz((uint32_t)(value >> 32)); }

int __clzdi2(uint64_t value) { return value >> 32 != 0 ? __builtin_clz((uint32_t)(value >> 32)) : 32 + __builtin_clz((uint32_t)value); }
