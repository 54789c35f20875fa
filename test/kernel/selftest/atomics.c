// What __sync and __atomic builtins become: LOCK with ADD, XADD, CMPXCHG and others, XCHG, CMPXCHG8B.
#include "selftest.h"

uint32_t test_atomics(void)
{
	volatile uint32_t value = 5;
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 200; round++) {
		uint32_t other = next_random(&state);
		sum = fold(sum, __sync_fetch_and_add(&value, other));
		sum = fold(sum, __sync_sub_and_fetch(&value, other >> 3));
		sum = fold(sum, __sync_fetch_and_or(&value, other & 0xff));
		sum = fold(sum, __sync_and_and_fetch(&value, ~(other & 0xf0f0)));
		sum = fold(sum, __sync_xor_and_fetch(&value, other));
		sum = fold(sum, __sync_val_compare_and_swap(&value, round % 2 ? value : 0, other));
		sum = fold(sum, __sync_bool_compare_and_swap(&value, other, other * 3));
		sum = fold(sum, __sync_lock_test_and_set(&value, other ^ 0x5555));
		__sync_fetch_and_add(&value, 1);
		__sync_fetch_and_and(&value, 0x7fffffff);
		__sync_synchronize();
		__atomic_fetch_nand(&value, 0x1234, __ATOMIC_SEQ_CST);
		__asm__ volatile("lock incl %0; lock notl %0; lock decl %0; lock negl %0; lock sbbl $0, %0; lock adcl $3, %0" : "+m"(value) : : "cc");
		sum = fold(sum, value);
	}
	__sync_lock_release(&value);
	return fold(sum, value);
}

uint32_t test_atomics_narrow(void)
{
	volatile uint8_t byte = 1;
	volatile uint16_t word = 2;
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 100; round++) {
		uint32_t other = next_random(&state);
		sum = fold(sum, __sync_fetch_and_add(&byte, (uint8_t)other) | (uint32_t)__sync_fetch_and_add(&word, (uint16_t)other) << 8);
		sum = fold(sum, __sync_val_compare_and_swap(&byte, byte, (uint8_t)(other >> 8)) | (uint32_t)__sync_val_compare_and_swap(&word, (uint16_t)(other >> 8), 1) << 8);
		sum = fold(sum, __sync_lock_test_and_set(&byte, (uint8_t)(other >> 16)) | (uint32_t)__sync_lock_test_and_set(&word, (uint16_t)(other >> 16)) << 8);
		__sync_fetch_and_or(&word, 0x100);
		sum = fold(sum, byte | (uint32_t)word << 8);
	}
	return sum;
}

uint32_t test_compare_exchange_wide(void)
{
	volatile uint64_t value __attribute__((aligned(8))) = 0x100000002ull;
	uint32_t sum = FOLD_START, state = RANDOM_START;
	for (int round = 0; round < 100; round++) {
		uint64_t other = (uint64_t)next_random(&state) << 32 | next_random(&state);
		sum = fold64(sum, __sync_val_compare_and_swap(&value, round % 3 ? value : 1, other));
		sum = fold64(sum, __sync_fetch_and_add(&value, other));
		sum = fold(sum, __sync_bool_compare_and_swap(&value, value, other - 1));
	}
	return fold64(sum, value);
}
