// What lib/ offers to the kernel and to the program alike.
#ifndef LIBRARY_H
#define LIBRARY_H
#include "../types.h"

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

// Formats %c %s %d %u %x %X %p, `l` and `ll`, a width, `0` and `-`; at most `room` bytes with the zero. Returns the length it would have.
int vformat(char *to, size_t room, const char *pattern, va_list arguments);
int format(char *to, size_t room, const char *pattern, ...) __attribute__((format(printf, 3, 4)));

// Formats and prints. Kernel and program each have their own `print_text`.
void print(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
void print_text(const char *text, size_t bytes);
#endif
