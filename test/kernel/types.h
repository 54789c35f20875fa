// The compiler's own headers, which a freestanding program has, too.
#ifndef TYPES_H
#define TYPES_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif
