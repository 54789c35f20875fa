// console.c - text to COM1 and to the screen at 0xB8000, 80 by 25 characters. National Semiconductor PC16550D data sheet.
#include "kernel.h"
#include <stdarg.h>

enum { COM1 = 0x3f8, LINE_CONTROL = COM1 + 3, LINE_STATUS = COM1 + 5, EIGHT_BITS = 3, CAN_SEND = 1 << 5, ALL_SENT = 1 << 6 };
enum { COLUMNS = 80, ROWS = 25, GREY_ON_BLACK = 0x0700 };
enum { CRTC_INDEX = 0x3d4, CRTC_DATA = 0x3d5, CURSOR_HIGH = 0x0e, CURSOR_LOW = 0x0f };

static volatile uint16_t *const screen = (uint16_t *)0xb8000;
static uint32_t cursor;

static void move_cursor(void)
{
	out8(CRTC_INDEX, CURSOR_HIGH), out8(CRTC_DATA, cursor >> 8);
	out8(CRTC_INDEX, CURSOR_LOW), out8(CRTC_DATA, cursor & 0xff);
}

void start_console(void)
{
	out8(LINE_CONTROL, EIGHT_BITS);
	for (int cell = 0; cell < COLUMNS * ROWS; cell++) screen[cell] = GREY_ON_BLACK | ' ';
	move_cursor();
}

static void scroll(void)
{
	for (int cell = 0; cell < COLUMNS * (ROWS - 1); cell++) screen[cell] = screen[cell + COLUMNS];
	for (int cell = COLUMNS * (ROWS - 1); cell < COLUMNS * ROWS; cell++) screen[cell] = GREY_ON_BLACK | ' ';
	cursor -= COLUMNS;
}

static void put(char character)
{
	while ((in8(LINE_STATUS) & CAN_SEND) == 0) {}
	out8(COM1, character);
	if (character == '\n') cursor += COLUMNS - cursor % COLUMNS;
	else screen[cursor++] = GREY_ON_BLACK | (uint8_t)character;
	if (cursor >= COLUMNS * ROWS) scroll();
}

void print_text(const char *text, uint32_t bytes)
{
	for (uint32_t index = 0; index < bytes; index++) put(text[index]);
	move_cursor();
	while ((in8(LINE_STATUS) & ALL_SENT) == 0) {}
}

static void print_number(uint32_t value, uint32_t base)
{
	char digits[11];
	uint32_t at = sizeof digits;
	do digits[--at] = "0123456789abcdef"[value % base]; while ((value /= base) != 0);
	print_text(digits + at, sizeof digits - at);
}

/// %s text, %u decimal, %x hexadecimal with 0x before it.
void print(const char *format, ...)
{
	va_list values;
	va_start(values, format);
	for (; *format != 0; format++) {
		if (*format != '%') { put(*format); continue; }
		format++;
		if (*format == 'u') print_number(va_arg(values, uint32_t), 10);
		else if (*format == 'x') print_text("0x", 2), print_number(va_arg(values, uint32_t), 16);
		else for (const char *text = va_arg(values, const char *); *text != 0; text++) put(*text);
	}
	va_end(values);
	print_text("", 0);
}
