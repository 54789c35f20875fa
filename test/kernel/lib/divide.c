// 64-bit division, which 32-bit x86 does not have and compilers call by these names. The quotient is found in two steps of DIV when the
// divisor fits into 32 bits, and bit by bit otherwise.
#include "library.h"

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);

// EDX:EAX / divisor; the quotient must fit, so high < divisor.
static uint32_t divide(uint32_t high, uint32_t low, uint32_t divisor, uint32_t *remainder)
{
	uint32_t quotient;
	__asm__("divl %4" : "=a"(quotient), "=d"(*remainder) : "a"(low), "d"(high), "rm"(divisor) : "cc");
	return quotient;
}

uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
	uint64_t quotient = 0, rest = dividend;
	if (divisor >> 32 == 0) {
		uint32_t by = (uint32_t)divisor, low_rest;
		uint32_t high = (uint32_t)(dividend >> 32) / by;
		uint32_t low = divide((uint32_t)(dividend >> 32) % by, (uint32_t)dividend, by, &low_rest);
		quotient = (uint64_t)high << 32 | low;
		rest = low_rest;
	} else if (dividend >= divisor) {
		for (int shift = __builtin_clz((uint32_t)(divisor >> 32)) - __builtin_clz((uint32_t)(dividend >> 32)); shift >= 0; shift--) {
			if (rest < divisor << shift) continue;
			rest -= divisor << shift;
			quotient |= 1ull << shift;
		}
	}
	if (remainder != NULL) *remainder = rest;
	return quotient;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor) { return __udivmoddi4(dividend, divisor, NULL); }

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
	uint64_t rest;
	__udivmoddi4(dividend, divisor, &rest);
	return rest;
}

static uint64_t magnitude(int64_t value) { return value < 0 ? -(uint64_t)value : (uint64_t)value; }

int64_t __divdi3(int64_t dividend, int64_t divisor)
{
	uint64_t quotient = __udivmoddi4(magnitude(dividend), magnitude(divisor), NULL);
	return (dividend < 0) != (divisor < 0) ? (int64_t)-quotient : (int64_t)quotient;
}

int64_t __moddi3(int64_t dividend, int64_t divisor)
{
	uint64_t rest;
	__udivmoddi4(magnitude(dividend), magnitude(divisor), &rest);
	return dividend < 0 ? (int64_t)-rest : (int64_t)rest;
}

int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder)
{
	*remainder = __moddi3(dividend, divisor);
	return __divdi3(dividend, divisor);
}
