// Control flow: jump tables, recursion, calls through pointers, long jumps.
#include "selftest.h"

enum { HALT, PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, OVER, DROP, MOD, SHL };

// A stack machine; its switch becomes a jump table.
static uint32_t interpret(const int32_t *code)
{
	uint32_t stack[16], depth = 0, steps = 0;
	for (uint32_t at = 0;; steps++) {
		uint32_t top = depth > 0 ? stack[depth - 1] : 0;
		switch (code[at++]) {
		case PUSH: stack[depth++] = (uint32_t)code[at++]; break;
		case ADD: stack[--depth - 1] += top; break;
		case SUB: stack[--depth - 1] -= top; break;
		case MUL: stack[--depth - 1] *= top; break;
		case MOD: stack[--depth - 1] %= top; break;
		case SHL: stack[--depth - 1] <<= top & 31; break;
		case DUP: stack[depth++] = top; break;
		case DROP: depth--; break;
		case OVER: stack[depth] = stack[depth - 2], depth++; break;
		case SWAP: stack[depth - 1] = stack[depth - 2], stack[depth - 2] = top; break;
		case JNZ: depth--, at = top != 0 ? (uint32_t)code[at] : at + 1; break;
		default: return fold(fold(FOLD_START, depth > 0 ? stack[depth - 1] : 0), steps);
		}
	}
}

uint32_t test_switch_tables(void)
{
	// 12 factorial, the accumulator below the counter
	static const int32_t factorial[] = { PUSH, 1, PUSH, 12, SWAP, OVER, MUL, SWAP, PUSH, 1, SUB, DUP, JNZ, 4, DROP, PUSH, 1000003, MOD, PUSH, 5, SHL, HALT };
	return interpret(factorial);
}

static __attribute__((noinline)) uint32_t ackermann(uint32_t m, uint32_t n)
{
	if (m == 0) return n + 1;
	return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static __attribute__((noinline)) uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static void hanoi(int discs, int from, int to, uint32_t *sum)
{
	if (discs == 0) return;
	hanoi(discs - 1, from, 6 - from - to, sum);
	*sum = fold(*sum, (uint32_t)(discs << 4 | from << 2 | to));
	hanoi(discs - 1, 6 - from - to, to, sum);
}

uint32_t test_recursion(void)
{
	uint32_t sum = fold(fold(FOLD_START, ackermann(2, 6)), fibonacci(17));
	hanoi(7, 1, 3, &sum);
	return sum;
}

static uint32_t twice(uint32_t value) { return value * 2; }
static uint32_t plus_seven(uint32_t value) { return value + 7; }
static uint32_t mirrored(uint32_t value) { return __builtin_bswap32(value); }
static uint32_t __attribute__((regparm(3))) mixed(uint32_t a, uint32_t b, uint32_t c) { return a ^ b << 3 ^ c >> 2; }
static uint32_t __attribute__((stdcall, noinline)) callee_pops(uint32_t a, uint32_t b) { return a * 31 + b; }

uint32_t test_function_pointers(void)
{
	uint32_t (*const functions[])(uint32_t) = { twice, plus_seven, mirrored };
	uint32_t value = 1, state = RANDOM_START;
	for (int round = 0; round < 300; round++) {
		value = functions[next_random(&state) % 3](value);
		value = mixed(value, (uint32_t)round, state);
		value = callee_pops(value, (uint32_t)round);
	}
	return value;
}

static void *jump_buffer[5];

static __attribute__((noinline)) void descend(int depth)
{
	if (depth == 0) __builtin_longjmp(jump_buffer, 1);
	descend(depth - 1);
	__asm__ volatile("");
}

static __attribute__((noinline)) uint32_t jump_out(int depth)
{
	if (__builtin_setjmp(jump_buffer) != 0) return 0xca7c4ed;
	descend(depth);
	return 0;
}

uint32_t test_long_jumps(void)
{
	uint32_t sum = FOLD_START;
	for (int depth = 0; depth < 20; depth++) sum = fold(sum, jump_out(depth) + (uint32_t)depth);
	return sum;
}
